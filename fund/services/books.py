"""Booking: the only place that writes postings and balances.

Whoever books holds the locks on the accounts in the order of their keys: the two of the fund first, then that of
the measure. So numbers have no gaps, and nothing is spent twice. The database's constraints are the second line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fund.enums import AccountKind, MeasureState
from fund.models import Account, Fund, Measure, Pledge, Posting
from fund.rules import ledger
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit

EARLIEST = date(2000, 1, 1)


class BookingRefused(Refusal):
    """A booking that the ledger does not allow, with the reason."""


class AlreadyBooked(Refusal):
    """The same form was sent before with other contents."""


@dataclass
class Books:
    """The locked accounts of a fund, by their names in `rules.ledger`."""

    fund: Fund
    accounts: dict[str, Account]

    @property
    def balances(self) -> dict[str, Decimal]:
        """What stands on each account now."""
        return {key: account.balance for key, account in self.accounts.items()}


def open_accounts(fund: Fund) -> None:
    """The two accounts that every fund has."""
    for kind in (AccountKind.BANK, AccountKind.FREE):
        Account.objects.create(fund=fund, kind=kind)


def lock_books(fund: Fund, measure: Measure | None = None) -> Books:
    """Lock bank, free money and, where given, the account of a measure (opened at its first use)."""
    rows = Account.objects.select_related("measure")
    common = rows.filter(fund=fund, measure__isnull=True).order_by("pk").values_list("pk", flat=True)
    locked = [lock(rows, pk) for pk in common]
    if measure is not None:
        opened, _is_new = Account.objects.get_or_create(fund=fund, kind=AccountKind.MEASURE, measure=measure)
        locked.append(lock(rows, opened.pk))
    return Books(fund, {account.key: account for account in locked})


def book(
    *,
    by: User | None,
    books: Books,
    entries: Sequence[ledger.Posting],
    booked_on: date,
    text: str,
    key: UUID,
    reference: str = "",
    pledge: Pledge | None = None,
    measure: Measure | None = None,
    reverses: Posting | None = None,
) -> Posting:
    """Append a document of one or more postings under the lock and answer the first. Raises BookingRefused."""
    check_day(booked_on)
    try:
        after = ledger.check(books.balances, entries)
    except ledger.LedgerError as error:
        raise refusal(error) from error
    number = Posting.objects.filter(fund=books.fund).aggregate(last=Max("number"))["last"] or 0
    bank = books.accounts[ledger.BANK].balance
    rows = []
    for index, entry in enumerate(entries):
        if entry.debit == ledger.BANK:
            bank += entry.amount
        elif entry.credit == ledger.BANK:
            bank -= entry.amount
        rows.append(
            Posting.objects.create(
                fund=books.fund,
                number=number + index + 1,
                booked_on=booked_on,
                debit=books.accounts[entry.debit],
                credit=books.accounts[entry.credit],
                amount=entry.amount,
                bank_after=bank,
                text=text[:300],
                reference=reference,
                pledge=pledge,
                measure=measure,
                reverses=reverses if index == 0 else None,
                idempotency_key=key if index == 0 else uuid5(key, str(index)),
                booked_by=by,
                booked_at=clock.now(),
            )
        )
    for name, account in books.accounts.items():
        if account.balance != after.get(name, account.balance):
            account.balance = after[name]
            account.save(update_fields=["balance"])
    audit.record(
        by=by,
        action="posting.reversed" if reverses else "posting.booked",
        subject=rows[0],
        partnership=books.fund.partnership,
        numbers=[row.number for row in rows],
        amount=str(rows[0].amount),
    )
    return rows[0]


def check_day(booked_on: date) -> None:
    """Refuse a day that has not come, or one that must be a slip. Raises BookingRefused."""
    if booked_on > clock.today():
        raise BookingRefused(
            _("Der Buchungstag %(day)s liegt in der Zukunft.") % {"day": date_format(booked_on, "d.m.Y")},
            field="booked_on",
        )
    if booked_on < EARLIEST:
        raise BookingRefused(_("Der Buchungstag liegt zu weit zurück."), field="booked_on")


def refusal(error: ledger.LedgerError, field: str = "amount") -> BookingRefused:
    """The rules' sentence as the refusal a page shows."""
    return BookingRefused(error.sentence.text(get_language()), field=field)


def booked_before(key: UUID, **same: Any) -> Posting | None:
    """The posting of the same form sent before, if it said the same; ask under the lock. Raises AlreadyBooked."""
    found = Posting.objects.filter(idempotency_key=key).first()
    if found is None:
        return None
    if any(getattr(found, name) != value for name, value in same.items()):
        raise AlreadyBooked(
            _(
                "Dieses Formular wurde bereits mit anderen Angaben gebucht (Buchung %(number)s). "
                "Öffnen Sie die Seite neu, wenn Sie eine weitere Zahlung buchen möchten."
            )
            % {"number": found.number}
        )
    return found


@transaction.atomic
def reverse(*, by: User, posting: Posting, reason: str, key: UUID | None = None) -> Posting:
    """Take a payment back by a posting the other way round, once and with its reason. Raises BookingRefused.

    Money set aside for a measure comes back by giving the measure up, not by a reversal.
    """
    if not reason.strip():
        raise BookingRefused(_("Nennen Sie bitte den Grund."), field="reason")
    measure = None
    if posting.measure_id is not None:
        measure = lock(Measure.objects.select_related("fund__partnership"), posting.measure_id)
    books = lock_books(posting.fund, measure)
    posting = Posting.objects.select_related("debit", "credit", "pledge").get(pk=posting.pk)
    if posting.reverses_id is not None:
        raise BookingRefused(
            _("Buchung %(number)s ist selbst eine Stornierung. Buchen Sie die Zahlung neu.")
            % {"number": posting.number}
        )
    if AccountKind.BANK not in (posting.debit.kind, posting.credit.kind):
        raise BookingRefused(
            _(
                "Das ist keine Zahlung. Zurückgestelltes Geld wird frei, wenn Sie die Maßnahme "
                "abschließen oder aufgeben."
            )
        )
    earlier = Posting.objects.filter(reverses=posting).first()
    if earlier is not None:
        raise BookingRefused(
            _("Buchung %(number)s ist bereits storniert, durch Buchung %(by)s.")
            % {"number": posting.number, "by": earlier.number}
        )
    entry = ledger.Posting(posting.debit.key, posting.credit.key, posting.amount)
    entries = ledger.reversal([entry])
    if measure is not None and measure.state not in (MeasureState.APPROVED,):
        # The measure is over: what comes back is free at once.
        entries += ledger.release(measure.pk, posting.amount)
    return book(
        by=by,
        books=books,
        entries=entries,
        booked_on=clock.today(),
        text=_("Storno von Buchung %(number)s: %(reason)s") % {"number": posting.number, "reason": reason.strip()},
        key=key or uuid4(),
        reference=posting.reference,
        pledge=posting.pledge,
        measure=measure,
        reverses=posting,
    )


# --- replay ----------------------------------------------------------------------------------------------


def faults(fund: Fund) -> list[str]:
    """Replay all postings of a fund and say, in sentences, what does not agree with what is stored."""
    found: list[str] = []
    accounts = {account.pk: account for account in Account.objects.filter(fund=fund).select_related("measure")}
    balances: dict[str, Decimal] = {}
    expected = 1
    for row in Posting.objects.filter(fund=fund).order_by("number").iterator():
        if row.number != expected:
            found.append(_("Auf Buchung %(last)s folgt %(number)s.") % {"last": expected - 1, "number": row.number})
            expected = row.number
        expected += 1
        if row.debit_id not in accounts or row.credit_id not in accounts:
            found.append(_("Buchung %(number)s nennt ein Konto eines anderen Fonds.") % {"number": row.number})
            continue
        entry = ledger.Posting(accounts[row.debit_id].key, accounts[row.credit_id].key, row.amount)
        for name, change in ledger.balances([entry]).items():
            balances[name] = balances.get(name, Decimal(0)) + change
        if balances.get(ledger.BANK, Decimal(0)) != row.bank_after:
            found.append(
                _("Buchung %(number)s: Bestand %(stored)s, nachgerechnet %(counted)s.")
                % {
                    "number": row.number,
                    "stored": ledger.euros(row.bank_after),
                    "counted": ledger.euros(balances.get(ledger.BANK, Decimal(0))),
                }
            )
    for account in accounts.values():
        counted = balances.get(account.key, Decimal(0))
        if counted != account.balance:
            found.append(
                _("Konto „%(account)s“: gespeichert %(stored)s, nachgerechnet %(counted)s.")
                % {
                    "account": account,
                    "stored": ledger.euros(account.balance),
                    "counted": ledger.euros(counted),
                }
            )
        if counted < 0:
            found.append(_("Konto „%(account)s“ ist überzogen.") % {"account": account})
    bank = balances.get(ledger.BANK, Decimal(0))
    meant = sum((amount for name, amount in balances.items() if name != ledger.BANK), Decimal(0))
    if bank != meant:
        found.append(
            _("Vorhanden sind %(bank)s, verplant und frei zusammen %(meant)s.")
            % {"bank": ledger.euros(bank), "meant": ledger.euros(meant)}
        )
    return found
