"""Ballots in a real browser: axe, width, voting by keyboard alone, live turnout."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from committees.models import Vote
from committees.rules.presets import EQUAL_SIMPLE
from committees.services import ballots
from tests.factories.committees import BallotFactory, DelegateFactory, closed_ballot, make_chamber, open_ballot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "Das Technische Gremium empfiehlt, den **Kachelserver** zu erneuern.\n\n"
    "1. Die Kosten trägt der Entwicklungsfonds.\n2. Die Produktpflege berichtet halbjährlich."
)


def sign_in(page, live_server, person):
    """A session without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def url(ballot, name="ballot_detail"):
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk})


def scene():
    """Ballots in every state that has a page of its own: who looks at it, and its addresses."""
    chamber = make_chamber(6, with_deputies=True, rules=replace(EQUAL_SIMPLE.rules, is_tally_visible=True))
    running = open_ballot(chamber, title="Erneuerung des Kachelservers", text=TEXT)
    first = chamber.delegates[0]
    DelegateFactory(committee=chamber.committee, partner=chamber.partners[1], person=first, kind="deputy")
    chamber.cast(running, 1, "yes", by=chamber.deputies[1])
    chamber.cast(running, 3, "no")
    done = closed_ballot(chamber, "yyna.", title="Haushalt 2027", text=TEXT)
    ballots.declare(by=chamber.chair, ballot=done)
    hands = open_ballot(chamber, way="meeting", form="show_of_hands", title="Protokoll der 4. Sitzung")
    ballots.enter_hands(
        by=chamber.office, ballot=hands, choices=dict(zip(chamber.partners, ("yes", "no", "yes"), strict=False))
    )
    draft = BallotFactory(committee=chamber.committee, title="Aufnahme eines Partners")
    in_partnership = {"slug": chamber.partnership.slug}
    pages = {
        first: [
            url(running),
            url(running, "ballot_object"),
            url(done),
            reverse("committees:ballot_list", kwargs=in_partnership),
        ],
        chamber.chair: [
            url(running),
            url(running, "ballot_close_early"),
            url(running, "ballot_exclude"),
            url(running, "ballot_annul"),
            url(draft),
            url(draft, "ballot_edit"),
            url(draft, "ballot_open"),
            url(hands),
            url(hands, "ballot_hands"),
            url(hands, "ballot_close"),
            reverse("committees:ballot_create", kwargs=in_partnership),
        ],
    }
    return chamber, running, pages


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_sticks_out(page, live_server, width):
    _chamber, _running, pages = scene()
    page.set_viewport_size({"width": width, "height": 900})
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    for person, addresses in pages.items():
        sign_in(page, live_server, person)
        for address in addresses:
            response = page.goto(live_server.url + address)
            assert response.status == 200, address
            found = Axe().run(page).response["violations"]
            problems += [f"{address}: {rule['id']} {[node['html'] for node in rule['nodes']][:3]}" for rule in found]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                problems.append(f"{address}: wider than {width} px")
    assert not problems, "\n".join(problems)


def test_a_delegate_votes_by_keyboard_alone(page, live_server):
    chamber, running, _pages = scene()
    sign_in(page, live_server, chamber.delegates[2])
    page.goto(live_server.url + url(running))
    page.keyboard.press("Tab")
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == "choice":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "statement"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("mit Nein stimmen?")
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent.trim()") == "Mit Nein stimmen":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#quittung")).to_contain_text("Stimme abgegeben")
    # The focus is where the news is.
    assert "Stimme abgegeben" in page.evaluate("document.activeElement.textContent")
    assert Vote.objects.get(ballot=running, partner=chamber.partners[2]).choice == "no"


def test_turnout_grows_on_an_open_page_without_reloading(page, live_server):
    chamber, running, _pages = scene()
    sign_in(page, live_server, chamber.delegates[0])
    page.goto(live_server.url + url(running))
    expect(page.get_by_text("2 von 6 Partnern haben abgestimmt")).to_be_visible()
    chamber.cast(running, 4, "yes")
    expect(page.get_by_text("3 von 6 Partnern haben abgestimmt")).to_be_visible(timeout=15_000)
    ballots.object_to_circular(
        by=chamber.delegates[5], ballot=running, partner=chamber.partners[5], reason="lieber in der Sitzung"
    )
    expect(page.get_by_text("Die Abstimmung ist geschlossen.")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name=re.compile("neu laden")).click()
    expect(page.get_by_text("Der Umlauf ist ohne Ergebnis beendet").first).to_be_visible()


def test_back_after_voting_shows_the_question_again_and_sends_nothing(page, live_server):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    sign_in(page, live_server, chamber.delegates[0])
    page.goto(live_server.url + url(ballot))
    page.locator(".kv-choice label", has_text="Ja").first.click()
    page.get_by_role("button", name="Weiter zur Bestätigung").click()
    page.get_by_role("button", name="Mit Ja stimmen").click()
    expect(page.locator("#quittung")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mit Ja stimmen?")
    expect(page.locator("#inhalt")).to_contain_text("Bisher abgegeben: Ja.")
    page.go_back()
    expect(page.locator("#inhalt")).to_contain_text("Stimme ändern")
    assert Vote.objects.count() == 1
