"""The cockpit of a meeting."""

from datetime import timedelta

import pytest
from django.urls import reverse

from committees.enums import ItemState, MeetingState
from committees.models import Attendance, Ballot
from committees.services import agendas, attendance, ballots, meetings
from partnership import clock
from tests.factories.meetings import make_invited, make_open_ballot, make_running
from tests.factories.motions import make_house, make_motion

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def url(name, thing):
    return reverse(f"committees:{name}", kwargs={"slug": thing.partnership.slug, "pk": thing.pk})


def text(response):
    return response.content.decode()


def test_it_is_for_who_conducts_the_meeting(client, house):
    meeting = make_running(house)
    for person, status in ((house.chair, 200), (house.office, 200), (house.sk_delegates[0], 403)):
        client.force_login(person)
        assert client.get(url("meeting_cockpit", meeting)).status_code == status
        assert client.get(url("meeting_live", meeting)).status_code == status


def test_it_costs_few_queries_whatever_the_number_of_partners(client, django_assert_max_num_queries):
    counts = []
    for partners in (1, 3, 34):
        house = make_house(partners)
        meeting = make_running(house)
        for partner in house.partners:
            attendance.record(by=house.chair, meeting=meeting, partner=partner, presence="delegate")
        make_open_ballot(house, meeting.items.first())
        client.force_login(house.chair)
        client.get(url("meeting_cockpit", meeting))
        with django_assert_max_num_queries(12) as found:
            assert client.get(url("meeting_cockpit", meeting)).status_code == 200
        counts.append(len(found))
    assert len(set(counts)) == 1


def test_the_whole_meeting_runs_through_its_buttons(client, house):
    meeting = make_invited(house)
    first, second = meeting.items.order_by("position")
    with clock.frozen(meeting.starts_at):
        client.force_login(house.chair)
        client.post(url("attendance_record", meeting), {"partner": house.partners[0].pk, "entry": "absent"})
        assert "Sitzung eröffnen" in text(client.get(url("meeting_cockpit", meeting)))
        client.post(url("meeting_start", meeting))
        entry = f"delegate:{house.sk_delegates[1].pk}"
        response = client.post(url("attendance_record", meeting), {"partner": house.partners[1].pk, "entry": entry})
        assert response.url.endswith(f"#platz-{house.partners[1].pk}")
        assert "1 von 3 stimmberechtigten Partnern ist anwesend" in text(client.get(url("meeting_cockpit", meeting)))
        client.post(url("agenda_item_step", first), {"step": "call"})
        page = text(client.get(url("meeting_cockpit", meeting)))
        assert "Erledigt, weiter zu TOP 2" in page
        client.post(url("agenda_item_step", first), {"step": "note", "result": "Zur Kenntnis."})
        client.post(url("agenda_item_step", first), {"step": "next", "result": "Zur Kenntnis genommen."})
        for item in (first, second):
            item.refresh_from_db()
        assert (first.state, first.result, second.state) == (
            ItemState.DONE,
            "Zur Kenntnis genommen.",
            ItemState.CURRENT,
        )
        client.post(url("agenda_item_step", second), {"step": "adjourn"})
        client.post(url("attendance_record", meeting), {"partner": house.partners[1].pk, "entry": "left"})
        assert "schließen?" in text(client.get(url("meeting_close", meeting)))
        assert client.post(url("meeting_close", meeting)).url == url("meeting_protocol", meeting)
    meeting.refresh_from_db()
    second.refresh_from_db()
    assert (meeting.state, second.state) == (MeetingState.CLOSED, ItemState.CARRIED)
    assert [row.until_at is None for row in Attendance.objects.order_by("partner__number")] == [True, False]


def test_a_motion_is_put_to_the_vote_with_one_press(client, house):
    motion = make_motion(house)
    meeting = make_invited(house, committee=house.tk)
    referral = motion.referrals.get(committee=house.tk)
    item = agendas.put_motion(by=house.office, meeting=meeting, referral=referral)
    with clock.frozen(meeting.starts_at):
        meetings.start(by=house.office, meeting=meeting)
        agendas.call_item(by=house.office, item=item)
        client.force_login(house.office)
        assert "Namentlich abstimmen" in text(client.get(url("meeting_cockpit", meeting)))
        assert client.post(url("agenda_item_ballot", item), {"form": "acclamation"}).url.endswith("#aktuell")
        response = client.post(url("agenda_item_ballot", item), {"form": "show_of_hands"})
        ballot = Ballot.objects.get()
        assert (ballot.title, ballot.text, ballot.form) == (motion.title, motion.text, "show_of_hands")
        assert (ballot.referral, ballot.agenda_item, ballot.meeting) == (referral, item, meeting)
        assert response.url == url("ballot_open", ballot)
        assert "Abstimmung eröffnen" in text(client.get(url("meeting_cockpit", meeting)))


def test_cockpit_and_meeting_say_how_a_ballot_ended(client, house):
    meeting = make_running(house)
    ballot = make_open_ballot(house, meeting.items.first(), form="show_of_hands")
    client.force_login(house.chair)
    assert "ist angenommen" not in text(client.get(url("meeting_cockpit", meeting)))
    ballots.enter_hands(by=house.office, ballot=ballot, choices=dict.fromkeys(house.partners, "yes"))
    ballots.close_ballot(by=house.chair, ballot=ballot)
    for page in ("meeting_cockpit", "meeting_detail"):
        assert "Die Vorlage ist angenommen." in text(client.get(url(page, meeting)))


def test_answers_are_taken_over_with_one_button(client, house):
    meeting = make_invited(house)
    attendance.answer(by=house.sk_delegates[0], meeting=meeting, partner=house.partners[0], answer="yes")
    with clock.frozen(meeting.starts_at):
        client.force_login(house.chair)
        assert "Zusagen und Absagen übernehmen" in text(client.get(url("meeting_cockpit", meeting)))
        client.post(url("attendance_record", meeting), {"entry": "expected"})
        assert "Zusagen und Absagen übernehmen" not in text(client.get(url("meeting_cockpit", meeting)))
    assert Attendance.objects.get().person == house.sk_delegates[0]


def test_the_live_part_answers_only_what_is_new(client, house):
    meeting = make_running(house)
    client.force_login(house.chair)
    address = url("meeting_live", meeting)
    first = client.get(address)
    assert first["Cache-Control"] == "private, no-cache"
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    known = first["ETag"].strip('"')
    assert client.get(f"{address}?bekannt={known}").status_code == 204
    attendance.record(by=house.chair, meeting=meeting, partner=house.partners[0], presence="delegate")
    news = client.get(f"{address}?bekannt={known}")
    assert news.status_code == 200
    assert "1 von 3" in text(news)


@pytest.mark.parametrize(
    "data",
    [{}, {"entry": "left"}, {"partner": "x", "entry": "delegate"}, {"entry": "dance"}, {"entry": "delegate:nonsense"}],
)
def test_nonsense_is_answered_with_a_sentence(client, house, data):
    meeting = make_running(house)
    client.force_login(house.chair)
    assert client.post(url("attendance_record", meeting), data, follow=True).status_code == 200
    assert not Attendance.objects.exists()


def test_an_open_ballot_keeps_the_meeting_open(client, house):
    meeting = make_running(house)
    make_open_ballot(house, meeting.items.first())
    client.force_login(house.chair)
    response = client.post(url("meeting_close", meeting))
    assert response.status_code == 422
    assert "läuft noch" in text(response)


def test_a_get_opens_and_records_nothing(client, house):
    meeting = make_invited(house)
    client.force_login(house.chair)
    for name in ("meeting_start", "attendance_record"):
        assert client.get(url(name, meeting)).status_code == 405
    assert client.get(url("agenda_item_step", meeting.items.first())).status_code == 405
    with clock.frozen(meeting.starts_at - timedelta(days=3)):
        client.post(url("meeting_start", meeting))
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.INVITED
