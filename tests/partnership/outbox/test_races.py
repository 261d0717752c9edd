"""Cases M1 and M8: a broker that is away, two senders at once, "send" pressed twice at once."""

import random
import socket
import threading
import time
from collections import Counter

import pytest
from django.db import connection, connections, transaction

from partnership.celery import app
from partnership.enums import OutboxState
from partnership.models import OutboxMessage
from partnership.outbox import delivery, hint
from partnership.services import outbox
from tests.factories import PartnershipFactory
from tests.partnership.outbox.conftest import free_port, letter, states

SENDERS = 8


def at_once(count, work):
    """Run `work(number)` in so many threads with connections of their own; raises what they raised."""
    problems = []

    def run(number):
        try:
            work(number)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if problems:
        raise problems[0]


# --- M8 -----------------------------------------------------------------------------------------------


def mails_that_arrived_twice(sink, settings, monkeypatch):
    """Eight senders claim at the same moment; how many mails left more than once."""
    settings.OUTBOX_BATCH = 10
    partnership = PartnershipFactory()
    outbox.post_many([letter(partnership, to=f"p{n}@example.org") for n in range(SENDERS * 10)])
    together, waited = threading.Barrier(SENDERS), threading.local()
    lease_end = delivery._lease_end

    def lease_end_together():
        # Asked between choosing the rows and writing the claim: here a missing lock shows.
        if not getattr(waited, "once", False):
            waited.once = True
            together.wait(30)
        return lease_end()

    monkeypatch.setattr(delivery, "_lease_end", lease_end_together)
    before = len(sink.mails)
    at_once(SENDERS, lambda number: delivery.drain())
    arrived = Counter(to for tos, _ in sink.mails[before:] for to in tos)
    assert set(arrived) == {f"p{n}@example.org" for n in range(SENDERS * 10)}
    return sum(number > 1 for number in arrived.values())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="row locks exist on PostgreSQL only")
class TestEightSendersAtOnce:
    def test_each_mail_leaves_once(self, sink, settings, monkeypatch):
        assert mails_that_arrived_twice(sink, settings, monkeypatch) == 0
        assert states() == {OutboxState.SENT: SENDERS * 10}

    def test_control_without_the_lock_mails_leave_twice(self, sink, settings, monkeypatch):
        monkeypatch.setattr(delivery, "_lockable", lambda rows: rows)
        assert mails_that_arrived_twice(sink, settings, monkeypatch) > 0


@pytest.mark.django_db(transaction=True)
def test_senders_that_come_and_go_send_each_mail_once(sink, settings):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    settings.OUTBOX_BATCH = 7
    partnership = PartnershipFactory()
    outbox.post_many([letter(partnership, to=f"p{n}@example.org") for n in range(100)])
    pauses = [rng.uniform(0, 0.005) for _ in range(SENDERS)]

    def send(number):
        time.sleep(pauses[number])
        delivery.drain()

    at_once(SENDERS, send)
    assert Counter(sink.recipients) == {f"p{n}@example.org": 1 for n in range(100)}
    assert states() == {OutboxState.SENT: 100}


@pytest.mark.django_db(transaction=True)
def test_send_pressed_by_eight_at_once_makes_one_mail_each():
    partnership = PartnershipFactory()
    written = []

    def press(number):
        with transaction.atomic():
            letters = [letter(partnership, to=f"p{n}@example.org", dedup_key=f"i:1:{n}") for n in range(5)]
            written.append(len(outbox.post_many(letters)))

    at_once(SENDERS, press)
    assert OutboxMessage.objects.count() == 5
    assert sum(written) == 5


@pytest.mark.django_db
def test_a_second_revision_is_a_second_mail_and_the_first_stays_as_it_was(partnership, person):
    from partnership.outbox.mime import open_mail

    for revision, words in ((1, "Raum 1"), (1, "Raum 1"), (2, "Raum 2")):
        outbox.post_many(
            [letter(partnership, person, context={"words": words}, dedup_key=f"invitation:m:{revision}:{person.pk}")]
        )
    texts = [open_mail(bytes(row.mime)).text for row in OutboxMessage.objects.order_by("created_at")]
    assert ["Raum 1" in text for text in texts] == [True, False]
    assert len(texts) == 2


# --- M1 -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["refused", "silent", "no name"])
def dead_broker(request):
    """Redis stopped, frozen, or gone from the name service."""
    listener = socket.socket()
    port = free_port()
    if request.param == "silent":
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
    host = "no-such-host.invalid" if request.param == "no name" else "127.0.0.1"
    kept = app.conf.broker_url, app.conf.broker_transport_options
    app.conf.update(broker_url=f"redis://{host}:{port}/0", broker_transport_options={"socket_timeout": 10})
    yield
    app.conf.update(broker_url=kept[0], broker_transport_options=kept[1])
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_neither_delays_nor_breaks_what_causes_a_mail(dead_broker, sink, partnership, person):
    begun = time.monotonic()
    with transaction.atomic():
        outbox.post_many([letter(partnership, person)])
    assert time.monotonic() - begun < 1
    assert states() == {OutboxState.DUE: 1}
    # What the next sweep does, without anybody's help.
    assert delivery.drain() == 1
    assert sink.recipients == [person.email]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent(sink, partnership, person, monkeypatch):
    hints = []
    monkeypatch.setattr(hint, "announce", hints.append)
    with transaction.atomic():
        outbox.post_many([letter(partnership, person)])
        transaction.set_rollback(True)
    assert hints == []
    assert delivery.drain() == 0
    assert sink.mails == []


@pytest.mark.django_db(transaction=True)
def test_a_commit_hands_the_broker_one_hint_for_fifty_mails_and_at_most_four(partnership, monkeypatch):
    published = []
    done = threading.Event()
    monkeypatch.setattr(hint, "_publish", lambda hints: (published.append(hints), done.set()))
    for count, hints in ((1, 1), (60, 2), (1000, 4)):
        done.clear()
        hint.announce(count)
        assert done.wait(5)
        assert published[-1] == hints


def test_a_hint_that_fails_leaves_the_thread_alive_for_the_next(monkeypatch):
    calls = []
    done = threading.Event()

    def publish(hints):
        calls.append(hints)
        if len(calls) == 2:
            done.set()
        raise ConnectionError("away")

    monkeypatch.setattr(hint, "_publish", publish)
    hint.announce()
    assert hint._idle.wait(5)
    hint.announce()
    assert done.wait(5)
