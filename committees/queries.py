"""What pages of committees need, as querysets; `visible_to` decides what exists for a person."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from committees.enums import BallotState, MeetingState, MotionState
from partnership.access import Person, Ties, ties
from partnership.enums import Role

if TYPE_CHECKING:
    from committees.models.ballot import BallotQuerySet
    from committees.models.meeting import MeetingQuerySet
    from committees.models.motion import MotionQuerySet


def confidential_committee_ids(held: Ties) -> frozenset[UUID]:
    """Committees whose confidential matters the person may read: seats, chairs and secretaries."""
    return held.ids("committees.committee")


def office_partnership_ids(held: Ties) -> frozenset[UUID]:
    """Partnerships whose managing office the person is."""
    return held.ids("partnership.partnership", Role.MANAGING_OFFICE)


def preparing_committee_ids(held: Ties) -> frozenset[UUID]:
    """Committees whose meetings the person prepares or conducts."""
    return held.ids("committees.committee", Role.SECRETARY, Role.CHAIR, Role.DEPUTY_CHAIR)


def visible_meetings(meetings: "MeetingQuerySet", user: Person) -> "MeetingQuerySet":
    """Meetings of the person's partnerships; drafts only to those who prepare or conduct them."""
    held = ties(user)
    return meetings.filter(
        ~Q(state=MeetingState.DRAFT)
        | Q(partnership__in=office_partnership_ids(held))
        | Q(committee__in=preparing_committee_ids(held)),
        partnership__in=held.partnership_ids,
    )


def visible_motions(motions: "MotionQuerySet", user: Person) -> "MotionQuerySet":
    """Motions of the person's partnerships.

    Drafts: to who wrote them, the office, and people of the submitting partner. Confidential ones: to
    the committees on their way and the office.
    """
    from committees.models import Referral

    held = ties(user)
    office = Q(partnership__in=office_partnership_ids(held))
    author = Q(created_by=user.pk) | Q(submitting_partner__in=held.partner_ids)
    concerned = Referral.objects.filter(committee__in=confidential_committee_ids(held)).values("motion")
    return motions.filter(
        office | author | ~Q(state=MotionState.DRAFT),
        office | author | Q(is_confidential=False) | Q(pk__in=concerned),
        partnership__in=held.partnership_ids,
    )


def visible_ballots(ballots: "BallotQuerySet", user: Person) -> "BallotQuerySet":
    """Ballots of the person's partnerships; drafts to those who conduct, confidential ones to the committee."""
    held = ties(user)
    office = Q(partnership__in=office_partnership_ids(held))
    return ballots.filter(
        office | Q(committee__in=preparing_committee_ids(held)) | ~Q(state=BallotState.DRAFT),
        office | Q(committee__in=confidential_committee_ids(held)) | Q(is_confidential=False),
        partnership__in=held.partnership_ids,
    )


def readable_resolutions(user: Person) -> Q:
    """Entries of the register whose wording the person may read: confidential ones only committee and office.

    A released resolution is confidential no longer.
    """
    held = ties(user)
    return (
        Q(is_confidential=False)
        | Q(publication__isnull=False)
        | Q(partnership__in=office_partnership_ids(held))
        | Q(committee__in=confidential_committee_ids(held))
    )


def may_read_item(user: Person, pk: str) -> bool:
    """Whether papers of an agenda item are for this person: they are for who may see the item."""
    from committees.models import AgendaItem

    return AgendaItem.objects.visible_to(user).filter(pk=pk).exists()


def may_read_motion(user: Person, pk: str) -> bool:
    """Who sees a motion reads its attachments."""
    from committees.models import Motion

    return Motion.objects.visible_to(user).filter(pk=pk).exists()
