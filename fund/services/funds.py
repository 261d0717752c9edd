"""Setting a fund up, and who keeps and checks its books."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import Resolution
from fund.models import Fund
from fund.queries import carrying_resolutions
from fund.services import books
from partnership.db.locks import lock
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import Appointment, Partnership, User
from partnership.services import accounts, appointments, audit


class FundRefused(Refusal):
    """The fund cannot be set up or changed so."""


@transaction.atomic
def set_up(
    *,
    by: User,
    partnership: Partnership,
    name: str,
    purpose: str,
    resolution: Resolution | None = None,
) -> Fund:
    """Open the fund of a partnership with its accounts; `resolution` is the one that created it.

    Raises FundRefused.
    """
    lock(Partnership.objects.all(), partnership.pk)
    if Fund.objects.filter(partnership=partnership).exists():
        raise FundRefused(_("Diese Partnerschaft hat bereits einen Fonds."))
    _check_texts(name, purpose)
    _check_resolution(partnership, resolution)
    fund = Fund.objects.create(
        partnership=partnership, name=name.strip(), purpose=purpose.strip(), created_by_resolution=resolution
    )
    books.open_accounts(fund)
    audit.record(by=by, action="fund.created", subject=fund, resolution=resolution.number if resolution else "")
    return fund


@transaction.atomic
def edit(*, by: User, fund: Fund, name: str, purpose: str, resolution: Resolution | None = None) -> Fund:
    """Change name and purpose, and name the resolution that created the fund where that is missing.

    Raises FundRefused.
    """
    fund = lock(Fund.objects.select_related("partnership"), fund.pk)
    _check_texts(name, purpose)
    if resolution is not None and resolution.pk != fund.created_by_resolution_id:
        if fund.created_by_resolution_id is not None:
            raise FundRefused(_("Der Beschluss, der den Fonds errichtet hat, steht fest."), field="resolution")
        _check_resolution(fund.partnership, resolution)
        fund.created_by_resolution = resolution
    fund.name, fund.purpose = name.strip(), purpose.strip()
    fund.save(update_fields=["name", "purpose", "created_by_resolution"])
    audit.record(by=by, action="fund.changed", subject=fund)
    return fund


def _check_texts(name: str, purpose: str) -> None:
    if not name.strip():
        raise FundRefused(_("Wie heißt der Fonds?"), field="name")
    if not purpose.strip():
        raise FundRefused(_("Wofür darf das Geld ausgegeben werden?"), field="purpose")


def _check_resolution(partnership: Partnership, resolution: Resolution | None) -> None:
    if resolution is not None and not carrying_resolutions(partnership).filter(pk=resolution.pk).exists():
        raise FundRefused(
            _("Der Eintrag %(resolution)s ist kein geltender Beschluss dieser Partnerschaft.")
            % {"resolution": resolution},
            field="resolution",
        )


@transaction.atomic
def appoint_officer(
    *,
    by: User,
    fund: Fund,
    role: Role,
    email: str,
    name: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Appointment:
    """Appoint treasurer or auditor; who has no account yet is invited.

    Raises AppointmentRefused, accounts.AccountRefused.
    """
    person = accounts.invite(by=by, email=email, name=name, partnership=fund.partnership)
    return appointments.appoint(
        by=by, person=person, role=role, subject=fund, valid_from=valid_from, valid_until=valid_until
    )
