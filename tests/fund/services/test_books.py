"""The ledger as a whole: replay, immutability, reversal (L1, L3)."""

import csv
import io
import os
import random
import time
from collections import defaultdict
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from fund.enums import AccountKind, MeasureState
from fund.exports import tables
from fund.models import Account, Posting
from fund.queries import balance, years
from fund.rules import ledger
from fund.services import books, measures, payments, pledges
from partnership import clock
from partnership.db import triggers
from partnership.errors import Refusal
from partnership.exports.tables import as_bytes
from partnership.models import AuditEvent
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


def balances_of(fund):
    return {account.key: account.balance for account in Account.objects.filter(fund=fund)}


# --- L1 --------------------------------------------------------------------------------------------------


# The long run ends after this time; KONVENT_HEAVY_SECONDS=3600 lets it take all its steps.
HEAVY_SECONDS = int(os.environ.get("KONVENT_HEAVY_SECONDS", "240"))


@pytest.mark.parametrize("steps", [150, pytest.param(20_000, marks=pytest.mark.heavy)])
def test_a_random_life_of_the_fund_agrees_with_its_replay(steps):
    """L1: random pledges, receipts, approvals, payouts, ends, reversals; never negative, every sum agrees."""
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    treasury = make_treasury(4)
    fund, by, today = treasury.fund, treasury.treasurer, clock.today()
    resolution = treasury.resolve(choices="yyyy")
    bank = free = 0  # in whole cents, by hand
    left = defaultdict(int)
    standing, payments_in, payments_out, running = {}, [], [], []
    booked = refused = 0
    end = time.monotonic() + HEAVY_SECONDS
    for step in range(steps):
        if time.monotonic() > end:
            print(f"stopped after {step} of {steps} steps")
            break
        cents = rng.choice([1, 99, 100, rng.randint(1, 300_000)])
        amount = Decimal(cents) / 100
        deed = rng.choice(["pledge", "pledge", "receive", "receive", "receive", "approve", "pay", "pay", "end", "back"])
        try:
            with transaction.atomic():
                if deed == "pledge":
                    place = (rng.randrange(4), rng.choice(pledges.open_years()))
                    if place not in standing:
                        standing[place] = treasury.pledge(str(amount), partner=place[0], year=place[1])
                    elif rng.random() < 0.5:
                        standing[place] = pledges.change(by=by, pledge=standing[place], amount=amount, is_named=True)
                    else:
                        pledges.withdraw(by=by, pledge=standing[place])
                        del standing[place]
                elif deed == "receive" and standing:
                    pledge = rng.choice(list(standing.values()))
                    payments_in.append(treasury.receive(pledge, str(amount), accept_overpayment=True))
                    bank, free = bank + cents, free + cents
                elif deed == "approve":
                    measure = treasury.propose(str(amount))
                    measures.approve(by=by, measure=measure, resolution=resolution)
                    running.append(measure)
                    free, left[measure.pk] = free - cents, cents
                elif deed == "pay" and running:
                    measure = rng.choice(running)
                    payments_out.append(treasury.pay(measure, str(amount)))
                    bank, left[measure.pk] = bank - cents, left[measure.pk] - cents
                elif deed == "end" and running and rng.random() < 0.5:
                    measure = running.pop(rng.randrange(len(running)))
                    if rng.random() < 0.5:
                        measures.finish(by=by, measure=measure)
                    else:
                        measures.cancel(by=by, measure=measure, reason="anders gelöst")
                    free, left[measure.pk] = free + left[measure.pk], 0
                elif deed == "back" and (payments_in or payments_out):
                    rows = payments_in if payments_in and (not payments_out or rng.random() < 0.3) else payments_out
                    posting = rng.choice(rows)
                    books.reverse(by=by, posting=posting, reason="Irrtum")
                    rows.remove(posting)
                    change = int(posting.amount * 100)
                    if posting.measure_id is None:
                        bank, free = bank - change, free - change
                    elif any(measure.pk == posting.measure_id for measure in running):
                        bank, left[posting.measure_id] = bank + change, left[posting.measure_id] + change
                    else:
                        bank, free = bank + change, free + change
            booked += 1
        except Refusal:
            refused += 1
        assert bank >= 0
        assert free >= 0
    assert booked > (booked + refused) / 4
    assert refused > 0
    assert books.faults(fund) == []
    found = balances_of(fund)
    assert (found["bank"], found["free"]) == (Decimal(bank) / 100, Decimal(free) / 100)
    assert all(found[ledger.measure_account(pk)] == Decimal(cents) / 100 for pk, cents in left.items())
    assert list(Posting.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, Posting.objects.count() + 1)
    )
    figures = next((row for row in years(fund) if row.year == today.year), None)
    if figures is not None:
        assert figures.received - figures.spent == Decimal(bank) / 100
    # Out as a file and in again, the cents are the same.
    rows = Posting.objects.order_by("number").select_related("debit__measure", "credit__measure", "reverses")
    text = as_bytes(tables.postings(rows), "csv").decode("utf-8-sig")
    again = defaultdict(Decimal)
    for line in csv.DictReader(io.StringIO(text), delimiter=";"):
        cents = Decimal(line["Betrag"].replace(",", "."))
        again[line["Soll"] == "Bank"] += cents if line["Soll"] == "Bank" else Decimal(0)
        again[line["Haben"] == "Bank", "out"] += cents if line["Haben"] == "Bank" else Decimal(0)
    assert again[True] - again[True, "out"] == found["bank"]


# --- L3: nothing is changed or deleted -------------------------------------------------------------------


def test_a_posting_can_neither_be_changed_nor_deleted():
    """L3, by ORM and by SQL; the triggers stand on both engines."""
    posting = make_treasury().fill("100")
    for deed in (
        lambda: Posting.objects.filter(pk=posting.pk).update(amount=1),
        lambda: Posting.objects.filter(pk=posting.pk).delete(),
        lambda: Posting.objects.get(pk=posting.pk).save(),
        lambda: connection.cursor().execute("UPDATE fund_posting SET text = 'x'"),
        lambda: connection.cursor().execute("DELETE FROM fund_posting"),
    ):
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            deed()
    posting.refresh_from_db()
    assert posting.amount == 100
    wanted = {"sealed_fund_posting_update", "sealed_fund_posting_delete"}
    assert wanted <= set(triggers.standing())


@pytest.mark.parametrize("kind", [AccountKind.BANK, AccountKind.FREE])
def test_the_database_itself_refuses_an_overdrawn_account(kind):
    treasury = make_treasury()
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(fund=treasury.fund, kind=kind).update(balance=Decimal("-0.01"))


def test_a_payment_is_reversed_once_and_with_its_reason():
    treasury = make_treasury()
    posting = treasury.fill("100")
    with pytest.raises(books.BookingRefused, match="Grund"):
        books.reverse(by=treasury.treasurer, posting=posting, reason=" ")
    back = books.reverse(by=treasury.treasurer, posting=posting, reason="falscher Partner")
    assert (back.reverses, back.amount, back.number) == (posting, posting.amount, 2)
    assert "falscher Partner" in back.text
    assert (back.debit, back.credit) == (posting.credit, posting.debit)
    assert balance(treasury.fund).bank == 0
    with pytest.raises(books.BookingRefused, match="bereits storniert, durch Buchung 2"):
        books.reverse(by=treasury.treasurer, posting=posting, reason="noch einmal")
    with pytest.raises(books.BookingRefused, match="selbst eine Stornierung"):
        books.reverse(by=treasury.treasurer, posting=back, reason="doch")
    assert Posting.objects.count() == 2
    assert AuditEvent.objects.filter(action="posting.reversed").count() == 1


def test_the_database_knows_only_one_reversal():
    treasury = make_treasury()
    posting = treasury.fill("100")
    books.reverse(by=treasury.treasurer, posting=posting, reason="Irrtum")
    back = Posting.objects.get(reverses=posting)
    back.pk, back.number, back.idempotency_key = None, 3, "00000000-0000-4000-8000-000000000003"
    with pytest.raises(DatabaseError), transaction.atomic():
        back.save(force_insert=True)


def test_what_is_set_aside_cannot_be_taken_back_by_a_reversal():
    treasury = make_treasury()
    posting = treasury.fill("1000")
    treasury.approve("600")
    commitment = Posting.objects.get(number=2)
    with pytest.raises(books.BookingRefused, match="keine Zahlung"):
        books.reverse(by=treasury.treasurer, posting=commitment, reason="Irrtum")
    with pytest.raises(books.BookingRefused, match="nur 400,00\xa0€ verfügbar"):
        books.reverse(by=treasury.treasurer, posting=posting, reason="Irrtum")
    assert books.faults(treasury.fund) == []


def test_money_that_comes_back_to_a_finished_measure_is_free():
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    paid = treasury.pay(measure, "500")
    measures.finish(by=treasury.treasurer, measure=measure)
    assert measure.state == MeasureState.APPROVED  # the caller's copy
    books.reverse(by=treasury.treasurer, posting=paid, reason="Gutschrift")
    assert (balance(treasury.fund).bank, balance(treasury.fund).free) == (1000, 1000)
    assert books.faults(treasury.fund) == []


def test_numbers_have_no_gaps_even_after_a_refusal():
    treasury = make_treasury()
    pledge = treasury.pledge("100")
    treasury.receive(pledge, "10")
    with pytest.raises(payments.Overpaid):
        treasury.receive(pledge, "1000")
    treasury.receive(pledge, "20")
    assert list(Posting.objects.order_by("number").values_list("number", "bank_after")) == [(1, 10), (2, 30)]


# --- replay ----------------------------------------------------------------------------------------------


def test_verify_ledger_finds_a_balance_that_was_tampered_with():
    treasury = make_treasury()
    treasury.fill("100")
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "1 Buchungen, 0 Abweichungen" in out.getvalue()
    Account.objects.filter(fund=treasury.fund, kind=AccountKind.BANK).update(balance=5)
    out = StringIO()
    with pytest.raises(CommandError, match="stimmt nicht"):
        call_command("verify_ledger", treasury.slug, stdout=out)
    assert "Konto „Bank“: gespeichert 5,00\xa0€, nachgerechnet 100,00\xa0€." in out.getvalue()


def test_verify_ledger_finds_a_posting_that_was_tampered_with():
    treasury = make_treasury()
    treasury.fill("100")
    connection.check_constraints()  # PostgreSQL alters no table with checks still to come
    with triggers.lifted():
        Posting.objects.update(amount=Decimal("99.99"), number=2)
        connection.check_constraints()
    found = " ".join(books.faults(treasury.fund))
    assert "Auf Buchung 0 folgt 2." in found
    assert "Bestand 100,00\xa0€, nachgerechnet 99,99\xa0€" in found


def test_verify_ledger_of_a_partnership_without_a_fund_says_so():
    with pytest.raises(CommandError, match="hat keinen Fonds"):
        call_command("verify_ledger", "gibt-es-nicht")
