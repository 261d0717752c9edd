"""Meetings in a real browser: axe, width, keyboard, and the live part of the cockpit."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from committees.enums import DelegateKind
from committees.models import Meeting
from committees.services import agendas, attendance, meetings
from partnership import clock
from tests.factories.meetings import give_rules, make_invited, make_meeting, make_open_ballot, make_running
from tests.factories.motions import make_delegate, make_house, make_motion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, live_server, person):
    """A session without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def url(name, thing):
    return reverse(f"committees:{name}", kwargs={"slug": thing.partnership.slug, "pk": thing.pk})


@pytest.fixture
def complaints(page):
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def scene():
    """A draft, an invited, a running and a closed meeting, with everything their pages can show."""
    house = make_house(6)
    give_rules(house.sk)
    give_rules(house.tk)
    make_delegate(house.sk, house.partners[0], kind=DelegateKind.DEPUTY)
    make_delegate(house.sk, house.partners[1], kind=DelegateKind.DEPUTY)
    house.sk.delegates.filter(partner=house.partners[5]).delete()
    closed = make_running(house, title="4. Sitzung")
    attendance.record(by=house.chair, meeting=closed, partner=house.partners[0], presence="delegate")
    for item in closed.items.all():
        agendas.note_result(by=house.chair, item=item, result="Zur Kenntnis genommen.")
    meetings.close(by=house.chair, meeting=closed)

    draft = make_meeting(house, title="6. Sitzung", committee=house.tk)
    make_motion(house)
    invited = make_invited(house, video_url="https://video.example.org/raum", invitation_text="Herzlich willkommen.")
    item = invited.items.get(title="Haushalt")
    agendas.change_item(by=house.office, item=item, text="Der **Haushalt** 2027.", presenter="Frau Büro")
    agendas.add_paper(
        by=house.office, item=item, file=SimpleUploadedFile("plan.txt", b"Plan", "text/plain"), title="Haushaltsplan"
    )
    agendas.add_item(by=house.office, meeting=invited, title="Personal", is_confidential=True)
    for number, answer in ((1, "deputy"), (2, "no"), (3, "yes")):
        attendance.answer(by=house.sk_delegates[number], meeting=invited, partner=house.partners[number], answer=answer)

    running = make_running(house, title="5b. Sitzung")
    for partner in house.partners[:3]:
        attendance.record(by=house.chair, meeting=running, partner=partner, presence="delegate")
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        attendance.leave(by=house.chair, meeting=running, partner=house.partners[2])
    first = running.items.order_by("position").first()
    agendas.call_item(by=house.chair, item=first)
    make_open_ballot(house, first)
    return house, {"draft": draft, "invited": invited, "running": running, "closed": closed}


PAGES = [
    ("office", "meeting_list", None),
    ("office", "meeting_create", None),
    ("office", "meeting_detail", "invited"),
    ("delegate", "meeting_detail", "invited"),
    ("office", "meeting_edit", "invited"),
    ("office", "meeting_cancel", "invited"),
    ("office", "meeting_invitation", "draft"),
    ("office", "meeting_invitation", "invited"),
    ("office", "meeting_preview", "draft"),
    ("office", "agenda_edit", "draft"),
    ("office", "agenda_edit", "invited"),
    ("office", "agenda_item_create", "draft"),
    ("chair", "meeting_cockpit", "running"),
    ("chair", "meeting_cockpit", "invited"),
    ("chair", "meeting_close", "running"),
    ("delegate", "meeting_protocol", "closed"),
]


def test_axe_finds_nothing_and_nothing_sticks_out(page, live_server, complaints, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    house, found = scene()
    people = {"office": house.office, "chair": house.chair, "delegate": house.sk_delegates[0]}
    seen = []
    for who, name, which in PAGES:
        sign_in(page, live_server, people[who])
        if name == "meeting_list":
            address = reverse("committees:meeting_list", kwargs={"slug": house.partnership.slug})
        else:
            address = url(name, found[which] if which else house.sk)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(live_server.url + address).status == 200
            result = Axe().run(page)
            if result.violations_count:
                seen.append(f"{name} {which} {width}: {result.generate_report()}")
            if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
                seen.append(f"{name} {which} {width}: sticks out")
    assert seen == []
    assert complaints == []


def test_a_delegate_answers_with_the_keyboard_alone(page, live_server):
    house = make_house()
    meeting = make_invited(house)
    sign_in(page, live_server, house.sk_delegates[0])
    page.goto(live_server.url + meeting.get_absolute_url())
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Ich nehme teil":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Sie nehmen teil").wait_for()
    assert page.get_by_role("button", name="Ich nehme teil").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("with_script", [True, False])
def test_a_meeting_is_held_with_and_without_scripts(browser, live_server, with_script):
    house = make_house()
    meeting = make_invited(house)
    now = clock.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(hours=1))
    context = browser.new_context(
        java_script_enabled=with_script, locale="de-DE", viewport={"width": 768, "height": 1024}
    )
    page = context.new_page()
    sign_in(page, live_server, house.chair)
    page.goto(live_server.url + url("meeting_cockpit", meeting))
    page.get_by_role("button", name="Sitzung eröffnen").click()
    page.get_by_role("button", name=f"{house.sk_delegates[0].name} ist da für").click()
    assert page.get_by_text("1 von 3 stimmberechtigten Partnern ist anwesend.").is_visible()
    page.get_by_role("button", name="TOP 1 aufrufen").click()
    page.get_by_label("Ergebnis").fill("Alle begrüßt.")
    page.get_by_role("button", name="Erledigt, weiter zu TOP 2").click()
    page.get_by_role("button", name="Erledigt", exact=True).click()
    page.get_by_role("link", name="Sitzung schließen").first.click()
    page.get_by_role("button", name="Sitzung schließen").click()
    assert page.get_by_text("Alle begrüßt.").is_visible()
    context.close()


def test_the_quorum_meter_moves_without_reloading_and_the_focus_stays(page, live_server):
    house = make_house()
    meeting = make_running(house)
    sign_in(page, live_server, house.chair)
    page.goto(live_server.url + url("meeting_cockpit", meeting))
    button = page.get_by_role("button", name="Begrüßung")
    button.focus()
    attendance.record(by=house.office, meeting=meeting, partner=house.partners[0], presence="delegate")
    page.get_by_text("1 von 3 stimmberechtigten Partnern ist anwesend.").wait_for(timeout=9000)
    assert button.evaluate("node => node === document.activeElement")
