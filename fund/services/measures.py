"""What the fund pays for: proposed, approved by a resolution, paid up to its budget, finished."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from committees.models import Motion, Resolution
from fund.enums import MeasureState
from fund.models import Fund, Measure, Posting
from fund.queries import carrying_resolutions, cents
from fund.rules import ledger, lifecycle
from fund.services import books
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit


class MeasureRefused(Refusal):
    """The measure does not allow this step."""


class NotResolved(Refusal):
    """The resolution does not carry the measure."""


@transaction.atomic
def propose(*, by: User, fund: Fund, title: str, budget: Decimal, description: str = "") -> Measure:
    """Propose something the fund should pay for. Raises MeasureRefused, BookingRefused."""
    _check(title, budget)
    measure = Measure.objects.create(
        fund=fund,
        title=title.strip(),
        description=description.strip(),
        budget=budget,
        created_by=by,
        created_at=clock.now(),
    )
    _record(by, "measure.proposed", measure, budget=str(budget))
    return measure


@transaction.atomic
def edit(*, by: User, measure: Measure, title: str, budget: Decimal, description: str = "") -> Measure:
    """Change a measure that is not approved yet. Raises MeasureRefused, BookingRefused."""
    measure = _locked(measure)
    if measure.state != MeasureState.PROPOSED:
        raise MeasureRefused(
            _("Über diese Maßnahme ist bereits entschieden; ihre Angaben lassen sich nicht mehr ändern.")
        )
    _check(title, budget)
    before = str(measure.budget)
    measure.title, measure.budget, measure.description = title.strip(), budget, description.strip()
    measure.save(update_fields=["title", "budget", "description"])
    _record(by, "measure.changed", measure, budget=str(budget), before=before)
    return measure


@transaction.atomic
def approve(*, by: User, measure: Measure, resolution: Resolution, key: UUID | None = None) -> Measure:
    """Set the budget aside because a resolution says so; free money must cover it.

    Where the motion behind the resolution names an amount, all its measures together stay within it.
    Raises MeasureRefused, NotResolved, BookingRefused.
    """
    measure = _locked(measure)
    _walk(measure, MeasureState.APPROVED)
    accounts = books.lock_books(measure.fund, measure)
    if not carrying_resolutions(measure.partnership).filter(pk=resolution.pk).exists():
        raise NotResolved(
            _("Der Eintrag %(resolution)s ist kein geltender Beschluss dieser Partnerschaft.")
            % {"resolution": resolution},
            field="resolution",
        )
    _check_resolved_amount(measure, resolution)
    measure.resolution = resolution
    measure.save(update_fields=["state", "resolution"])
    books.book(
        by=by,
        books=accounts,
        entries=ledger.commitment(measure.pk, measure.budget),
        booked_on=clock.today(),
        text=_("Bewilligt für %(measure)s: Beschluss %(number)s") % {"measure": measure, "number": resolution.number},
        key=key or uuid4(),
        reference=resolution.number,
        measure=measure,
    )
    _record(by, "measure.approved", measure, resolution=resolution.number, budget=str(measure.budget))
    return measure


@transaction.atomic
def pay(
    *,
    by: User,
    measure: Measure,
    amount: Decimal,
    booked_on: date,
    payee: str,
    reference: str = "",
    key: UUID | None = None,
) -> Posting:
    """Pay for an approved measure, up to what is left of its budget. The same `key` books once.

    Raises MeasureRefused, NotResolved, BookingRefused, AlreadyBooked.
    """
    measure = _locked(measure)
    accounts = books.lock_books(measure.fund, measure)
    key = key or uuid4()
    before = books.booked_before(key, measure_id=measure.pk, amount=amount, booked_on=booked_on)
    if before is not None:
        return before
    if measure.state != MeasureState.APPROVED or measure.resolution_id is None:
        raise MeasureRefused(_("Bezahlt wird nur, was beschlossen und noch nicht abgeschlossen ist."))
    if not carrying_resolutions(measure.partnership).filter(pk=measure.resolution_id).exists():
        raise NotResolved(_("Der Beschluss zu dieser Maßnahme gilt nicht mehr. Geben Sie die Maßnahme auf."))
    try:
        entries = ledger.payout(measure.pk, amount)
    except ledger.LedgerError as error:
        raise books.refusal(error) from error
    return books.book(
        by=by,
        books=accounts,
        entries=entries,
        booked_on=booked_on,
        text=_("%(measure)s: Zahlung an %(payee)s") % {"measure": measure, "payee": payee.strip()},
        key=key,
        reference=reference,
        measure=measure,
    )


@transaction.atomic
def finish(*, by: User, measure: Measure) -> Measure:
    """Close a measure; what is left of its budget becomes free. Raises MeasureRefused."""
    return _end(by, measure, MeasureState.DONE, _("Nicht gebraucht für %(measure)s"))


@transaction.atomic
def cancel(*, by: User, measure: Measure, reason: str) -> Measure:
    """Give a measure up; what was not spent becomes free. Raises MeasureRefused."""
    if not reason.strip():
        raise MeasureRefused(_("Nennen Sie bitte den Grund."), field="reason")
    return _end(by, measure, MeasureState.CANCELLED, _("Freigegeben, aufgegeben: %(measure)s"), reason=reason.strip())


def _end(by: User, measure: Measure, to: MeasureState, text: str, **details: str) -> Measure:
    measure = _locked(measure)
    was_approved = measure.state == MeasureState.APPROVED
    _walk(measure, to)
    measure.save(update_fields=["state"])
    if was_approved:
        accounts = books.lock_books(measure.fund, measure)
        left = accounts.balances[ledger.measure_account(measure.pk)]
        if left > 0:
            books.book(
                by=by,
                books=accounts,
                entries=ledger.release(measure.pk, left),
                booked_on=clock.today(),
                text=text % {"measure": measure},
                key=uuid4(),
                measure=measure,
            )
    _record(by, f"measure.{to}", measure, **details)
    return measure


def _locked(measure: Measure) -> Measure:
    return lock(Measure.objects.select_related("fund__partnership"), measure.pk)


def _walk(measure: Measure, to: MeasureState) -> None:
    if not lifecycle.may_step(measure.state, to):
        raise MeasureRefused(
            _("Die Maßnahme „%(measure)s“ ist %(state)s; dieser Schritt ist nicht möglich.")
            % {"measure": measure, "state": measure.get_state_display()}
        )
    measure.state = to


def _check(title: str, budget: Decimal) -> None:
    if not title.strip():
        raise MeasureRefused(_("Wie heißt die Maßnahme?"), field="title")
    try:
        ledger.check_amount(budget)
    except ledger.LedgerError as error:
        raise books.refusal(error, field="budget") from error


def _check_resolved_amount(measure: Measure, resolution: Resolution) -> None:
    motion = Motion.objects.filter(referrals__ballots=resolution.ballot_id, amount__isnull=False).first()
    if motion is None or motion.amount is None:
        return
    others = Measure.objects.filter(resolution=resolution, fund=measure.fund).exclude(pk=measure.pk)
    left = motion.amount - cents(
        others.filter(state__in=(MeasureState.APPROVED, MeasureState.DONE)).aggregate(total=Sum("budget"))["total"]
    )
    if measure.budget > left:
        raise NotResolved(
            _("Der Beschluss %(number)s bewilligt %(amount)s; davon sind noch %(left)s frei.")
            % {
                "number": resolution.number,
                "amount": ledger.euros(motion.amount),
                "left": ledger.euros(max(left, Decimal(0))),
            },
            field="resolution",
        )


def _record(by: User, action: str, measure: Measure, **details: object) -> None:
    audit.record(by=by, action=action, subject=measure, partnership=measure.partnership, **details)
