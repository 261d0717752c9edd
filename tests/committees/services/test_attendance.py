"""Answers to an invitation, attendance and quorum."""

from dataclasses import replace
from datetime import timedelta

import pytest

from committees.enums import Answer, DelegateKind, Presence
from committees.models import Attendance, MeetingAnswer
from committees.rules import presets
from committees.rules.rule_set import Quorum, Turnout
from committees.services import attendance, meetings
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories import UserFactory
from tests.factories.meetings import give_rules, make_invited, make_meeting, make_running
from tests.factories.motions import make_delegate, make_house

pytestmark = pytest.mark.django_db


def seats_of(meeting):
    found = attendance.seats(
        meeting,
        mandates=attendance.mandates_with_answers(meeting),
        partners=attendance.voting_partners(meeting),
        rows=attendance.rows_of(meeting),
    )
    return {seat.partner: seat for seat in found}


# --- answers ------------------------------------------------------------------------------------------


def test_a_delegate_answers_and_may_answer_otherwise_later():
    house = make_house()
    meeting, partner, person = make_invited(house), house.partners[0], house.sk_delegates[0]
    attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.YES)
    assert seats_of(meeting)[partner].state == "yes"
    assert seats_of(meeting)[partner].coming == [person]
    attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.NO)
    assert seats_of(meeting)[partner].state == "no"
    assert MeetingAnswer.objects.count() == 1


def test_nobody_answers_for_a_partner_they_do_not_speak_for():
    house = make_house()
    meeting = make_invited(house)
    for person in (house.sk_delegates[1], house.office, house.tk_delegates[0], UserFactory()):
        with pytest.raises(attendance.AnswerRefused, match="vertreten diesen Partner"):
            attendance.answer(by=person, meeting=meeting, partner=house.partners[0], answer=Answer.YES)


def test_a_person_of_two_partners_answers_for_each():
    house = make_house()
    make_delegate(house.sk, house.partners[1], house.sk_delegates[0])
    meeting, person = make_invited(house), house.sk_delegates[0]
    attendance.answer(by=person, meeting=meeting, partner=house.partners[0], answer=Answer.YES)
    attendance.answer(by=person, meeting=meeting, partner=house.partners[1], answer=Answer.NO)
    assert [seats_of(meeting)[partner].state for partner in house.partners[:2]] == ["yes", "no"]


def test_the_deputy_is_told_once_and_released_when_the_delegate_comes_after_all():
    house = make_house()
    partner, person = house.partners[0], house.sk_delegates[0]
    deputy = make_delegate(house.sk, partner, kind=DelegateKind.DEPUTY).person
    meeting = make_invited(house)
    OutboxMessage.objects.all().delete()
    for _twice in range(2):
        attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY)
    assert [row.recipient for row in OutboxMessage.objects.all()] == [deputy]
    assert OutboxMessage.objects.get().kind == "meeting_deputy_called"
    assert seats_of(meeting)[partner].state == "deputy"
    assert seats_of(meeting)[partner].coming == [deputy]
    attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.YES)
    assert {row.kind for row in OutboxMessage.objects.all()} == {"meeting_deputy_called", "meeting_deputy_released"}
    # Called once more: told once more.
    attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY)
    assert OutboxMessage.objects.filter(kind="meeting_deputy_called").count() == 2


def test_a_called_deputy_who_declines_leaves_the_seat_empty():
    house = make_house()
    partner, person = house.partners[0], house.sk_delegates[0]
    deputy = make_delegate(house.sk, partner, kind=DelegateKind.DEPUTY).person
    meeting = make_invited(house)
    attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY)
    attendance.answer(by=deputy, meeting=meeting, partner=partner, answer=Answer.NO)
    assert seats_of(meeting)[partner].state == "no"
    assert seats_of(meeting)[partner].coming == []


def test_sending_a_deputy_needs_one_and_the_choice_among_several():
    house = make_house()
    partner, person = house.partners[0], house.sk_delegates[0]
    meeting = make_invited(house)
    with pytest.raises(attendance.AnswerRefused, match="keine Stellvertretung"):
        attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY)
    first = make_delegate(house.sk, partner, kind=DelegateKind.DEPUTY).person
    make_delegate(house.sk, partner, kind=DelegateKind.DEPUTY)
    with pytest.raises(attendance.AnswerRefused, match="welche Stellvertretung"):
        attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY)
    row = attendance.answer(by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY, deputy=first)
    assert row.deputy == first
    with pytest.raises(attendance.AnswerRefused, match="keine Stellvertretung"):
        attendance.answer(
            by=person, meeting=meeting, partner=partner, answer=Answer.DEPUTY, deputy=house.sk_delegates[1]
        )


def test_a_deputy_cannot_send_a_deputy():
    house = make_house()
    deputy = make_delegate(house.sk, house.partners[0], kind=DelegateKind.DEPUTY).person
    make_delegate(house.sk, house.partners[0], kind=DelegateKind.DEPUTY)
    meeting = make_invited(house)
    with pytest.raises(attendance.AnswerRefused, match="Nur die Vertretung"):
        attendance.answer(by=deputy, meeting=meeting, partner=house.partners[0], answer=Answer.DEPUTY)


def test_drafts_and_running_meetings_take_no_answers():
    house = make_house()
    for meeting in (make_meeting(house), make_running(house)):
        with pytest.raises(attendance.AnswerRefused, match="nicht mehr geantwortet"):
            attendance.answer(by=house.sk_delegates[0], meeting=meeting, partner=house.partners[0], answer=Answer.YES)


# --- attendance ---------------------------------------------------------------------------------------


def test_coming_leaving_and_coming_again_are_rows_of_their_own():
    house = make_house()
    meeting, partner = make_running(house), house.partners[0]
    start = clock.now()
    with clock.frozen(start):
        row = attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE)
        assert row.person == house.sk_delegates[0]
    with clock.frozen(start + timedelta(minutes=30)):
        attendance.leave(by=house.chair, meeting=meeting, partner=partner)
        assert seats_of(meeting)[partner].has_left
    with clock.frozen(start + timedelta(minutes=45)):
        attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE)
    rows = list(Attendance.objects.order_by("from_at"))
    assert [(row.from_at - start, row.until_at and row.until_at - start) for row in rows] == [
        (timedelta(0), timedelta(minutes=30)),
        (timedelta(minutes=45), None),
    ]
    assert attendance.present_partner_ids(meeting, start + timedelta(minutes=10)) == {partner.pk}
    assert attendance.present_partner_ids(meeting, start + timedelta(minutes=40)) == set()
    assert attendance.present_partner_ids(meeting) == {partner.pk}


def test_a_slip_put_right_within_a_minute_leaves_no_trace_of_coming_and_going():
    house = make_house()
    meeting, partner = make_running(house), house.partners[0]
    attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.ABSENT)
    attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE)
    assert [row.presence for row in Attendance.objects.all()] == [Presence.DELEGATE]


def test_pressing_the_same_button_twice_changes_nothing():
    house = make_house()
    meeting, partner = make_running(house), house.partners[0]
    first = attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE) == first
    assert Attendance.objects.count() == 1


def test_only_people_of_the_partner_can_be_there_for_it():
    house = make_house()
    meeting, partner = make_running(house), house.partners[0]
    with pytest.raises(attendance.AttendanceRefused, match="vertritt"):
        attendance.record(
            by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE, person=house.sk_delegates[1]
        )
    with pytest.raises(attendance.AttendanceRefused, match="niemand"):
        attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DEPUTY)
    with pytest.raises(attendance.AttendanceRefused, match="gehört der Partnerschaft"):
        attendance.record(by=house.chair, meeting=meeting, partner=make_house().partners[0], presence=Presence.ABSENT)
    with pytest.raises(attendance.AttendanceRefused, match="nicht als anwesend"):
        attendance.leave(by=house.chair, meeting=meeting, partner=partner)


def test_attendance_is_taken_from_the_day_of_the_meeting_until_it_is_closed():
    house = make_house()
    meeting = make_invited(house)
    take = {"by": house.chair, "partner": house.partners[0], "presence": Presence.DELEGATE}
    with pytest.raises(attendance.AttendanceRefused, match="am Tag der Sitzung"):
        attendance.record(meeting=meeting, **take)
    with clock.frozen(meeting.starts_at - timedelta(minutes=15)):
        attendance.record(meeting=meeting, **take)
        meetings.start(by=house.chair, meeting=meeting)
        meetings.close(by=house.chair, meeting=meeting)
        with pytest.raises(attendance.AttendanceRefused):
            attendance.leave(by=house.chair, meeting=meeting, partner=house.partners[0])


def test_announced_answers_are_taken_over_in_one_press():
    house = make_house(4)
    deputy = make_delegate(house.sk, house.partners[1], kind=DelegateKind.DEPUTY).person
    meeting = make_invited(house)
    for index, answer in enumerate((Answer.YES, Answer.DEPUTY, Answer.NO)):
        attendance.answer(by=house.sk_delegates[index], meeting=meeting, partner=house.partners[index], answer=answer)
    with clock.frozen(meeting.starts_at):
        assert attendance.record_expected(by=house.chair, meeting=meeting) == 3
        assert attendance.record_expected(by=house.chair, meeting=meeting) == 0
    rows = {row.partner: (row.presence, row.person) for row in Attendance.objects.all()}
    assert rows == {
        house.partners[0]: (Presence.DELEGATE, house.sk_delegates[0]),
        house.partners[1]: (Presence.DEPUTY, deputy),
        house.partners[2]: (Presence.EXCUSED, None),
    }


# --- quorum -------------------------------------------------------------------------------------------


def test_the_quorum_counts_present_partners_entitled_to_vote():
    house = make_house(4)
    meeting = make_running(house)
    assert attendance.quorum(meeting).needed == 3
    for partner in house.partners[:2]:
        attendance.record(by=house.chair, meeting=meeting, partner=partner, presence=Presence.DELEGATE)
    found = attendance.quorum(meeting)
    assert not found.is_reached
    assert found.sentence == "2 von 4 stimmberechtigten Partnern sind anwesend."
    assert found.verdict == "Nicht beschlussfähig: 3 sind nötig, es fehlt 1."
    attendance.record(by=house.chair, meeting=meeting, partner=house.partners[2], presence=Presence.DELEGATE)
    attendance.record(by=house.chair, meeting=meeting, partner=house.partners[3], presence=Presence.EXCUSED)
    assert attendance.quorum(meeting).is_reached
    house.partners[2].standings.filter(fact="voting_right").delete()
    assert attendance.quorum(meeting).electorate == 3


def test_a_second_invitation_lifts_the_quorum_where_the_rules_say_so():
    house = make_house()
    give_rules(house.sk, presets.VWVFG.rules)
    meeting = make_running(house, is_second_invitation=True)
    assert attendance.quorum(meeting).is_reached
    assert "zweiten Einladung" in attendance.quorum(meeting).verdict


def test_rules_without_quorum_ask_for_nobody():
    house = make_house()
    give_rules(house.sk, replace(presets.EQUAL_SIMPLE.rules, quorum=Quorum(Turnout())))
    assert attendance.quorum(make_running(house)).is_reached
