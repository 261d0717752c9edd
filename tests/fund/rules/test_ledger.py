import json
import os
import random
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest

from fund.rules import ledger
from fund.rules.ledger import LedgerError, Posting, parse_amount, split


def drawn() -> random.Random:
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    return random.Random(seed)


def euro(text: str) -> Decimal:
    return Decimal(text)


class Plain:
    """The same fund with four whole numbers of cents and no accounts at all, to compare with."""

    def __init__(self):
        self.bank = self.free = self.promised = 0
        self.measures = defaultdict(int)


@pytest.mark.parametrize("steps", [3_000, pytest.param(20_000, marks=pytest.mark.heavy)])
def test_random_life_of_a_fund_keeps_every_sum(steps):
    """L1: pledges, receipts, commitments, releases, payouts, reversals; balances are those of a plain replay."""
    rng = drawn()
    postings: list[Posting] = []
    balances: dict[str, Decimal] = {}
    plain = Plain()
    documents: list[tuple[tuple[Posting, ...], dict[str, int]]] = []
    refused = booked = 0
    for _ in range(steps):
        cents = rng.choice([1, 99, 100, rng.randint(1, 500_000)])
        amount, measure = Decimal(cents) / 100, rng.randint(1, 5)
        kind = rng.choice(["pledge", "receipt", "settle", "commit", "release", "pay", "reverse"])
        if kind == "pledge":
            document, change = ledger.pledge(amount), {"promised": cents}
        elif kind == "receipt":
            document, change = ledger.receipt(amount), {"bank": cents, "free": cents}
        elif kind == "settle":
            document = ledger.receipt(amount, towards_pledge=amount)
            change = {"bank": cents, "free": cents, "promised": -cents}
        elif kind == "commit":
            document, change = ledger.commitment(measure, amount), {"free": -cents, measure: cents}
        elif kind == "release":
            document, change = ledger.release(measure, amount), {"free": cents, measure: -cents}
        elif kind == "pay":
            document, change = ledger.payout(measure, amount), {"bank": -cents, measure: -cents}
        elif documents:
            earlier, effect = documents.pop(rng.randrange(len(documents)))
            document, change = ledger.reversal(earlier), {key: -value for key, value in effect.items()}
        else:
            continue
        possible = all(
            (plain.measures[key] if isinstance(key, int) else getattr(plain, key)) + value >= 0
            for key, value in change.items()
        )
        if not possible:
            with pytest.raises(LedgerError, match="€"):
                ledger.check(balances, document)
            refused += 1
            continue
        balances = ledger.check(balances, document)
        booked += 1
        postings += document
        if kind != "reverse":
            documents.append((document, change))
        for key, value in change.items():
            if isinstance(key, int):
                plain.measures[key] += value
            else:
                setattr(plain, key, getattr(plain, key) + value)
        assert all(amount >= 0 for amount in balances.values())
    assert booked > steps / 10
    assert refused > steps / 100
    assert ledger.balances(postings) == balances
    assert balances["bank"] == Decimal(plain.bank) / 100
    assert ledger.available(postings) == Decimal(plain.free) / 100
    assert ledger.promised(postings) == Decimal(plain.promised) / 100
    for measure, cents in plain.measures.items():
        assert ledger.remaining(postings, measure) == Decimal(cents) / 100
    assert balances["bank"] == balances["free"] + sum(
        amount for account, amount in balances.items() if account.startswith("measure:")
    )
    assert balances["receivable"] == balances["promised"]
    # Out as text and in again, the cents are the same.
    written = json.dumps([(posting.debit, posting.credit, str(posting.amount)) for posting in postings])
    again = [Posting(debit, credit, Decimal(amount)) for debit, credit, amount in json.loads(written)]
    assert ledger.balances(again) == balances


def test_a_reversal_takes_everything_back():
    document = ledger.receipt(euro("100.00"), towards_pledge=euro("40.00"))
    assert set(ledger.balances([*document, *ledger.reversal(document)]).values()) == {Decimal("0.00")}


def test_no_more_is_spent_than_there_is():
    start = ledger.check({}, ledger.receipt(euro("100.00")))
    with pytest.raises(LedgerError, match="nur 100,00\xa0€ verfügbar, gebraucht werden 100,01\xa0€"):
        ledger.check(start, ledger.commitment(1, euro("100.01")))
    approved = ledger.check(start, ledger.commitment(1, euro("60.00")))
    assert approved["free"] == euro("40.00")
    with pytest.raises(LedgerError, match="nur noch 60,00\xa0€ bewilligt"):
        ledger.check(approved, ledger.payout(1, euro("60.01")))
    with pytest.raises(LedgerError, match="nur noch 0,00\xa0€ bewilligt"):
        ledger.check(approved, ledger.payout(2, euro("0.01")))
    paid = ledger.check(approved, ledger.payout(1, euro("60.00")))
    assert (paid["bank"], paid["measure:1"], paid["free"]) == (euro("40.00"), euro("0.00"), euro("40.00"))


def test_money_already_set_aside_cannot_be_taken_back():
    got = ledger.receipt(euro("50.00"))
    balances = ledger.check(ledger.check({}, got), ledger.commitment(1, euro("50.00")))
    with pytest.raises(LedgerError):
        ledger.check(balances, ledger.reversal(got))


def test_check_leaves_what_it_was_given_as_it_was():
    start = {"bank": euro("1.00"), "free": euro("1.00")}
    ledger.check(start, ledger.commitment(1, euro("1.00")))
    assert start == {"bank": euro("1.00"), "free": euro("1.00")}


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1000000000000.01"])
def test_an_impossible_amount_is_never_posted(amount):
    with pytest.raises(LedgerError):
        Posting("bank", "free", Decimal(amount))


def test_a_posting_needs_two_accounts_and_a_decimal():
    with pytest.raises(LedgerError):
        Posting("bank", "bank", euro("1.00"))
    with pytest.raises(TypeError):
        Posting("bank", "free", 1.0)
    with pytest.raises(LedgerError):
        ledger.receipt(euro("1.00"), towards_pledge=euro("2.00"))


# Amounts as people write them


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1000", "1000.00"),
        ("1.000", "1000.00"),
        ("1.000,5", "1000.50"),
        ("1.000,50", "1000.50"),
        ("1000,50 €", "1000.50"),
        ("  12,05€ ", "12.05"),
        ("0,01", "0.01"),
        ("1 000 000,00", "1000000.00"),
        ("1\u00a0000,50\u00a0€", "1000.50"),
        ("1\u202f000", "1000.00"),
        ("007", "7.00"),
        ("1.000.000.000.000", "1000000000000.00"),
    ],
)
def test_german_amounts_are_read(text, amount):
    assert parse_amount(text) == Decimal(amount)
    assert parse_amount(text).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Bitte geben Sie einen Betrag ein."),
        ("  € ", "Bitte geben Sie einen Betrag ein."),
        ("0", "größer als 0"),
        ("0,00", "größer als 0"),
        ("-0", "ohne Vorzeichen"),
        ("-5", "ohne Vorzeichen"),
        ("−5", "ohne Vorzeichen"),
        ("+5", "ohne Vorzeichen"),
        ("1e3", "ist kein Betrag"),
        ("1E3", "ist kein Betrag"),
        ("١٢٣", "ist kein Betrag"),
        ("१२", "ist kein Betrag"),
        ("²", "ist kein Betrag"),
        ("1000.50", "ist kein Betrag"),
        ("1,000.50", "ist kein Betrag"),
        ("1.00", "ist kein Betrag"),
        ("1.0000", "ist kein Betrag"),
        ("1..000", "ist kein Betrag"),
        ("1 00", "ist kein Betrag"),
        (",50", "ist kein Betrag"),
        ("5,", "ist kein Betrag"),
        ("1,5,0", "ist kein Betrag"),
        ("NaN", "ist kein Betrag"),
        ("inf", "ist kein Betrag"),
        ("1_000", "ist kein Betrag"),
        ("0x10", "ist kein Betrag"),
        ("5 EUR und mehr", "ist kein Betrag"),
        ("1,005", "mehr als zwei Nachkommastellen"),
        ("1.000.000.000.000,01", "größer als 1.000.000.000.000,00"),
        ("9" * 30, "größer als"),
        ("9" * 10_000, "zu lang"),
        ("1\n000", "ist kein Betrag"),
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(text, says):
    with pytest.raises(LedgerError) as caught:
        parse_amount(text)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 200


def test_an_amount_written_is_read_back():
    rng = drawn()
    for _ in range(500):
        amount = Decimal(rng.choice([rng.randint(1, 10**14), rng.randint(1, 10**5)])) / 100
        assert parse_amount(ledger.euros(amount)) == amount


def test_euros_are_written_the_german_way():
    assert ledger.euros(Decimal("1234567.5")) == "1.234.567,50\xa0€"
    assert ledger.euros(Decimal("0")) == "0,00\xa0€"


# Shares by a key (L6)


@pytest.mark.parametrize("partners", [1, 3, 7, 34])
def test_a_hundred_euros_are_shared_to_the_last_cent(partners):
    shares = split(Decimal("100.00"), dict.fromkeys(range(1, partners + 1), 1))
    assert sum(shares.values()) == Decimal("100.00")
    assert max(shares.values()) - min(shares.values()) <= Decimal("0.01")
    # Ties go to the smaller partner number.
    assert sorted(shares.values(), reverse=True) == list(shares.values())


def test_shares_add_up_stay_near_and_do_not_depend_on_the_order():
    rng = drawn()
    for _ in range(300):
        key = {
            number: rng.choice([rng.randint(0, 10**6), Fraction(rng.randint(1, 99), rng.randint(1, 99))])
            for number in range(rng.randint(1, 40))
        }
        if not any(key.values()):
            continue
        amount = Decimal(rng.randint(1, 10**9)) / 100
        shares = split(amount, key)
        assert sum(shares.values()) == amount
        total = sum(map(Fraction, key.values()))
        for number, share in shares.items():
            assert abs(Fraction(share) - Fraction(amount) * Fraction(key[number]) / total) < Fraction(1, 100)
            assert key[number] or not share
        mixed = list(key.items())
        rng.shuffle(mixed)
        assert split(amount, dict(mixed)) == shares


@pytest.mark.parametrize("key", [{}, {1: 0}, {1: -1, 2: 5}])
def test_an_unusable_key_is_refused(key):
    with pytest.raises(LedgerError):
        split(Decimal("1.00"), key)
