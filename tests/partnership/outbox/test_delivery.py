"""Cases M7 and M11 of reliability.md, and what a mail server may answer."""

from datetime import timedelta

import pytest

from partnership import clock
from partnership.enums import OutboxState
from partnership.models import OutboxMessage
from partnership.outbox import delivery, entitlements
from partnership.services import outbox, readiness
from tests.factories import UserFactory
from tests.partnership.outbox.conftest import free_port, letter, post, states

pytestmark = pytest.mark.django_db


def people(count):
    return [UserFactory(email=f"p{n}@example.org") for n in range(count)]


def drain_later(minutes):
    """Let the worker look so many minutes from now."""
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        return delivery.drain()


def test_a_mailing_uses_one_connection_a_batch_and_one_recipient_a_mail(partnership, sink, settings):
    settings.OUTBOX_BATCH = 50
    outbox.post_many([letter(partnership, person) for person in people(60)])
    assert delivery.drain() == 60
    assert sink.connections == 2
    assert all(len(recipients) == 1 for recipients, _ in sink.mails)
    assert sorted(sink.recipients) == sorted(OutboxMessage.objects.values_list("to_address", flat=True))
    assert states() == {OutboxState.SENT: 60}


def test_a_sent_mail_says_when_and_with_which_answer(partnership, person, sink):
    row = post(partnership, person)
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.smtp_code, row.attempts, row.lease_until) == (OutboxState.SENT, 250, 1, None)
    assert row.sent_at is not None
    assert row.message_id.encode() in sink.mails[0][1]


def test_refused_for_the_moment_five_times_then_taken_leaves_once_after_growing_pauses(partnership, person, sink):
    sink.refuse[person.email] = ["451 4.7.1 greylisted"] * 5
    row = post(partnership, person)
    pauses = []
    with clock.frozen(clock.now()) as start:
        moment = start
    for _ in range(6):
        with clock.frozen(moment):
            delivery.drain()
        row.refresh_from_db()
        if row.state == OutboxState.SENT:
            break
        assert (row.state, row.smtp_code, row.last_error) == (OutboxState.DEFERRED, 451, "4.7.1 greylisted")
        pauses.append((row.due_at - moment).total_seconds() / 60)
        with clock.frozen(row.due_at - timedelta(seconds=1)):
            assert delivery.drain() == 0
        moment = row.due_at
    assert pauses == [1, 5, 15, 30, 60]
    assert (row.state, row.attempts, row.last_error) == (OutboxState.SENT, 6, "")
    assert sink.recipients == [person.email]


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "552 5.2.2 mailbox full"])
def test_a_final_refusal_stops_at_once_and_says_why(partnership, person, sink, answer):
    sink.refuse[person.email] = [answer]
    row = post(partnership, person)
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.FAILED, 1)
    assert f"{row.smtp_code} {row.last_error}" == answer
    drain_later(1000)
    assert sink.transactions == 1


def test_a_mail_too_big_for_the_server_fails_with_its_code(partnership, person, sink):
    sink.at_data.append("552 5.3.4 message too big")
    row = post(partnership, person)
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.smtp_code, row.last_error) == (OutboxState.FAILED, 552, "5.3.4 message too big")


def test_one_bad_address_among_sixty_stops_nobody(partnership, sink):
    rows = outbox.post_many([letter(partnership, person) for person in people(60)])
    bad = rows[17].to_address
    sink.refuse[bad] = ["550 5.1.1 no such user"]
    delivery.drain()
    assert states() == {OutboxState.SENT: 59, OutboxState.FAILED: 1}
    assert len(sink.recipients) == len(set(sink.recipients)) == 59
    assert bad not in sink.recipients


def test_after_the_last_pause_a_mail_is_given_up(partnership, person, sink, settings):
    settings.OUTBOX_RETRY_MINUTES = [1, 5]
    sink.refuse[person.email] = ["451 later"] * 9
    row = post(partnership, person)
    for minutes in (0, 10, 100, 1000):
        drain_later(minutes)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.smtp_code) == (OutboxState.FAILED, 3, 451)
    assert row.last_error == "Aufgegeben nach 3 Versuchen: later"


def test_a_server_that_is_away_counts_against_no_mail_and_is_told_by_readyz(partnership, sink, settings):
    rows = outbox.post_many([letter(partnership, person) for person in people(3)])
    settings.EMAIL_PORT = free_port()
    start = clock.now()
    assert delivery.drain() == 0
    assert states() == {OutboxState.DEFERRED: 3}
    rows[0].refresh_from_db()
    assert rows[0].attempts == 0
    assert "refused" in rows[0].last_error
    first = rows[0].due_at - start
    assert "mail" in readiness.problems()

    drain_later(6)
    rows[0].refresh_from_db()
    second = rows[0].due_at - start - timedelta(minutes=6)
    assert timedelta(seconds=59) < first < second <= timedelta(minutes=5)

    settings.EMAIL_PORT = sink.port
    assert drain_later(3 * 24 * 60) == 3
    assert states() == {OutboxState.SENT: 3}
    assert "mail" not in readiness.problems()


@pytest.mark.parametrize("change", [{"EMAIL_HOST": "no-such-host.invalid"}, {"EMAIL_USE_TLS": True}])
def test_no_name_and_no_encryption_count_as_an_outage(partnership, person, sink, settings, change):
    for name, value in change.items():
        setattr(settings, name, value)
    row = post(partnership, person)
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.DEFERRED, 0)
    assert row.last_error


def test_a_line_cut_in_the_dialogue_costs_an_attempt_of_that_mail_alone(partnership, sink):
    rows = outbox.post_many([letter(partnership, person) for person in people(5)])
    sink.at_data.extend([None, "cut"])
    delivery.drain()
    assert states() == {OutboxState.SENT: 4, OutboxState.DEFERRED: 1}
    assert sum(OutboxMessage.objects.filter(pk__in=[r.pk for r in rows]).values_list("attempts", flat=True)) == 5
    assert sink.connections == 2


def test_a_server_that_ends_the_connection_after_some_mails_is_called_again(partnership, sink):
    sink.most_per_connection = 2
    outbox.post_many([letter(partnership, person) for person in people(5)])
    delivery.drain()
    assert states() == {OutboxState.SENT: 5}
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}
    assert sink.connections == 3


def test_a_mail_that_cannot_be_sent_at_all_stops_nobody(partnership, sink, monkeypatch):
    rows = outbox.post_many([letter(partnership, person) for person in people(3)])
    OutboxMessage.objects.filter(pk=rows[1].pk).update(to_address="zwei@at@zeichen ")
    delivery.drain()
    rows[1].refresh_from_db()
    assert rows[1].state in (OutboxState.DEFERRED, OutboxState.FAILED)
    assert rows[1].last_error
    assert states()[OutboxState.SENT] == 2


# --- M11 ----------------------------------------------------------------------------------------------


@pytest.fixture
def check(monkeypatch):
    """An entitlement that ends for those whose account is switched off."""

    def still_active(message):
        person = message.recipient
        person.refresh_from_db()
        return None if person.is_active else "Die Vertretung ist beendet."

    monkeypatch.setitem(entitlements._entitlements, "test_active", still_active)


def test_who_is_no_longer_entitled_gets_nothing_and_the_row_says_why(partnership, sink, check):
    gone, stays = people(2)
    rows = outbox.post_many([letter(partnership, person, entitlement="test_active") for person in (gone, stays)])
    gone.is_active = False
    gone.save()
    delivery.drain()
    for row in rows:
        row.refresh_from_db()
    assert (rows[0].state, rows[0].last_error) == (OutboxState.WITHDRAWN, "Die Vertretung ist beendet.")
    assert rows[1].state == OutboxState.SENT
    assert sink.recipients == [stays.email]


def test_a_check_that_is_gone_holds_the_mail_back(partnership, person, sink):
    row = post(partnership, person, entitlement="never_registered")
    delivery.drain()
    row.refresh_from_db()
    assert row.state == OutboxState.WITHDRAWN
    assert "never_registered" in row.last_error
    assert sink.mails == []


def test_a_check_that_breaks_is_asked_again_later(partnership, person, sink, monkeypatch):
    monkeypatch.setitem(entitlements._entitlements, "test_broken", lambda message: 1 / 0)
    row = post(partnership, person, entitlement="test_broken")
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxState.DEFERRED, 1)
    assert sink.mails == []


# --- lease --------------------------------------------------------------------------------------------


def test_rows_of_a_killed_sender_are_due_again_when_the_lease_ends(partnership, person, sink, settings):
    row = post(partnership, person)
    assert len(delivery.claim("killed")) == 1
    assert delivery.drain() == 0
    assert drain_later(settings.OUTBOX_LEASE_SECONDS / 60 + 1) == 1
    row.refresh_from_db()
    assert row.state == OutboxState.SENT


def test_a_row_withdrawn_after_the_claim_is_not_sent(partnership, person, sink):
    row = post(partnership, person)
    rows = delivery.claim("me")
    outbox.withdraw(by=None, message=row, reason="Sitzung abgesagt")
    assert delivery._deliver(rows, "me") == 0
    row.refresh_from_db()
    assert (row.state, row.last_error) == (OutboxState.WITHDRAWN, "Sitzung abgesagt")


def test_a_sender_that_slept_beyond_its_lease_leaves_the_rows_to_the_other(partnership, person, sink, settings):
    post(partnership, person)
    rows = delivery.claim("sleeper")
    drain_later(settings.OUTBOX_LEASE_SECONDS / 60 + 1)
    assert delivery._deliver(rows, "sleeper") == 0
    assert len(sink.mails) == 1


def test_time_up_leaves_the_rest_to_the_next_task(partnership, sink, settings, monkeypatch):
    settings.OUTBOX_BATCH, settings.OUTBOX_DRAIN_SECONDS = 2, 0
    hints = []
    monkeypatch.setattr(delivery.hint, "announce", hints.append)
    outbox.post_many([letter(partnership, person) for person in people(5)])
    assert delivery.drain() == 2
    assert hints == [2]
    assert states() == {OutboxState.SENT: 2, OutboxState.DUE: 3}
