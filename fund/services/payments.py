"""Money that comes in."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from fund import notifications as notices
from fund.enums import PledgeState
from fund.models import Pledge, Posting
from fund.queries import paid
from fund.rules import ledger
from fund.services import books
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User


class PaymentRefused(Refusal):
    """The payment cannot be booked on this pledge."""


class Overpaid(Refusal):
    """More comes in than was promised; it must be confirmed."""


@transaction.atomic
def receive(
    *,
    by: User,
    pledge: Pledge,
    amount: Decimal,
    booked_on: date,
    reference: str = "",
    key: UUID | None = None,
    accept_overpayment: bool = False,
) -> Posting:
    """Book money that came in on a pledge, and thank the partner. The same `key` books once.

    Raises PaymentRefused, Overpaid, BookingRefused, AlreadyBooked.
    """
    pledge = lock(Pledge.objects.select_related("fund__partnership", "partner"), pledge.pk)
    ledgers = books.lock_books(pledge.fund)
    key = key or uuid4()
    before = books.booked_before(key, pledge_id=pledge.pk, amount=amount, booked_on=booked_on)
    if before is not None:
        return before
    if pledge.state != PledgeState.PLEDGED:
        raise PaymentRefused(
            _("Diese Zusage wurde inzwischen geändert oder zurückgezogen. Buchen Sie auf die geltende Zusage.")
        )
    got = paid(pledge.fund, pledge.partner_id, pledge.year)
    if got + amount > pledge.amount and not accept_overpayment:
        raise Overpaid(
            _(
                "Zugesagt sind %(promised)s; mit dieser Zahlung wären %(paid)s eingegangen. "
                "Bestätigen Sie unten, dass mehr eingegangen ist als zugesagt."
            )
            % {"promised": ledger.euros(pledge.amount), "paid": ledger.euros(got + amount)},
            field="accept_overpayment",
        )
    try:
        entries = ledger.receipt(amount)
    except ledger.LedgerError as error:
        raise books.refusal(error) from error
    posting = books.book(
        by=by,
        books=ledgers,
        entries=entries,
        booked_on=booked_on,
        text=_("Beitrag %(year)s: %(partner)s") % {"year": pledge.year, "partner": pledge.partner},
        key=key,
        reference=reference,
        pledge=pledge,
    )
    notices.payment_received(by=by, posting=posting)
    return posting
