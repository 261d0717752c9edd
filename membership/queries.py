"""What pages of membership need."""

from typing import TYPE_CHECKING

from django.db.models import Q

from partnership.access import Person, ties

if TYPE_CHECKING:
    from membership.models.organisation import OrganisationQuerySet


def visible_organisations(organisations: "OrganisationQuerySet", user: Person) -> "OrganisationQuerySet":
    """Bodies with a share in a seat of a partnership the person belongs to."""
    return organisations.filter(Q(shares__partner__partnership__in=ties(user).partnership_ids)).distinct()
