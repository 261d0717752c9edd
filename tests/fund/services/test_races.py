"""Two people at once (reliability.md T30). SQLite has one writer at a time; PostgreSQL must prove its locks."""

import threading
from contextlib import suppress
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections

from fund.models import Account, Posting
from fund.queries import balance
from fund.services import books, measures, payments
from partnership.db.triggers import lifted
from partnership.errors import Refusal
from tests.factories.fund import make_treasury

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def race(*deeds):
    """Run the deeds at the same time, each in a connection of its own; answers what each came to."""
    outcomes = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(index, deed):
        try:
            connection.ensure_connection()
            start.wait(20)
            outcomes[index] = deed()
        except Exception as error:  # the outcome is what the test looks at
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.fixture
def meeting_point(monkeypatch):
    """In a race, whoever is about to write the balances waits for the other, but not for ever."""
    barrier, book = threading.Barrier(2), books.book

    def slowly(**kwargs):
        if threading.current_thread() is not threading.main_thread():
            with suppress(threading.BrokenBarrierError):
                barrier.wait(1.5)
        return book(**kwargs)

    monkeypatch.setattr(books, "book", slowly)


def overspending():
    """Two payouts of 400 from a measure of 600."""
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    return treasury, race(lambda: treasury.pay(measure, "400"), lambda: treasury.pay(measure, "400"))


def test_two_payouts_at_once_never_overspend_a_measure(meeting_point):
    treasury, outcomes = overspending()
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert len(refused) == 1, outcomes
    assert "nur noch 200,00" in str(refused[0])
    assert balance(treasury.fund).bank == 600
    assert books.faults(treasury.fund) == []


def test_without_the_lock_the_same_race_overspends(meeting_point, monkeypatch):
    """The failing control: with the locks taken away, and the unique numbers too, both payouts go through."""

    def unlocked(rows, pk, **kwargs):
        return rows.get(pk=pk)

    monkeypatch.setattr(books, "lock", unlocked)
    monkeypatch.setattr(measures, "lock", unlocked)
    constraint = next(found for found in Posting._meta.constraints if found.name == "posting_number")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Posting, constraint)
    try:
        treasury, outcomes = overspending()
        assert [type(outcome) for outcome in outcomes] == [Posting, Posting], outcomes
        assert sum(outcome.amount for outcome in outcomes) == 800
        assert books.faults(treasury.fund) != []
    finally:
        with lifted():
            Posting.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Posting, constraint)


def test_without_the_lock_the_unique_number_still_stops_the_second_payout(meeting_point, monkeypatch):
    """The second line: one of both fails in the database, nothing is overspent."""

    def unlocked(rows, pk, **kwargs):
        return rows.get(pk=pk)

    monkeypatch.setattr(books, "lock", unlocked)
    monkeypatch.setattr(measures, "lock", unlocked)
    treasury, outcomes = overspending()
    assert sum(isinstance(outcome, Posting) for outcome in outcomes) == 1, outcomes
    assert balance(treasury.fund).bank == 600


def approving():
    """Two measures of 700, and 1,000 there is."""
    treasury = make_treasury()
    treasury.fill("1000")
    resolution = treasury.resolve()
    outcomes = race(
        *(
            lambda measure=measure: measures.approve(by=treasury.office, measure=measure, resolution=resolution)
            for measure in (treasury.propose("700"), treasury.propose("700", title="Anderes"))
        )
    )
    return treasury, outcomes


def paying_in_twice():
    """The same form of a payment, sent twice."""
    treasury = make_treasury()
    pledge, key = treasury.pledge("1000"), uuid4()
    return treasury, race(*(lambda: treasury.receive(pledge, "1000", key=key) for _ in range(2)))


def overpaying():
    """Two payments of 600 on a pledge of 1,000."""
    treasury = make_treasury()
    pledge = treasury.pledge("1000")
    return treasury, race(*(lambda: treasury.receive(pledge, "600") for _ in range(2)))


def reversing():
    """One payment taken back by two (L3)."""
    treasury = make_treasury()
    posting = treasury.fill("1000")
    reverse = partial(books.reverse, by=treasury.treasurer, posting=posting, reason="Irrtum")
    return treasury, race(reverse, reverse)


def test_two_approvals_at_once_never_promise_the_same_money(meeting_point):
    treasury, outcomes = approving()
    assert sum(isinstance(outcome, books.BookingRefused) for outcome in outcomes) == 1, outcomes
    assert balance(treasury.fund).free == 300
    assert books.faults(treasury.fund) == []


def test_a_payment_sent_twice_at_once_is_booked_once(meeting_point):
    _treasury, outcomes = paying_in_twice()
    assert outcomes[0] == outcomes[1]
    assert Posting.objects.count() == 1


def test_two_payments_at_once_notice_that_they_overpay(meeting_point):
    _treasury, outcomes = overpaying()
    assert sum(isinstance(outcome, payments.Overpaid) for outcome in outcomes) == 1, outcomes


def test_a_posting_is_reversed_once_by_two_at_once(meeting_point):
    _treasury, outcomes = reversing()
    assert sum(isinstance(outcome, books.BookingRefused) for outcome in outcomes) == 1, outcomes
    assert Posting.objects.filter(reverses__isnull=False).count() == 1


@pytest.mark.parametrize("race_of", [approving, paying_in_twice, overpaying, reversing])
def test_control_without_the_locks_nobody_is_told_and_only_the_database_says_no(race_of, meeting_point, monkeypatch):
    """What a lock answers with a sentence (or with the same receipt) then ends as an error of the database."""

    def unlocked(rows, pk, **kwargs):
        return rows.get(pk=pk)

    for module in (books, measures, payments):
        monkeypatch.setattr(module, "lock", unlocked)
    _treasury, outcomes = race_of()
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refusal)], outcomes
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1, outcomes


def test_many_at_once_leave_no_gap_and_no_deadlock():
    treasury = make_treasury(3)
    treasury.fill("1000")
    measure = treasury.approve("600")
    pledge = treasury.pledge("1000", partner=1)
    deeds = [lambda: treasury.receive(pledge, "10"), lambda: treasury.pay(measure, "10")] * 3
    outcomes = race(*deeds)
    assert all(isinstance(outcome, Posting) for outcome in outcomes), outcomes
    assert list(Posting.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 9))
    assert Account.objects.get(fund=treasury.fund, kind="bank").balance == Decimal(1000)
    assert books.faults(treasury.fund) == []
