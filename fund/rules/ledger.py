"""The arithmetic of the development fund: postings that balance by construction, balances by replay.

A posting is one row: debit account, credit account, amount above zero (``decisions.md`` 4). The accounts tell
the whole story of the money and keep two sums equal at every moment::

    bank       = free + every measure        (money there is, and what it is meant for)
    receivable = promised                    (money partners have promised, not yet paid)

Nothing is edited: a correction is the reverse posting. Amounts are ``Decimal`` with exact cents.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from membership.rules.sentence import RuleRefusal

CENT: Final = Decimal("0.01")
LARGEST: Final = Decimal(10) ** 12

BANK: Final = "bank"
FREE: Final = "free"
RECEIVABLE: Final = "receivable"
PROMISED: Final = "promised"
_MEASURE: Final = "measure:"


class LedgerError(RuleRefusal):
    """A booking or an amount that cannot be, with its reason."""


def measure_account(measure: object) -> str:
    """The account of what is set aside for one measure."""
    return f"{_MEASURE}{measure}"


def is_debit_account(account: str) -> bool:
    """Whether debits raise the balance (what there is) or lower it (what it is meant for)."""
    return account in (BANK, RECEIVABLE)


@dataclass(frozen=True, slots=True)
class Posting:
    """Money from one account to another. Raises ``LedgerError`` for an impossible amount or account."""

    debit: str
    credit: str
    amount: Decimal

    def __post_init__(self) -> None:
        check_amount(self.amount)
        if self.debit == self.credit:
            raise LedgerError(
                "Soll und Haben müssen verschiedene Konten sein.",
                "Debit and credit have to be different accounts.",
            )

    def reversed(self) -> Posting:
        """The posting that takes this one back."""
        return Posting(debit=self.credit, credit=self.debit, amount=self.amount)


def check_amount(amount: Decimal) -> None:
    """Refuse anything but exact cents above zero and up to a billion euros."""
    if not isinstance(amount, Decimal):
        raise TypeError("Amounts are Decimal, never float.")
    if not amount.is_finite() or amount <= 0:
        raise LedgerError("Der Betrag muss größer als 0 sein.", "The amount has to be greater than 0.")
    if amount > LARGEST:
        raise LedgerError(
            "Der Betrag ist größer als 1.000.000.000.000,00 €.",
            "The amount is greater than 1,000,000,000,000.00 €.",
        )
    if amount != amount.quantize(CENT):
        raise LedgerError("Der Betrag hat mehr als zwei Nachkommastellen.", "The amount has more than two decimals.")


# What can happen


def pledge(amount: Decimal) -> tuple[Posting, ...]:
    """A partner promises money for a year."""
    return (Posting(RECEIVABLE, PROMISED, amount),)


def receipt(amount: Decimal, *, towards_pledge: Decimal = Decimal(0)) -> tuple[Posting, ...]:
    """Money arrives; ``towards_pledge`` of it settles a promise."""
    postings = [Posting(BANK, FREE, amount)]
    if towards_pledge > amount:
        raise LedgerError(
            "Auf eine Zusage kann nicht mehr angerechnet werden, als gezahlt wurde.",
            "No more than was paid can settle a pledge.",
        )
    if towards_pledge:
        postings.append(Posting(PROMISED, RECEIVABLE, towards_pledge))
    return tuple(postings)


def commitment(measure: object, amount: Decimal) -> tuple[Posting, ...]:
    """An adopted resolution sets money aside for a measure."""
    return (Posting(FREE, measure_account(measure), amount),)


def release(measure: object, amount: Decimal) -> tuple[Posting, ...]:
    """Money a measure does not need becomes free again."""
    return (Posting(measure_account(measure), FREE, amount),)


def payout(measure: object, amount: Decimal) -> tuple[Posting, ...]:
    """Money set aside for a measure is paid."""
    return (Posting(measure_account(measure), BANK, amount),)


def reversal(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The postings that take an earlier document back."""
    return tuple(posting.reversed() for posting in postings)


# Balances


def balances(postings: Iterable[Posting]) -> dict[str, Decimal]:
    """The balance of every account that was ever touched, by replaying all postings."""
    cents: dict[str, Decimal] = {}
    for posting in postings:
        for account, side in ((posting.debit, 1), (posting.credit, -1)):
            sign = side if is_debit_account(account) else -side
            cents[account] = cents.get(account, Decimal(0)) + sign * posting.amount
    return {account: amount.quantize(CENT) for account, amount in cents.items()}


def balance(postings: Iterable[Posting], account: str) -> Decimal:
    """The balance of one account, 0.00 where it was never touched."""
    return balances(postings).get(account, Decimal("0.00"))


def available(postings: Iterable[Posting]) -> Decimal:
    """Money that is there and set aside for nothing."""
    return balance(postings, FREE)


def remaining(postings: Iterable[Posting], measure: object) -> Decimal:
    """Money set aside for a measure and not yet paid."""
    return balance(postings, measure_account(measure))


def promised(postings: Iterable[Posting]) -> Decimal:
    """Money promised and not yet paid."""
    return balance(postings, PROMISED)


def check(earlier: Mapping[str, Decimal], postings: Iterable[Posting]) -> dict[str, Decimal]:
    """The balances after a document, starting from ``earlier``.

    Raises ``LedgerError`` where an account would fall below zero: nothing is spent that is not there or not
    approved, and nothing is taken back that is already spent. The caller holds the lock on the fund.
    """
    after = dict(earlier)
    for account, change in balances(postings).items():
        before = after.get(account, Decimal("0.00"))
        after[account] = before + change
        if after[account] < 0 and change < 0:
            raise _short(account, before, -change)
    return after


def _short(account: str, there: Decimal, asked: Decimal) -> LedgerError:
    have, want = euros(there), euros(asked)
    if account == FREE:
        return LedgerError(
            f"Im Fonds sind nur {have} verfügbar, gebraucht werden {want}.",
            f"Only {have} are available in the fund, {want} are needed.",
        )
    if account.startswith(_MEASURE):
        return LedgerError(
            f"Für diese Maßnahme sind nur noch {have} bewilligt, gebraucht werden {want}.",
            f"Only {have} are left of this measure, {want} are needed.",
        )
    if account == BANK:
        return LedgerError(
            f"Auf dem Konto sind nur {have}, gebraucht werden {want}.",
            f"Only {have} are in the bank account, {want} are needed.",
        )
    return LedgerError(
        f"Offen zugesagt sind nur {have}, gebraucht werden {want}.",
        f"Only {have} are promised and unpaid, {want} are needed.",
    )


# Amounts in and out

_GERMAN = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:[.][0-9]{3})+)(?:,(?P<decimals>[0-9]+))?", re.ASCII)
_SPACES = str.maketrans("", "", "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE} ")


def parse_amount(text: str) -> Decimal:
    """Read an amount as people write it in German: ``1000``, ``1.000``, ``1.000,5``, ``1 000,50 €``.

    Raises ``LedgerError`` with a sentence that says what is wrong; nothing is ever guessed.
    """
    written = text.strip().removesuffix("€").strip()
    if not written:
        raise LedgerError("Bitte geben Sie einen Betrag ein.", "Please enter an amount.")
    if len(written) > 40:
        raise LedgerError("Der Betrag ist zu lang.", "The amount is too long.")
    if written[0] in "-\N{MINUS SIGN}\N{EN DASH}+":
        raise LedgerError("Bitte geben Sie den Betrag ohne Vorzeichen ein.", "Please enter the amount without a sign.")
    match = _GERMAN.fullmatch(_ungrouped(written))
    if match is None:
        raise LedgerError(
            f"„{text.strip()}“ ist kein Betrag. Schreiben Sie ihn zum Beispiel so: 1.000,50.",
            f"'{text.strip()}' is no amount. Write it like this, for example: 1.000,50.",
        )
    if len(match["decimals"] or "") > 2:
        raise LedgerError("Der Betrag hat mehr als zwei Nachkommastellen.", "The amount has more than two decimals.")
    amount = Decimal(match[0].replace(".", "").replace(",", "."))
    check_amount(amount)
    return amount.quantize(CENT)


def _ungrouped(written: str) -> str:
    """Take out spaces that group thousands, where they stand in their places."""
    if re.fullmatch(r"[0-9]{1,3}(?:[\u00a0\u202f\u2009 ][0-9]{3})+(?:,[0-9]+)?", written, re.ASCII):
        return written.translate(_SPACES)
    return written


def euros(amount: Decimal) -> str:
    """``1.234,50 €`` with a no-break space."""
    whole, _, cents = f"{amount.quantize(CENT):,}".partition(".")
    return f"{whole.replace(',', '.')},{cents}\N{NO-BREAK SPACE}€"


K = TypeVar("K", bound=Hashable)


def split(amount: Decimal, key: Mapping[K, int | Fraction]) -> dict[K, Decimal]:
    """Share an amount by a key so that the cents add up: largest remainder, ties to the smaller partner number.

    The result does not depend on the order of the key. Raises ``LedgerError`` for an unusable key.
    """
    check_amount(amount)
    weights = {partner: Fraction(weight) for partner, weight in key.items()}
    total = sum(weights.values(), Fraction(0))
    if any(weight < 0 for weight in weights.values()) or total <= 0:
        raise LedgerError(
            "Der Schlüssel muss Anteile über 0 enthalten und darf keine negativen haben.",
            "The key needs shares above 0 and must have none below.",
        )
    cents = int(amount / CENT)
    exact = {partner: weight * cents / total for partner, weight in weights.items()}
    shares = {partner: part.numerator // part.denominator for partner, part in exact.items()}
    left = cents - sum(shares.values())

    def order(partner: K) -> tuple[Fraction, Any]:
        return shares[partner] - exact[partner], partner

    for partner in sorted(weights, key=order)[:left]:
        shares[partner] += 1
    return {partner: (share * CENT).quantize(CENT) for partner, share in shares.items()}
