"""An election in a real browser, from nomination to the register, on a phone without JavaScript; and rankings."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from committees.models import AgendaItem, Ballot, Resolution, Vote
from committees.services import amendments, ballots, motions
from tests.browser.test_ballots import sign_in, url
from tests.factories.committees import MeetingFactory, make_chamber

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(browser, live_server):
    """A narrow page without JavaScript."""
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, java_script_enabled=False, locale="de-DE", base_url=live_server.url
    )
    yield context.new_page()
    context.close()


def test_from_nomination_to_resolution_on_a_phone_without_javascript(phone, live_server):
    chamber = make_chamber(3)
    MeetingFactory(committee=chamber.committee, title="Herbstsitzung")
    candidate, other = chamber.delegates[1], chamber.delegates[2]
    candidate.name, other.name = "Klara Kandidatin", "Otto Ohnekonto"
    candidate.save()
    other.save()

    sign_in(phone, live_server, chamber.office)
    phone.goto(reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug}))
    phone.get_by_label("Gegenstand", exact=False).last.fill("Wahl des Vorsitzes")
    phone.get_by_label("Beschlusstext").fill("Gewählt wird, wer den Vorsitz führt.")
    phone.get_by_label("Gefragt wird nach").select_option("election")
    phone.get_by_label("Partner dürfen Personen vorschlagen").check()
    phone.get_by_label("in der Sitzung").check()
    phone.locator("select[name=meeting]").select_option(index=1)
    phone.get_by_role("button", name="Abstimmung vorbereiten").click()
    ballot = Ballot.objects.get()
    phone.goto(url(ballot, "option_list"))
    phone.get_by_label("Name").fill("Otto Ohnekonto")
    phone.get_by_role("button", name="Vorschlagen").click()
    phone.get_by_role("button", name="Zusage von Otto Ohnekonto erfassen").click()
    expect(phone.get_by_text("Festgehalten: „Otto Ohnekonto“ kandidiert.")).to_be_visible()

    sign_in(phone, live_server, chamber.delegates[0])
    phone.goto(url(ballot))
    phone.get_by_role("link", name="Vorschläge ansehen und machen").click()
    phone.locator("select[name=account]").select_option(label="Klara Kandidatin")
    phone.get_by_role("button", name="Vorschlagen").click()
    expect(phone.get_by_text("Antwort offen")).to_be_visible()

    sign_in(phone, live_server, candidate)
    phone.goto(url(ballot, "option_list"))
    phone.get_by_role("button", name="Kandidatur annehmen").click()
    expect(phone.get_by_text("Festgehalten: „Klara Kandidatin“ kandidiert.")).to_be_visible()

    sign_in(phone, live_server, chamber.chair)
    phone.goto(url(ballot, "ballot_open"))
    phone.get_by_role("button", name="Abstimmung eröffnen").click()

    for index, name in ((0, "Klara Kandidatin"), (1, "Klara Kandidatin"), (2, "gegen alle")):
        sign_in(phone, live_server, chamber.delegates[index])
        phone.goto(url(ballot))
        phone.locator("label", has_text=re.compile(name, re.IGNORECASE)).first.click()
        phone.get_by_role("button", name="Weiter zur Bestätigung").click()
        expect(phone.get_by_text("Ihre Wahl")).to_contain_text(name, ignore_case=True)
        phone.get_by_role("button", name="So stimmen").click()
        expect(phone.locator("#quittung")).to_contain_text(name, ignore_case=True)

    sign_in(phone, live_server, chamber.chair)
    phone.goto(url(ballot, "ballot_close"))
    phone.get_by_role("button", name="Abstimmung schließen").click()
    expect(phone.get_by_text("Gewählt: Klara Kandidatin.").first).to_be_visible()
    phone.goto(url(ballot, "ballot_declare"))
    phone.get_by_role("button", name="Ergebnis feststellen").click()
    phone.get_by_role("link", name="im Register").click()
    expect(phone.get_by_text("Gewählt: Klara Kandidatin.").first).to_be_visible()
    assert Resolution.objects.get(ballot=ballot).kind == "adopted"


def test_a_ranking_is_made_by_keyboard_alone(page, live_server):
    chamber = make_chamber(3)
    ballot = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, "ranking"))
    sign_in(page, live_server, chamber.delegates[0])
    page.goto(live_server.url + url(ballot))
    for place, letter in ((1, "C"), (2, "A")):
        for _ in range(80):
            if page.evaluate("document.activeElement.name") == f"rank-{place}":
                break
            page.keyboard.press("Tab")
        page.keyboard.press(letter)
    for _ in range(80):
        if "Weiter zur Bestätigung" in page.evaluate("document.activeElement.textContent"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1. Carla, 2. Anna")).to_be_visible()
    for _ in range(80):
        if page.evaluate("document.activeElement.textContent.trim()") == "So stimmen":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#quittung")).to_contain_text("1. Carla, 2. Anna")
    assert Vote.objects.get().choice == "3>1"


def drafted(chamber, kind, **fields):
    meeting = MeetingFactory(committee=chamber.committee)
    return ballots.draft_ballot(
        by=chamber.chair,
        committee=chamber.committee,
        title="Farbe des Daches",
        text="Es wird gewählt.",
        **{"way": "meeting", "meeting": meeting, "kind": kind, "options": ("Anna", "Berta", "Carla"), **fields},
    )


def amended_and_blocked(chamber):
    """A motion with two amendments, and a block of two others that is being prepared."""
    meeting = MeetingFactory(committee=chamber.committee)
    found = []
    for title in ("Kachelserver", "Haushalt", "Protokoll"):
        draft = motions.create(
            by=chamber.office,
            partnership=chamber.partnership,
            title=title,
            text="Der Kachelserver wird 2027 erneuert.\n\nDie Kosten trägt der Fonds.",
            committee=chamber.committee,
        )
        found.append(motions.submit(by=chamber.office, motion=draft))
    for passage, text in (("2027", "2028"), ("", "Es bleibt alles, wie es ist.")):
        amendments.propose(
            by=chamber.delegates[0], motion=found[0], partner=chamber.partners[0], passage=passage, text=text
        )
    block = ballots.draft_ballot(
        by=chamber.chair, committee=chamber.committee, title="Block", text="Beides.", way="meeting", meeting=meeting
    )
    items = [
        AgendaItem.objects.create(meeting=meeting, position=place, title=motion.title, referral=motion.referrals.get())
        for place, motion in enumerate(found[1:], start=1)
    ]
    ballots.gather(by=chamber.chair, ballot=block, items=items)
    return found[0], block


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_pages_with_options_and_nothing_sticks_out(page, live_server, width):
    chamber = make_chamber(4)
    nominating = drafted(chamber, "election", takes_nominations=True, posts=2)
    crossing = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, "approval"))
    ranking = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, "ranking"))
    level = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, "alternatives"))
    for index, marking in enumerate(("1", "1", "2", "2")):
        chamber.cast(level, index, marking)
    level = ballots.close_ballot(by=chamber.chair, ballot=level)
    ended = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, "ranking", is_opinion=True))
    for index, marking in enumerate(("1>2", "1", "2>3", "no")):
        chamber.cast(ended, index, marking)
    ended = ballots.close_ballot(by=chamber.chair, ballot=ended)
    option = nominating.options.first()
    edit = reverse(
        "committees:option_edit",
        kwargs={"slug": chamber.partnership.slug, "pk": nominating.pk, "option": option.pk},
    )
    motion, block = amended_and_blocked(chamber)
    pages = {
        chamber.delegates[0]: [
            motion.get_absolute_url(),
            reverse("committees:amendment_create", kwargs={"slug": chamber.partnership.slug, "pk": motion.pk}),
            url(block),
            url(nominating),
            url(nominating, "option_list"),
            url(crossing),
            url(ranking),
            url(ended),
        ],
        chamber.chair: [
            motion.get_absolute_url(),
            url(block, "block_edit"),
            url(nominating, "option_list"),
            url(nominating, "ballot_edit"),
            edit,
            url(level),
            url(level, "ballot_lot"),
            url(level, "ballot_continue"),
        ],
    }
    page.set_viewport_size({"width": width, "height": 900})
    problems = []
    for person, addresses in pages.items():
        sign_in(page, live_server, person)
        for address in addresses:
            assert page.goto(live_server.url + address).status == 200, address
            found = Axe().run(page).response["violations"]
            problems += [f"{address}: {rule['id']} {[node['html'] for node in rule['nodes']][:3]}" for rule in found]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                problems.append(f"{address}: wider than {width} px")
    assert not problems, "\n".join(problems)
