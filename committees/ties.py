"""What committees tie people to partnerships by: delegations, and seats in role circles."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from committees.models import CircleMember, Delegate
from membership.models import Partner
from partnership.access import Tie, register_source
from partnership.access.people import register_people
from partnership.models import Partnership, User


@register_source
def delegations(user: User, on: date) -> Iterable[Tie]:
    """Delegates and deputies valid on the day, of partners that are members; the tie names committee and partner.

    Leaving ends delegates' rights that second (domain.md 3), also where nobody has ended the delegation itself.
    """
    rows = (
        Delegate.objects.valid(on)
        .filter(person=user, partner__in=Partner.objects.members(on))
        .values_list("kind", "committee_id", "committee__partnership_id", "partner_id")
    )
    for kind, committee_id, partnership_id, partner_id in rows:
        yield Tie(kind, "committees.committee", committee_id, partnership_id, partner_id)


@register_source
def circle_members(user: User, on: date) -> Iterable[Tie]:
    """People of role circles valid on the day."""
    rows = CircleMember.objects.valid(on).filter(person=user).values_list("committee_id", "committee__partnership_id")
    for committee_id, partnership_id in rows:
        yield Tie("member", "committees.committee", committee_id, partnership_id)


@register_people
def delegates(partnership: Partnership, on: date) -> QuerySet[Any, Any]:
    """People who speak for a member today."""
    return (
        Delegate.objects.valid(on)
        .filter(committee__partnership=partnership, partner__in=Partner.objects.members(on))
        .values("person")
    )


@register_people
def people_of_circles(partnership: Partnership, on: date) -> QuerySet[Any, Any]:
    """People of role circles today."""
    return (
        CircleMember.objects.valid(on).filter(committee__partnership=partnership, person__isnull=False).values("person")
    )
