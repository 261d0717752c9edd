"""Several presses at the same moment: the lock on the meeting lets one through (M8), and none without it does."""

import threading

import pytest
from django.db import connection, connections

from committees.enums import Answer
from committees.models import Meeting, MeetingAnswer
from committees.services import attendance, meetings, revisions
from partnership.errors import Refusal
from partnership.models import AuditEvent, OutboxMessage
from tests.factories.meetings import give_rules, make_invited, make_meeting
from tests.factories.motions import make_house

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PRESSES = 8


def press_together(act):
    """The answers of `PRESSES` people pressing at once: what came back, or the refusal."""
    assert connection.vendor == "postgresql"
    start, found = threading.Barrier(PRESSES), []

    def press():
        try:
            start.wait()
            found.append(act())
        except Refusal as refusal:
            found.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _n in range(PRESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def unlocked(monkeypatch):
    """The control: without the lock, everybody reads the meeting before anybody has written it."""
    gate = threading.Barrier(PRESSES)

    def read(meeting):
        row = Meeting.objects.select_related("committee", "partnership").get(pk=meeting.pk)
        if threading.current_thread() is not threading.main_thread():
            gate.wait(timeout=20)
        return row

    monkeypatch.setattr(revisions, "locked", read)


def invite_at_once():
    house = make_house()
    give_rules(house.sk)
    meeting = make_meeting(house)
    answers = press_together(lambda: meetings.invite(by=house.office, meeting=meeting))
    sent = [answer for answer in answers if isinstance(answer, Meeting)]
    return len(sent), AuditEvent.objects.filter(action="meeting.invited").count()


def test_the_invitation_goes_out_once():
    assert invite_at_once() == (1, 1)
    rows = OutboxMessage.objects.all()
    assert len(rows) == len({row.recipient_id for row in rows}) == 5


def test_without_the_lock_it_would_go_out_more_than_once(unlocked):
    sent, recorded = invite_at_once()
    assert sent == recorded == PRESSES
    # The second line of defence: a person still gets each revision once.
    rows = OutboxMessage.objects.all()
    assert len(rows) == len({row.recipient_id for row in rows})


def tell_a_change_at_once():
    house = make_house()
    meeting = make_invited(house)
    meetings.change(by=house.office, meeting=meeting, place="Saal 2")
    answers = press_together(lambda: meetings.send_change(by=house.office, meeting=meeting))
    sent = [answer for answer in answers if isinstance(answer, Meeting)]
    return len(sent), AuditEvent.objects.filter(action="meeting.change_sent").count()


def test_a_change_is_sent_once():
    assert tell_a_change_at_once() == (1, 1)
    assert Meeting.objects.get().sequence == 1


def test_without_the_lock_a_change_would_be_sent_more_than_once(unlocked):
    assert tell_a_change_at_once() == (PRESSES, PRESSES)


def test_one_person_pressing_many_answers_at_once_leaves_one():
    house = make_house()
    meeting = make_invited(house)
    choices = iter([Answer.YES, Answer.NO] * PRESSES)
    answers = press_together(
        lambda: attendance.answer(
            by=house.sk_delegates[0], meeting=meeting, partner=house.partners[0], answer=next(choices)
        )
    )
    assert len(answers) == PRESSES
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    assert MeetingAnswer.objects.count() == 1
