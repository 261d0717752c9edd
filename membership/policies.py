"""Who may see or keep the lists of members."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partnership.access import Person, policy, ties
from partnership.enums import Role
from partnership.models import Partnership


def is_curator(user: Person, subject: Any) -> bool:
    """Managing office or product management of the partnership `subject` is or belongs to."""
    partnership = subject if isinstance(subject, Partnership) else subject.partnership
    return ties(user).holds(Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER, on=partnership)


@policy(_("Sie gehören dieser Partnerschaft nicht an."))
def belong(user: Person, subject: Any) -> bool:
    """Everybody who holds anything in the partnership; the object was already filtered by `visible_to`."""
    return ties(user).belongs_to(getattr(subject, "partnership_id", None) or subject.pk)


@policy(_("Die Mitgliederlisten pflegen Geschäftsführung und Produktmanagement."))
def curate(user: Person, subject: Any) -> bool:
    """Managing office or product management of the partnership."""
    return is_curator(user, subject)


@policy(_("Die Angaben eines Partners pflegt dessen Partnerverwaltung."))
def keep_partner(user: Person, partner: Any) -> bool:
    """Partner admin of the partner, managing office or product management of the partnership."""
    return ties(user).holds(Role.PARTNER_ADMIN, on=partner) or is_curator(user, partner)


@policy(_("Sie verwalten in dieser Partnerschaft keinen Partner."))
def administer_partners(user: Person, partnership: Any) -> bool:
    """Whoever administers at least one partner of the partnership."""
    return Role.PARTNER_ADMIN in ties(user).roles_in(partnership.pk)
