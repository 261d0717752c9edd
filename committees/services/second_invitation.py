"""The second invitation (VwVfG § 90 (2)): called anew for the same matter, a meeting may decide in any number.

It lifts the quorum for what stood on the agenda of an earlier meeting, and only if the invitation says so.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from committees.enums import MeetingState
from committees.models import AgendaItem, Ballot, Meeting
from committees.rules.rule_set import Rules


def items_called_anew(meeting: Meeting) -> QuerySet[AgendaItem]:
    """The items that came over from an earlier meeting, or whose motion stood on the agenda of one that was held."""
    items = AgendaItem.objects.filter(meeting=meeting)
    if not meeting.is_second_invitation:
        return items.none()
    earlier = AgendaItem.objects.filter(
        referral=OuterRef("referral"),
        meeting__committee=meeting.committee_id,
        meeting__state=MeetingState.CLOSED,
        meeting__starts_at__lt=meeting.starts_at,
    )
    return items.filter(Q(carried_from__isnull=False) | Exists(earlier)).order_by("position")


def is_called_anew(ballot: Ballot) -> bool:
    """Whether its meeting was called a second time for this very matter."""
    meeting = ballot.meeting
    if meeting is None or not meeting.is_second_invitation:
        return False
    mine = Q(pk=ballot.agenda_item_id)
    if ballot.referral_id is not None:
        mine |= Q(referral=ballot.referral_id)
    return items_called_anew(meeting).filter(mine).exists()


def notice(meeting: Meeting, rules: Rules | None) -> str:
    """What the invitation says about it; nothing where it is no second one or the rules lift nothing."""
    if not meeting.is_second_invitation or rules is None or not rules.quorum.is_lifted_by_second_invitation:
        return ""
    positions = [str(position) for position in items_called_anew(meeting).values_list("position", flat=True)]
    if not positions:
        return ""
    return _(
        "Dies ist die zweite Einladung zu TOP %(items)s. Zu diesen Punkten ist das Gremium ohne Rücksicht auf die Zahl "
        "der Anwesenden beschlussfähig."
    ) % {"items": ", ".join(positions)}
