"""What the front door and Mein Tisch show. Each function costs a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from committees.enums import BallotForm, BallotState, BallotWay, CommitteeState, DelegateKind, MeetingState
from committees.models import (
    Ballot,
    CircleMember,
    Committee,
    Meeting,
    MeetingAnswer,
    Participation,
    Resolution,
    RollEntry,
)
from membership.models import Enquiry, Partner
from partnership import clock
from partnership.access import Ties, ties
from partnership.enums import OutboxState, Role
from partnership.models import Document, DocumentVersion, OutboxMessage, Partnership, User


@dataclass(frozen=True)
class Due:
    """One thing somebody owes: what, until when, where."""

    kind: str
    title: str
    note: str
    url: str
    due_at: datetime | None
    partnership: Partnership

    @property
    def order(self) -> tuple[bool, float]:
        """Soonest first; what has no date comes last."""
        return (self.due_at is None, self.due_at.timestamp() if self.due_at else 0.0)


def dues(user: User) -> list[Due]:
    """What this person owes, soonest first."""
    held = ties(user)
    found = [*_votes(user, held), *_answers(user, held), *_declarations(held), *_office(held)]
    return sorted(found, key=lambda due: due.order)


def _seats(held: Ties) -> list[tuple[Any, Any]]:
    """(committee, partner) pairs the person speaks for today."""
    return [
        (tie.object_id, tie.partner_id)
        for tie in held.items
        if tie.label == "committees.committee" and tie.kind in DelegateKind.values
    ]


def _votes(user: User, held: Ties) -> list[Due]:
    """Open ballots in which a partner the person speaks for has not voted."""
    seats = Q(pk__in=[])
    for committee, partner in _seats(held):
        seats |= Q(ballot__committee=committee, partner=partner)
    voted = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
    rows = (
        RollEntry.objects.filter(
            seats, ballot__state=BallotState.OPEN, ballot__form=BallotForm.ROLL_CALL, is_excluded=False
        )
        .exclude(Exists(voted))
        .select_related("ballot__partnership", "ballot__committee")
    )
    now = clock.now()
    return [
        Due(
            kind=_("Abstimmung"),
            title=row.ballot.title,
            note=_("%(committee)s, für %(partner)s") % {"committee": row.ballot.committee, "partner": row.partner_name},
            url=row.ballot.get_absolute_url(),
            due_at=row.ballot.deadline_at,
            partnership=row.ballot.partnership,
        )
        for row in rows
        if row.ballot.deadline_at is None or row.ballot.deadline_at > now
    ]


def _answers(user: User, held: Ties) -> list[Due]:
    """Invitations not answered yet, for each partner the person speaks for."""
    seats: dict[Any, set[Any]] = {}
    for committee, partner in _seats(held):
        seats.setdefault(committee, set()).add(partner)
    meetings = list(
        Meeting.objects.filter(committee__in=seats, state=MeetingState.INVITED, starts_at__gt=clock.now())
        .select_related("partnership", "committee")
        .order_by("starts_at")
    )
    answered = set(
        MeetingAnswer.objects.filter(meeting__in=meetings, partner__in=held.partner_ids).values_list(
            "meeting", "partner"
        )
    )
    return [
        Due(
            kind=_("Einladung"),
            title=meeting.title,
            note=_("Bitte sagen Sie, ob Sie teilnehmen."),
            url=meeting.get_absolute_url(),
            due_at=meeting.starts_at,
            partnership=meeting.partnership,
        )
        for meeting in meetings
        if any((meeting.pk, partner) not in answered for partner in seats[meeting.committee_id])
    ]


def _declarations(held: Ties) -> list[Due]:
    """Ballots whose result waits for the chair."""
    presided = held.ids("committees.committee", Role.CHAIR, Role.DEPUTY_CHAIR)
    if not presided:
        return []
    over = Q(state=BallotState.OPEN, way=BallotWay.CIRCULAR, deadline_at__lte=clock.now())
    ballots = (
        Ballot.objects.filter(Q(state=BallotState.CLOSED) | over, committee__in=presided)
        .select_related("partnership", "committee")
        .order_by("closed_at")[:20]
    )
    return [
        Due(
            kind=_("Feststellen"),
            title=ballot.title,
            note=_("Das Ergebnis liegt vor und ist noch nicht festgestellt."),
            url=ballot.get_absolute_url(),
            due_at=ballot.closed_at or ballot.deadline_at,
            partnership=ballot.partnership,
        )
        for ballot in ballots
    ]


def _office(held: Ties) -> list[Due]:
    """What the office and product management must look after: failed mails, unsent changes, enquiries."""
    from django.urls import reverse

    offices = held.ids("partnership.partnership", Role.MANAGING_OFFICE)
    curated = held.ids("partnership.partnership", Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER)
    found: list[Due] = []
    if offices:
        failed = Exists(OutboxMessage.objects.filter(partnership=OuterRef("pk"), state=OutboxState.FAILED))
        for partnership in Partnership.objects.filter(failed, pk__in=offices):
            found.append(
                Due(
                    kind=_("Postausgang"),
                    title=_("Nachrichten sind nicht angekommen"),
                    note=_("Sehen Sie den Grund an und senden Sie erneut."),
                    url=reverse("partnership:outbox_list", kwargs={"slug": partnership.slug}) + "?state=failed",
                    due_at=None,
                    partnership=partnership,
                )
            )
        for meeting in Meeting.objects.filter(partnership__in=offices, has_unsent_changes=True).select_related(
            "partnership"
        )[:20]:
            found.append(
                Due(
                    kind=_("Sitzung"),
                    title=meeting.title,
                    note=_("Änderungen sind noch nicht mitgeteilt."),
                    url=meeting.get_absolute_url(),
                    due_at=meeting.starts_at,
                    partnership=meeting.partnership,
                )
            )
    if curated:
        for enquiry in (
            Enquiry.objects.filter(partnership__in=curated, state="new")
            .select_related("partnership")
            .order_by("received_at")[:20]
        ):
            found.append(
                Due(
                    kind=_("Anfrage"),
                    title=enquiry.organisation,
                    note=enquiry.get_kind_display(),
                    url=reverse(
                        "membership:enquiry_detail", kwargs={"slug": enquiry.partnership.slug, "pk": enquiry.pk}
                    ),
                    due_at=enquiry.received_at,
                    partnership=enquiry.partnership,
                )
            )
    return found


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
        named += [(_("Leitung"), str(member.organisation)) for member in committee.circle_leads if member.organisation]
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
