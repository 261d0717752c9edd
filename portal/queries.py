"""What the front door and Mein Tisch show. Each function costs a fixed number of queries."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _

from committees.enums import CommitteeState, MeetingState
from committees.models import CircleMember, Committee, Meeting, Resolution
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.models import Document, DocumentVersion, Partnership, User


def next_meetings(user: User, limit: int = 5) -> QuerySet[Meeting]:
    """Coming meetings of the committees of the person's partnerships."""
    return (
        Meeting.objects.filter(
            partnership__in=ties(user).partnership_ids,
            state__in=(MeetingState.INVITED, MeetingState.RUNNING),
            ends_at__gte=clock.now() - timedelta(hours=2),
        )
        .select_related("committee", "partnership")
        .order_by("starts_at")[:limit]
    )


def new_resolutions(user: User, limit: int = 5) -> QuerySet[Resolution]:
    """The newest numbered resolutions of the person's partnerships that are not confidential."""
    return (
        Resolution.objects.filter(
            partnership__in=ties(user).partnership_ids, is_confidential=False, serial__isnull=False
        )
        .select_related("committee", "partnership")
        .order_by("-recorded_at")[:limit]
    )


@dataclass(frozen=True)
class Pillar:
    """A committee or role circle as the public page shows it."""

    committee: Committee
    leads: tuple[tuple[str, str], ...]


def pillars(partnership: Partnership) -> list[Pillar]:
    """Committees and role circles with the bodies and people that lead them."""
    on = clock.today()
    committees = (
        Committee.objects.filter(partnership=partnership, is_public=True, state=CommitteeState.ACTIVE)
        .select_related("chair_organisation", "management_organisation", "lead_organisation", "recommends_to")
        .prefetch_related(
            Prefetch(
                "circle_members",
                queryset=CircleMember.objects.valid(on).filter(is_lead=True).select_related("organisation"),
                to_attr="circle_leads",
            )
        )
        .order_by("position")
    )
    found = []
    for committee in committees:
        leads = [
            (_("Vorsitz und Leitung"), committee.chair_organisation),
            (_("Geschäftsführung"), committee.management_organisation),
            (_("Federführung"), committee.lead_organisation),
        ]
        named = [(label, str(body)) for label, body in leads if body is not None]
        led = {committee.lead_organisation_id, None}
        named += [
            (_("Leitung"), str(member.organisation))
            for member in committee.circle_leads
            if member.organisation_id not in led
        ]
        found.append(Pillar(committee, tuple(dict.fromkeys(named))))
    return found


def public_partners(partnership: Partnership) -> QuerySet[Partner]:
    """Members of today that may be named."""
    return Partner.objects.members(clock.today()).filter(partnership=partnership, is_listed=True).order_by("name")


def downloads(partnership: Partnership) -> QuerySet[Document]:
    """Public documents offered for download, with the `size` of the newest version."""
    newest = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by("-number")
    return (
        Document.objects.filter(partnership=partnership, is_download=True, audience="public", withdrawn_at__isnull=True)
        .annotate(size=Subquery(newest.values("size")[:1]))
        .order_by("title")
    )
