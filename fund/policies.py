"""Who may see or do what with a fund. There is one fund per partnership, so the partnership's ties tell all."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from partnership.access import Person, policy, ties
from partnership.enums import Role
from partnership.models import Partnership

READERS = (Role.TREASURER, Role.AUDITOR, Role.MANAGING_OFFICE)


def _partnership_id(subject: Any) -> UUID:
    if isinstance(subject, Partnership):
        return subject.pk
    return getattr(subject, "partnership_id", None) or subject.partnership.pk


def _holds(user: Person, subject: Any, *roles: Role) -> bool:
    return bool(ties(user).roles_in(_partnership_id(subject)) & set(roles))


@policy(_("Sie gehören dieser Partnerschaft nicht an."))
def belong(user: Person, subject: Any) -> bool:
    """Everybody who holds anything in the partnership: overview, balance, measures, who contributes."""
    return ties(user).belongs_to(_partnership_id(subject))


@policy(_("Das ist der Geschäftsführung vorbehalten."))
def set_up(user: Person, subject: Any) -> bool:
    """Managing office: sets the fund up and appoints treasurer and auditor."""
    return _holds(user, subject, Role.MANAGING_OFFICE)


@policy(_("Die Bücher lesen Kassenführung, Kassenprüfung und Geschäftsführung."))
def read_books(user: Person, subject: Any) -> bool:
    """Treasurer, auditor and managing office: the ledger and every pledge."""
    return _holds(user, subject, *READERS)


@policy(_("Das ist der Kassenführung vorbehalten."))
def keep_books(user: Person, subject: Any) -> bool:
    """Treasurer of the fund: books payments, pays for measures, reverses."""
    return _holds(user, subject, Role.TREASURER)


@policy(_("Maßnahmen pflegen Geschäftsführung und Kassenführung."))
def manage_measures(user: Person, subject: Any) -> bool:
    """Managing office and treasurer: propose, approve by a resolution, finish, give up."""
    return _holds(user, subject, Role.MANAGING_OFFICE, Role.TREASURER)


@policy(_("Zusagen macht die Verwaltung eines Partners, in seinem Auftrag Geschäftsführung oder Kassenführung."))
def pledge(user: Person, subject: Any) -> bool:
    """Partner admins for their own partner; managing office and treasurer on behalf of any."""
    return _holds(user, subject, Role.PARTNER_ADMIN, Role.MANAGING_OFFICE, Role.TREASURER)


@policy(_("Diese Zusage ändern nur der Partner selbst, Geschäftsführung und Kassenführung."))
def keep_pledge(user: Person, found: Any) -> bool:
    """Admins of the partner that promised; managing office and treasurer on its behalf."""
    if _holds(user, found, Role.MANAGING_OFFICE, Role.TREASURER):
        return True
    return found.partner_id in ties(user).ids("membership.partner", Role.PARTNER_ADMIN)


@policy(_("Zusagen sehen die Partner selbst, Kassenführung, Kassenprüfung und Geschäftsführung."))
def see_pledges(user: Person, subject: Any) -> bool:
    """Who reads the books sees all; who acts for a partner sees its own."""
    pk = _partnership_id(subject)
    held = ties(user)
    return _holds(user, subject, *READERS) or any(
        tie.partnership_id == pk and tie.partner_id is not None for tie in held.items
    )
