"""One sealed ballot in a real browser, from naming the two tellers to the declared result."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Error, expect

from committees.models import Ballot, BallotPaper
from committees.services.ballots import strongbox
from tests.browser.test_ballots import sign_in, url
from tests.factories.committees import make_chamber, open_ballot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHRASES = ("Kranich im Nebel 7", "Muschel am Strand 9")


@pytest.fixture(autouse=True)
def _keys_apart(tmp_path, settings):
    settings.DATA_DIR = tmp_path


def look(page):
    """What holds on every page passed: nothing for axe, nothing sticks out, one heading."""
    assert Axe().run(page).response["violations"] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.locator("h1").count() == 1


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_sealed_ballot_with_two_tellers(page, live_server, width):
    chamber = make_chamber(6)
    meeting = open_ballot(chamber, way="meeting", title="Tagesordnung").meeting
    page.set_viewport_size({"width": width, "height": 900})
    page.set_default_timeout(20_000)
    tellers = (chamber.office, chamber.delegates[0])

    # The chair prepares the ballot and names who counts.
    sign_in(page, live_server, chamber.chair)
    new = reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug})
    page.goto(f"{live_server.url}{new}?gremium={chamber.committee.pk}&sitzung={meeting.pk}")
    page.get_by_label("Gegenstand").fill("Wer führt den Vorsitz?")
    page.get_by_label("Beschlusstext").fill("Den Vorsitz führt Partner 001.")
    page.get_by_label("geheim", exact=True).check()
    page.get_by_label("Geheimhaltung").select_option("sealed")
    press(page, "Abstimmung vorbereiten")
    ballot = Ballot.objects.get(form="secret")
    look(page)
    page.goto(live_server.url + url(ballot, "ballot_tellers"))
    look(page)
    page.get_by_label("Erste zählende Person").select_option(str(tellers[0].pk))
    page.get_by_label("Zweite zählende Person").select_option(str(tellers[1].pk))
    press(page, "Zählende benennen")
    expect(page.get_by_text("Kennwort fehlt noch")).to_have_count(2)

    # Each sets a passphrase of their own.
    for person, phrase in zip(tellers, PHRASES, strict=True):
        sign_in(page, live_server, person)
        page.goto(live_server.url + url(ballot, "ballot_teller"))
        look(page)
        page.get_by_label("Kennwort für diese Abstimmung").fill(phrase)
        page.get_by_label("Kennwort wiederholen").fill(phrase)
        press(page, "Kennwort setzen")
        expect(page.get_by_text("Bis zur Eröffnung können Sie es durch ein neues ersetzen")).to_be_visible()

    sign_in(page, live_server, chamber.chair)
    page.goto(live_server.url + url(ballot, "ballot_open"))
    look(page)
    press(page, "Abstimmung eröffnen")

    # A delegate votes and reads what an administrator can see; the rest follows.
    sign_in(page, live_server, chamber.delegates[5])
    page.goto(live_server.url + url(ballot))
    look(page)
    page.locator("label.kern-label", has_text="Ja").click()
    press(page, "Weiter zur Bestätigung")
    look(page)
    press(page, "Mit Ja stimmen")
    expect(page.get_by_text("Die Teilnahme ist erfasst")).to_be_visible()
    expect(page.get_by_text("sieht bis zum Ende niemand")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Was ein Administrator sehen kann").click()
    look(page)
    page.go_back()
    # The page that named the choice is not kept: the way back to it shows nothing.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    assert BallotPaper.objects.count() == 1
    chamber.cast_all(ballot, "yyynn.")

    sign_in(page, live_server, chamber.chair)
    page.goto(live_server.url + url(ballot, "ballot_close"))
    look(page)
    press(page, "Abstimmung schließen")
    expect(page.get_by_text("Ausgezählt wird, sobald beide")).to_be_visible()
    look(page)

    for person, phrase in zip(tellers, PHRASES, strict=True):
        sign_in(page, live_server, person)
        page.goto(live_server.url + url(ballot, "ballot_teller"))
        look(page)
        page.get_by_label("Ihr Kennwort für diese Abstimmung").fill("ein falsches Kennwort")
        press(page, "Kennwort eingeben")
        expect(page.get_by_text("Das Kennwort passt nicht").first).to_be_visible()
        page.get_by_label("Ihr Kennwort für diese Abstimmung").fill(phrase)
        press(page, "Kennwort eingeben")
    expect(page.get_by_text("die Schlüssel vernichtet").first).to_be_visible()
    assert strongbox.kept() == []

    sign_in(page, live_server, chamber.chair)
    page.goto(live_server.url + url(ballot, "ballot_declare"))
    press(page, "Ergebnis feststellen")
    page.goto(live_server.url + url(ballot))
    expect(page.get_by_text("Die Vorlage ist angenommen.")).to_be_visible()
    expect(page.get_by_text("hat teilgenommen")).to_have_count(6)
    look(page)
