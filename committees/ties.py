"""What committees tie people to partnerships by: delegations, and seats in role circles."""

from collections.abc import Iterable
from datetime import date

from committees.models import CircleMember, Delegate
from partnership.access import Tie, register_source
from partnership.models import User


@register_source
def delegations(user: User, on: date) -> Iterable[Tie]:
    """Delegates and deputies valid on the day; the tie names committee and partner."""
    rows = (
        Delegate.objects.valid(on)
        .filter(person=user)
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
