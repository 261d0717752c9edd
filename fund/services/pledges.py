"""What partners promise of their own will, year by year. A change withdraws the old pledge and makes a new one."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from fund.enums import PledgeState
from fund.models import Fund, Pledge
from fund.queries import paid
from fund.rules import ledger
from fund.services.books import refusal
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.db.locks import lock
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit


class PledgeRefused(Refusal):
    """The pledge cannot be made or changed so."""


class NotYourPartner(Refusal):
    """Somebody wants to promise money of a partner they do not administer."""


def open_years() -> list[int]:
    """Years for which money can be promised: the last one (paid late), this one, and two ahead."""
    this_year = clock.today().year
    return [this_year - 1, this_year, this_year + 1, this_year + 2]


@transaction.atomic
def create(*, by: User, fund: Fund, partner: Partner, year: int, amount: Decimal, is_named: bool = True) -> Pledge:
    """Promise an amount for a year, as admin of the partner, or as office or treasurer on its behalf.

    Raises PledgeRefused, NotYourPartner.
    """
    fund = lock(Fund.objects.select_related("partnership"), fund.pk)
    _check_partner(by, fund, partner)
    _check_amount(amount)
    if year not in open_years():
        raise PledgeRefused(
            _("Zusagen sind für die Jahre %(first)s bis %(last)s möglich.")
            % {"first": open_years()[0], "last": open_years()[-1]},
            field="year",
        )
    if not Partner.objects.filter(pk=partner.pk).members(clock.today()).exists():
        raise PledgeRefused(_("„%(partner)s“ ist heute kein Partner.") % {"partner": partner}, field="partner")
    if Pledge.objects.filter(fund=fund, partner=partner, year=year, state=PledgeState.PLEDGED).exists():
        raise PledgeRefused(
            _("Für %(year)s liegt von „%(partner)s“ bereits eine Zusage vor. Ändern Sie diese.")
            % {"year": year, "partner": partner},
            field="year",
        )
    pledge = Pledge.objects.create(
        fund=fund,
        partner=partner,
        year=year,
        amount=amount,
        is_named=is_named,
        pledged_by=by,
        pledged_at=clock.now(),
    )
    _record(by, "pledge.made", pledge, amount=str(amount), is_named=is_named)
    return pledge


@transaction.atomic
def change(*, by: User, pledge: Pledge, amount: Decimal, is_named: bool) -> Pledge:
    """Replace a pledge by another amount, not below what was paid already. Raises PledgeRefused, NotYourPartner."""
    pledge = _locked(pledge)
    _check_partner(by, pledge.fund, pledge.partner)
    _check_amount(amount)
    got = paid(pledge.fund, pledge.partner_id, pledge.year)
    if amount < got:
        raise PledgeRefused(
            _("Eingegangen sind bereits %(paid)s. Weniger können Sie nicht mehr zusagen.")
            % {"paid": ledger.euros(got)},
            field="amount",
        )
    if (amount, is_named) == (pledge.amount, pledge.is_named):
        return pledge
    _withdraw(by, pledge)
    replacement = Pledge.objects.create(
        fund=pledge.fund,
        partner=pledge.partner,
        year=pledge.year,
        amount=amount,
        is_named=is_named,
        pledged_by=by,
        pledged_at=clock.now(),
    )
    _record(by, "pledge.changed", replacement, amount=str(amount), before=str(pledge.amount), is_named=is_named)
    return replacement


@transaction.atomic
def withdraw(*, by: User, pledge: Pledge) -> Pledge:
    """Take a pledge back on which nothing was paid. Raises PledgeRefused, NotYourPartner."""
    pledge = _locked(pledge)
    _check_partner(by, pledge.fund, pledge.partner)
    got = paid(pledge.fund, pledge.partner_id, pledge.year)
    if got > 0:
        raise PledgeRefused(
            _(
                "Auf diese Zusage sind bereits %(paid)s eingegangen. Sie können sie nicht mehr zurückziehen, "
                "aber auf diesen Betrag ändern."
            )
            % {"paid": ledger.euros(got)}
        )
    _withdraw(by, pledge)
    _record(by, "pledge.withdrawn", pledge, amount=str(pledge.amount))
    return pledge


def _locked(pledge: Pledge) -> Pledge:
    lock(Fund.objects.all(), pledge.fund_id)
    pledge = lock(Pledge.objects.select_related("fund__partnership", "partner"), pledge.pk)
    if pledge.state != PledgeState.PLEDGED:
        raise PledgeRefused(_("Diese Zusage wurde inzwischen geändert oder zurückgezogen."))
    return pledge


def _withdraw(by: User, pledge: Pledge) -> None:
    pledge.state, pledge.withdrawn_by, pledge.withdrawn_at = PledgeState.WITHDRAWN, by, clock.now()
    pledge.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])


def _check_partner(by: User, fund: Fund, partner: Partner) -> None:
    """Asked again under the lock: the form may have been forged."""
    if partner.partnership_id != fund.partnership_id:
        raise NotYourPartner(_("Dieser Partner gehört nicht zu der Partnerschaft."), field="partner")
    held = ties(by)
    on_behalf = held.roles_in(fund.partnership_id) & {Role.MANAGING_OFFICE, Role.TREASURER}
    if not on_behalf and not held.holds(Role.PARTNER_ADMIN, on=partner):
        raise NotYourPartner(_("Zusagen können Sie nur für Partner, die Sie verwalten."), field="partner")


def _check_amount(amount: Decimal) -> None:
    try:
        ledger.check_amount(amount)
    except ledger.LedgerError as error:
        raise refusal(error) from error


def _record(by: User, action: str, pledge: Pledge, **details: object) -> None:
    audit.record(by=by, action=action, subject=pledge, partnership=pledge.fund.partnership, year=pledge.year, **details)
