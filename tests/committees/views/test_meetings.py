"""Pages about meetings: list, forms, invitation, answers, papers, protocol."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from committees.enums import DelegateKind, MeetingState
from committees.models import AgendaItem, Meeting, MeetingAnswer
from committees.services import agendas, meetings
from partnership import clock
from partnership.enums import Role
from partnership.models import OutboxMessage
from tests.factories import UserFactory, appoint
from tests.factories.meetings import give_rules, make_invited, make_meeting, make_running
from tests.factories.motions import make_delegate, make_house, make_motion

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def url(name, thing, **more):
    return reverse(f"committees:{name}", kwargs={"slug": thing.partnership.slug, "pk": thing.pk, **more})


def list_url(house):
    return reverse("committees:meeting_list", kwargs={"slug": house.partnership.slug})


def text(response):
    return response.content.decode()


def warm(client, address):
    """The first request of a session writes it; what is counted is the second."""
    assert client.get(address).status_code == 200


# --- list ---------------------------------------------------------------------------------------------


def test_the_list_is_empty_kindly(client, house):
    client.force_login(house.office)
    assert "Noch keine Sitzung" in text(client.get(list_url(house)))


def test_drafts_are_for_those_who_prepare_them(client, house):
    make_meeting(house, title="Entwurfssitzung")
    for person, sees in ((house.office, True), (house.chair, True), (house.sk_delegates[0], False)):
        client.force_login(person)
        assert ("Entwurfssitzung" in text(client.get(list_url(house)))) is sees


def test_the_list_is_searched_filtered_and_sorted(client, house):
    make_invited(house, title="Alpha")
    make_invited(house, title="Beta", committee=house.tk)
    client.force_login(house.office)
    for query, alpha, beta in (
        ("q=Alpha", True, False),
        ("q=Haushalt", True, True),
        (f"gremium={house.tk.pk}", False, True),
        ("stand=invited", True, True),
        ("stand=closed", False, False),
        ("zeit=vergangen", False, False),
        ("zeit=kommend&sort=bezeichnung", True, True),
        ("sort=password&page=999", True, True),
        ("gremium=nonsense", False, False),
    ):
        page = text(client.get(f"{list_url(house)}?{query}"))
        assert (">Alpha<" in page, ">Beta<" in page) == (alpha, beta), query


def test_a_word_of_a_confidential_item_finds_and_counts_nothing_for_others(client, house):
    meeting = make_invited(house)
    AgendaItem.objects.create(meeting=meeting, position=3, title="Geheimwort", text="Geheimwort", is_confidential=True)
    for person, sees in ((house.sk_delegates[0], True), (house.office, True), (house.tk_delegates[0], False)):
        client.force_login(person)
        found = client.get(f"{list_url(house)}?q=Geheimwort")
        assert ("5. Sitzung" in text(found)) is sees
        counted = client.get(list_url(house)).context["page_obj"][0].item_count
        assert counted == (3 if sees else 2)
        for address in (
            meeting.get_absolute_url(),
            url("meeting_calendar", meeting),
            f"{list_url(house)}?export=csv",
        ):
            page = text(client.get(address))
            assert "Geheimwort" not in page or (sees and address == meeting.get_absolute_url())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_exported(client, house, form):
    make_invited(house, title="=cmd")
    client.force_login(house.office)
    response = client.get(f"{list_url(house)}?export={form}")
    assert response["Content-Disposition"].endswith(f'.{form}"')
    if form == "csv":
        assert "'=cmd" in response.content.decode("utf-8-sig")


def test_a_thousand_meetings_cost_as_many_queries_as_three(client, house, django_assert_max_num_queries):
    def add(count):
        now = clock.now()
        rows = [
            Meeting(
                partnership=house.partnership,
                committee=house.sk,
                title=f"Sitzung {n}",
                state=MeetingState.INVITED,
                starts_at=now + timedelta(days=n),
                ends_at=now + timedelta(days=n, hours=1),
            )
            for n in range(count)
        ]
        Meeting.objects.bulk_create(rows)
        AgendaItem.objects.bulk_create([AgendaItem(meeting=row, position=1, title="Punkt") for row in rows])

    client.force_login(house.office)
    add(3)
    warm(client, list_url(house))
    with django_assert_max_num_queries(12) as few:
        client.get(f"{list_url(house)}?q=Punkt")
    add(1000)
    with django_assert_max_num_queries(12) as many:
        client.get(f"{list_url(house)}?q=Punkt")
    assert len(few) == len(many)


# --- create, edit, cancel -----------------------------------------------------------------------------


def form_data(**changes):
    return {
        "title": "6. Sitzung",
        "on": "2027-03-15",
        "begins": "14:00",
        "ends": "16:00",
        "place": "Rathaus",
        "video_url": "",
        "invitation_text": "",
    } | changes


def test_the_office_makes_a_meeting_with_the_open_items_of_the_last_one(client, house):
    give_rules(house.sk)
    meetings.close(by=house.chair, meeting=make_running(house))
    client.force_login(house.office)
    address = url("meeting_create", house.sk)
    assert 'value="6. Sitzung"' in text(client.get(address))
    assert 'value="1. Sitzung Technisches Gremium"' in text(client.get(url("meeting_create", house.tk)))
    response = client.post(address, form_data(carries_open="on"))
    meeting = Meeting.objects.get(title="6. Sitzung")
    assert response.url == url("agenda_edit", meeting)
    assert meeting.items.count() == 2
    assert meeting.time_words == "Montag, 15.03.2027, 14:00 bis 16:00 Uhr"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"on": "2027-03-28", "begins": "02:30", "ends": "04:00"}, "wegen der Zeitumstellung nicht"),
        ({"on": "2026-10-25", "begins": "02:30", "ends": "04:00"}, "zweimal"),
        ({"ends": "13:00"}, "Das Ende liegt vor dem Beginn."),
        ({"on": "2027-02-30"}, "gültiges Datum"),
        ({"begins": "25:99"}, "gültige"),
        ({"video_url": "javascript:alert(1)"}, "gültige"),
        ({"title": "x" * 1000}, "200"),
        ({"title": ""}, ""),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_nothing_is_lost(client, house, changes, sentence):
    client.force_login(house.office)
    response = client.post(url("meeting_create", house.sk), form_data(**changes))
    assert response.status_code == 422
    assert sentence in text(response)
    assert "Rathaus" in text(response)
    assert not Meeting.objects.exists()


def test_line_ends_in_one_line_fields_become_spaces(client, house):
    client.force_login(house.office)
    client.post(url("meeting_create", house.sk), form_data(title="a\r\nATTENDEE:x\rb", place="c\nd"))
    meeting = Meeting.objects.get()
    assert (meeting.title, meeting.place) == ("a ATTENDEE:x b", "c d")


def test_editing_an_invited_meeting_shows_the_banner_and_undoing_hides_it(client, house):
    meeting = make_invited(house)
    client.force_login(house.office)
    address = url("meeting_edit", meeting)
    values = {name: field.value() for name, field in ((f.name, f) for f in client.get(address).context["form"])}
    data = form_data(
        title=values["title"],
        on=values["on"].isoformat(),
        begins=values["begins"].strftime("%H:%M:%S"),
        ends=values["ends"].strftime("%H:%M:%S"),
        place="Anderswo",
    )
    if values["last_on"]:
        data["last_on"] = values["last_on"].isoformat()
    assert client.post(address, data).status_code == 302
    assert "kennen die letzten Änderungen noch nicht" in text(client.get(meeting.get_absolute_url()))
    client.post(address, data | {"place": meeting.place})
    assert "kennen die letzten Änderungen noch nicht" not in text(client.get(meeting.get_absolute_url()))


def test_cancelling_asks_once_and_wants_a_reason(client, house):
    meeting = make_invited(house)
    client.force_login(house.office)
    address = url("meeting_cancel", meeting)
    assert "absagen?" in text(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Krankheit"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert "Krankheit" in text(client.get(meeting.get_absolute_url()))


def test_a_secretary_prepares_meetings_of_the_own_committee_only(client, house):
    secretary = UserFactory()
    appoint(secretary, Role.SECRETARY, house.sk)
    client.force_login(secretary)
    assert client.get(url("meeting_create", house.sk)).status_code == 200
    assert client.get(url("meeting_create", house.tk)).status_code == 403


def test_delegates_do_not_prepare_and_strangers_see_nothing(client, house):
    meeting = make_invited(house)
    item = meeting.items.first()
    names = (
        "meeting_edit",
        "meeting_cancel",
        "meeting_invitation",
        "meeting_preview",
        "agenda_edit",
        "meeting_cockpit",
    )
    client.force_login(house.sk_delegates[0])
    assert {client.get(url(name, meeting)).status_code for name in names} == {403}
    assert client.get(url("agenda_item_edit", item)).status_code == 403
    stranger = make_house().office
    client.force_login(stranger)
    for name in (*names, "meeting_detail", "meeting_calendar", "meeting_papers"):
        assert client.get(url(name, meeting)).status_code == 404
    assert client.get(url("agenda_item_edit", item)).status_code == 404


# --- the page -----------------------------------------------------------------------------------------


def test_the_page_costs_few_queries_whatever_it_shows(client, house, django_assert_max_num_queries):
    meeting = make_invited(house)
    motion = make_motion(house)
    for n in range(3, 9):
        AgendaItem.objects.create(
            meeting=meeting,
            position=n,
            title=f"Punkt {n}",
            referral=motion.referrals.get(committee=house.sk) if n == 3 else None,
        )
    for person in (house.office, house.sk_delegates[0]):
        client.force_login(person)
        warm(client, meeting.get_absolute_url())
        with django_assert_max_num_queries(12):
            page = text(client.get(meeting.get_absolute_url()))
        assert "Punkt 8" in page


def test_the_office_sees_the_fate_of_every_mail_and_others_do_not(client, house):
    meeting = make_invited(house)
    client.force_login(house.office)
    page = text(client.get(meeting.get_absolute_url()))
    assert "Zustellung der Nachrichten" in page
    assert house.sk_delegates[2].email in page
    client.force_login(house.sk_delegates[0])
    assert house.sk_delegates[2].email not in text(client.get(meeting.get_absolute_url()))


def test_one_press_answers_and_a_get_changes_nothing(client, house):
    meeting = make_invited(house)
    client.force_login(house.sk_delegates[0])
    page = text(client.get(meeting.get_absolute_url()))
    assert "Ich nehme teil" in page
    address = url("meeting_answer", meeting)
    assert client.get(address).status_code == 405
    response = client.post(address, {"partner": house.partners[0].pk, "answer": "yes"}, follow=True)
    assert "Sie nehmen teil" in text(response)
    assert MeetingAnswer.objects.get().answer == "yes"


@pytest.mark.parametrize("data", [{}, {"partner": "x", "answer": "yes"}, {"answer": "yes"}, {"answer": "maybe"}])
def test_nonsense_answers_store_nothing(client, house, data):
    meeting = make_invited(house)
    client.force_login(house.sk_delegates[0])
    assert client.post(url("meeting_answer", meeting), data, follow=True).status_code == 200
    assert not MeetingAnswer.objects.exists()


def test_a_forged_answer_for_another_partner_stores_nothing(client, house):
    meeting = make_invited(house)
    client.force_login(house.sk_delegates[0])
    client.post(url("meeting_answer", meeting), {"partner": house.partners[1].pk, "answer": "yes", "person": "x"})
    assert not MeetingAnswer.objects.exists()


def test_the_deputy_button_is_there_when_there_is_a_deputy(client, house):
    meeting = make_invited(house)
    client.force_login(house.sk_delegates[0])
    assert "Meine Stellvertretung kommt" not in text(client.get(meeting.get_absolute_url()))
    deputy = make_delegate(house.sk, house.partners[0], kind=DelegateKind.DEPUTY).person
    assert f"Meine Stellvertretung kommt ({deputy})" in text(client.get(meeting.get_absolute_url()))
    response = client.post(
        url("meeting_answer", meeting), {"partner": house.partners[0].pk, "answer": "deputy"}, follow=True
    )
    assert f"{deputy} kommt und wird benachrichtigt" in text(response)


def test_the_calendar_file_is_served(client, house):
    meeting = make_invited(house)
    client.force_login(house.sk_delegates[0])
    response = client.get(url("meeting_calendar", meeting))
    assert response["Content-Type"].startswith("text/calendar")
    assert f"sitzung-{meeting.on.isoformat()}.ics" in response["Content-Disposition"]
    assert "METHOD:PUBLISH" in text(response)


def test_the_zip_holds_what_the_reader_may_see(client, house, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    meeting = make_invited(house)
    client.force_login(house.sk_delegates[0])
    assert client.get(url("meeting_papers", meeting)).status_code == 404
    for title, is_confidential in (("Offen", False), ("Geheim", True)):
        item = AgendaItem.objects.create(
            meeting=meeting, position=meeting.items.count() + 1, title=title, is_confidential=is_confidential
        )
        for _twice in range(2):
            agendas.add_paper(
                by=house.office, item=item, file=SimpleUploadedFile(f"{title}.txt", b"Text", "text/plain")
            )
    for person, count in ((house.sk_delegates[0], 4), (house.tk_delegates[0], 2)):
        client.force_login(person)
        response = client.get(url("meeting_papers", meeting))
        names = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).namelist()
        assert len(names) == len(set(names)) == count
        assert any("Geheim" in name for name in names) is (count == 4)


# --- invitation ---------------------------------------------------------------------------------------


def test_the_page_before_sending_says_how_the_notice_period_is_counted(client, house, django_assert_max_num_queries):
    give_rules(house.sk)
    meeting = make_meeting(house)
    client.force_login(house.office)
    address = url("meeting_invitation", meeting)
    warm(client, address)
    with django_assert_max_num_queries(12):
        page = text(client.get(address))
    assert "Die Ladungsfrist ist eingehalten." in page
    assert "Frist 14 Tage, Versandtag nicht mitgezählt" in page
    assert house.sk_delegates[0].email in page
    assert "Einladung senden" in page


def test_sending_from_the_page_twice_sends_once(client, house):
    give_rules(house.sk)
    meeting = make_meeting(house)
    client.force_login(house.office)
    address = url("meeting_invitation", meeting)
    assert client.post(address, {"waiver": ""}).status_code == 302
    count = OutboxMessage.objects.count()
    assert count == 5
    response = client.post(address, {"waiver": ""})
    assert response.status_code == 422
    assert "nichts zu versenden" in text(response)
    assert OutboxMessage.objects.count() == count


def test_what_blocks_is_said_on_the_page(client, house):
    give_rules(house.sk)
    meeting = make_meeting(house, starts_at=clock.now() + timedelta(days=2), ends_at=clock.now() + timedelta(days=3))
    client.force_login(house.office)
    response = client.post(url("meeting_invitation", meeting), {"waiver": ""})
    assert response.status_code == 422
    assert "lassen keinen Verzicht zu" in text(response)
    assert not OutboxMessage.objects.exists()


def test_the_preview_shows_the_mail_and_sends_nothing(client, house):
    meeting = make_meeting(house)
    client.force_login(house.office)
    page = text(client.get(url("meeting_preview", meeting)))
    assert "Muster: Einladung: 5. Sitzung" in page
    assert "TOP 2 Haushalt" in page
    html = client.get(url("meeting_preview", meeting) + "?teil=html")
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" in html["Content-Security-Policy"]
    assert not OutboxMessage.objects.exists()


def test_a_test_mail_is_sent_to_oneself(client, house):
    meeting = make_meeting(house)
    client.force_login(house.office)
    response = client.post(url("meeting_test", meeting), follow=True)
    assert house.office.email in text(response)
    assert OutboxMessage.objects.get().recipient == house.office


def test_a_change_shows_what_it_will_say(client, house):
    meeting = make_invited(house)
    meetings.change(by=house.office, meeting=meeting, place="Anderswo")
    client.force_login(house.office)
    address = url("meeting_invitation", meeting)
    assert "Ort: jetzt Anderswo" in text(client.get(address))
    assert "Ort: jetzt Anderswo" in text(client.get(url("meeting_preview", meeting)))
    client.post(address, {"waiver": ""})
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.has_unsent_changes) == (1, False)


# --- agenda editor ------------------------------------------------------------------------------------


def test_the_agenda_is_edited_with_buttons(client, house, django_assert_max_num_queries):
    meeting = make_meeting(house, items="ABC")
    client.force_login(house.office)
    address = url("agenda_edit", meeting)
    warm(client, address)
    with django_assert_max_num_queries(12):
        client.get(address)
    item = meeting.items.get(title="A")
    client.post(url("agenda_item_move", item), {"to": "down"})
    assert [one.title for one in meeting.items.order_by("position")] == ["B", "A", "C"]
    for nonsense in ("", "x", "9" * 30, "-1"):
        assert client.post(url("agenda_item_move", item), {"to": nonsense}, follow=True).status_code == 200
    client.post(url("agenda_item_create", meeting), {"title": "D", "minutes_planned": "15"})
    assert meeting.items.get(title="D").position == 4
    client.post(url("agenda_item_edit", item), {"title": "A neu", "is_confidential": "on"})
    item.refresh_from_db()
    assert (item.title, item.is_confidential) == ("A neu", True)
    assert "von der Tagesordnung nehmen?" in text(client.get(url("agenda_item_delete", item)))
    client.post(url("agenda_item_delete", item))
    assert not meeting.items.filter(pk=item.pk).exists()


def test_a_form_takes_no_field_it_does_not_show(client, house):
    meeting, other = make_meeting(house), make_meeting(house, title="Andere")
    client.force_login(house.office)
    item = meeting.items.first()
    client.post(
        url("agenda_item_edit", item),
        {"title": "Neu", "position": "9", "meeting": other.pk, "state": "done", "result": "x", "referral": "y"},
    )
    item.refresh_from_db()
    assert (item.title, item.position, item.meeting, item.state, item.result) == ("Neu", 1, meeting, "open", "")


def test_papers_are_uploaded_and_withdrawn(client, house, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    meeting = make_meeting(house)
    item = meeting.items.first()
    client.force_login(house.office)
    file = SimpleUploadedFile("plan.txt", b"Der Plan", "text/plain")
    assert client.post(url("agenda_paper_create", item), {"title": "Plan", "file": file}).status_code == 302
    paper = item.paper_links.get()
    assert "Plan" in text(client.get(url("agenda_edit", meeting)))
    bad = SimpleUploadedFile("plan.exe", b"MZ", "application/octet-stream")
    refused = client.post(url("agenda_paper_create", item), {"title": "Titel bleibt", "file": bad})
    assert refused.status_code == 422
    assert "Titel bleibt" in text(refused)
    address = url("agenda_paper_delete", item, document=paper.document_id)
    assert "zurückziehen?" in text(client.get(address))
    client.post(address)
    assert not item.paper_links.exists()


def test_a_waiting_motion_is_put_on_the_agenda(client, house):
    motion = make_motion(house)
    meeting = make_meeting(house, committee=house.tk)
    client.force_login(house.office)
    address = url("agenda_edit", meeting)
    assert motion.title in text(client.get(address))
    referral = motion.referrals.get(committee=house.tk)
    client.post(url("agenda_motion", meeting), {"referral": referral.pk})
    assert meeting.items.get(referral=referral).title == motion.title
    again = client.post(url("agenda_motion", meeting), {"referral": referral.pk}, follow=True)
    assert "wartet nicht mehr" in text(again)


# --- protocol -----------------------------------------------------------------------------------------


def test_the_protocol_is_for_all_once_the_meeting_is_closed(client, house, django_assert_max_num_queries):
    meeting = make_running(house)
    address = url("meeting_protocol", meeting)
    client.force_login(house.sk_delegates[0])
    assert client.get(address).status_code == 404
    client.force_login(house.chair)
    assert "Entwurf" in text(client.get(address))
    meetings.close(by=house.chair, meeting=meeting)
    client.force_login(house.sk_delegates[0])
    warm(client, address)
    with django_assert_max_num_queries(12):
        page = text(client.get(address))
    assert "Haushalt" in page
    response = client.get(url("meeting_protocol_pdf", meeting))
    assert response.content.startswith(b"%PDF")
