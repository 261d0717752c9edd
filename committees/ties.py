"""What committees tie people to partnerships by: delegations, and seats in role circles."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField, Value

from committees.models import CircleMember, Delegate
from membership.models import Partner
from partnership.access import Tie, register_source
from partnership.access.people import register_people
from partnership.db.prepared import Prepared
from partnership.models import Partnership, User


@Prepared
def _seats(person: UUID, on: date) -> QuerySet[Any, Any]:
    delegations = (
        Delegate.objects.valid(on)
        .filter(person=person, partner__in=Partner.objects.members(on))
        .values_list("kind", "committee_id", "committee__partnership_id", "partner_id")
        .order_by()
    )
    circles = (
        CircleMember.objects.valid(on)
        .filter(person=person)
        .values_list(
            Value("member"), "committee_id", "committee__partnership_id", Value(None, output_field=UUIDField())
        )
        .order_by()
    )
    return delegations.union(circles, all=True)


@register_source
def seats(user: User, on: date) -> Iterable[Tie]:
    """Delegates and deputies of members, and people of role circles, valid on the day.

    The tie names committee and partner. Leaving ends delegates' rights that second (domain.md 3), also where
    nobody has ended the delegation itself.
    """
    for kind, committee_id, partnership_id, partner_id in _seats(person=user.pk, on=on):
        yield Tie(kind, "committees.committee", committee_id, partnership_id, partner_id)


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
