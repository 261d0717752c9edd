"""Pledges and ledger as tables. Amounts are text with a comma, as German table programmes read them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from tablib import Dataset

from fund.models import Pledge, Posting
from fund.queries import cents
from partnership.exports.tables import table


def amount(value: Decimal) -> str:
    """`1234,50`."""
    return f"{cents(value)}".replace(".", ",")


def pledges(rows: Iterable[Any]) -> Dataset:
    """Pledges with what was paid on them."""
    heads = [_("Jahr"), _("Nr."), _("Partner"), _("Zugesagt"), _("Eingegangen"), _("Stand"), _("öffentlich genannt")]
    return table(heads, (_pledge(row) for row in rows), title=_("Zusagen"))


def _pledge(row: Pledge) -> list[Any]:
    return [
        row.year,
        row.partner.number,
        row.partner.name,
        amount(row.amount),
        amount(row.paid),  # type: ignore[attr-defined]
        row.get_state_display(),
        _("ja") if row.is_named else _("nein"),
    ]


def postings(rows: Iterable[Posting]) -> Dataset:
    """The ledger, each posting with the money there was after it."""
    heads = [
        _("Nr."),
        _("Buchungstag"),
        _("Buchungstext"),
        _("Beleg"),
        _("Soll"),
        _("Haben"),
        _("Betrag"),
        _("Bestand danach"),
        _("storniert Nr."),
        _("gebucht von"),
        _("gebucht am"),
    ]
    return table(heads, (_posting(row) for row in rows), title=_("Buchungen"))


def _posting(row: Posting) -> list[Any]:
    return [
        row.number,
        row.booked_on,
        row.text,
        row.reference,
        str(row.debit),
        str(row.credit),
        amount(row.amount),
        amount(row.bank_after),
        row.reverses.number if row.reverses else "",
        str(row.booked_by or ""),
        row.booked_at,
    ]
