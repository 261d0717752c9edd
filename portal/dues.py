"""What somebody owes, of every kind, as one list that the database sorts, counts and cuts into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.enums import BallotForm, BallotState, BallotWay, DelegateKind, MeetingState
from committees.models import Ballot, Meeting, MeetingAnswer, Participation, RollEntry, Teller
from membership.enums import EnquiryKind, EnquiryState
from membership.models import Enquiry
from partnership import clock
from partnership.access import Ties, ties
from partnership.enums import OutboxState, Role
from partnership.models import OutboxMessage, Partnership, User

_Rows: TypeAlias = QuerySet[Any, Any]

VOTE, ANSWER, DECLARE, URN, TELL = "abstimmung", "einladung", "feststellen", "auszaehlung", "sitzung"
ENQUIRY, MAIL = "anfrage", "post"
# What the kinds are called: one of them, and many as a tab.
WORDS = {
    VOTE: (gettext_lazy("Abstimmung"), gettext_lazy("Abstimmungen")),
    ANSWER: (gettext_lazy("Einladung"), gettext_lazy("Einladungen")),
    DECLARE: (gettext_lazy("Feststellen"), gettext_lazy("Ergebnisse")),
    URN: (gettext_lazy("Auszählung"), gettext_lazy("Auszählungen")),
    TELL: (gettext_lazy("Sitzung"), gettext_lazy("Sitzungen")),
    ENQUIRY: (gettext_lazy("Anfrage"), gettext_lazy("Anfragen")),
    MAIL: (gettext_lazy("Postausgang"), gettext_lazy("Postausgang")),
}
PAGES = {
    VOTE: "committees:ballot_detail",
    ANSWER: "committees:meeting_detail",
    DECLARE: "committees:ballot_detail",
    URN: "committees:ballot_teller",
    TELL: "committees:meeting_detail",
    ENQUIRY: "membership:enquiry_detail",
    MAIL: "partnership:outbox_list",
}


@dataclass(frozen=True)
class Due:
    """One thing somebody owes: what, until when, where. `said` and `seat` go into the note."""

    key: str
    pk: UUID
    title: str
    said: str
    seat: str
    slug: str
    partnership: str
    due_at: datetime | None

    @property
    def is_past(self) -> bool:
        """Whether its moment is over: then it says since when it waits, not until when there is time."""
        return self.due_at is not None and self.due_at < clock.now()

    @property
    def kind(self) -> str:
        """The kind in one word."""
        return str(WORDS[self.key][0])

    @property
    def name(self) -> str:
        """What it is about."""
        return _("Nachrichten sind nicht angekommen") if self.key == MAIL else self.title

    @property
    def note(self) -> str:
        """What is to be done."""
        if self.key == VOTE:
            return _("%(committee)s, für %(partner)s") % {"committee": self.said, "partner": self.seat}
        if self.key == ENQUIRY:
            return str(EnquiryKind(self.said).label)
        if self.key == URN:
            return (
                _("Bitte setzen Sie Ihr Kennwort für die Auszählung.")
                if self.said == BallotState.DRAFT
                else _("Bitte geben Sie Ihr Kennwort ein, damit ausgezählt werden kann.")
            )
        return {
            ANSWER: _("Bitte sagen Sie, ob Sie teilnehmen."),
            DECLARE: _("Das Ergebnis liegt vor und ist noch nicht festgestellt."),
            TELL: _("Änderungen sind noch nicht mitgeteilt."),
            MAIL: _("Sehen Sie den Grund an und senden Sie erneut."),
        }[self.key]

    @property
    def url(self) -> str:
        """Where it is done."""
        if self.key == MAIL:
            return reverse(PAGES[MAIL], kwargs={"slug": self.slug}) + "?state=failed"
        return reverse(PAGES[self.key], kwargs={"slug": self.slug, "pk": self.pk})


class Dues(Sequence[Due]):
    """What a person owes, soonest first, what has no date last; `only` narrows it to one kind.

    A page of it is one query, the counts of all kinds another one, whatever the roles and rows.
    """

    def __init__(self, user: User, only: str = "") -> None:
        held = ties(user)
        found = {
            VOTE: _votes(held),
            ANSWER: _answers(held),
            DECLARE: _declarations(held),
            URN: _urns(user),
            TELL: _untold(held),
            ENQUIRY: _enquiries(held),
            MAIL: _failed_mail(held),
        }
        self.only = only if only in WORDS else ""
        self._sources = {key: rows for key, rows in found.items() if rows is not None}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind, none left out."""
        counted = [
            rows.values("due_key").annotate(number=Count("pk")).values_list("due_key", "number")
            for rows in self._sources.values()
        ]
        return {key: number for key, number in _together(counted) if number} if counted else {}

    def __len__(self) -> int:
        return self.counts.get(self.only, 0) if self.only else sum(self.counts.values())

    def __getitem__(self, wanted: Any) -> Any:
        if not isinstance(wanted, slice):
            return self[wanted : wanted + 1][0]
        chosen = [self._sources[key] for key in self._sources if self.only in ("", key)]
        if not chosen:
            return []
        rows = _together(chosen).order_by(F("due_due_at").asc(nulls_last=True), "due_pk", "due_seat")
        return [Due(*row) for row in rows[wanted]]


def _together(sources: Sequence[_Rows]) -> _Rows:
    first, *others = sources
    return first.union(*others, all=True) if others else first


def _listed(rows: QuerySet[Any], key: str, *, due_at: Any, house: str = "partnership__", **columns: Any) -> _Rows:
    """Rows in the columns of a `Due`."""
    found = {"pk": "pk", "title": "title", "said": Value(""), "seat": Value(""), **columns}
    found |= {"slug": f"{house}slug", "partnership": f"{house}short_name", "due_at": due_at}
    named = {f"due_{name}": F(column) if isinstance(column, str) else column for name, column in found.items()}
    return rows.order_by().annotate(due_key=Value(key), **named).values_list("due_key", *named)


def _seats(held: Ties) -> list[tuple[UUID, UUID]]:
    """(committee, partner) pairs the person speaks for today."""
    return [
        (tie.object_id, tie.partner_id)
        for tie in held.items
        if tie.label == "committees.committee" and tie.kind in DelegateKind.values and tie.partner_id
    ]


def _votes(held: Ties) -> _Rows | None:
    """Open ballots in which a partner the person speaks for, or one it holds a proxy of, has not voted."""
    seats = [
        Q(ballot__committee=committee) & (Q(partner=partner) | Q(voted_by=partner))
        for committee, partner in _seats(held)
    ]
    if not seats:
        return None
    voted = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
    in_time = Q(ballot__deadline_at__isnull=True) | Q(ballot__deadline_at__gt=clock.now())
    rows = RollEntry.objects.filter(
        ~Exists(voted),
        in_time,
        reduce(or_, seats),
        ballot__state=BallotState.OPEN,
        ballot__form__in=(BallotForm.ROLL_CALL, BallotForm.SECRET),
        is_excluded=False,
    )
    return _listed(
        rows,
        VOTE,
        pk="ballot_id",
        title="ballot__title",
        said="ballot__committee__name",
        seat="partner_name",
        house="ballot__partnership__",
        due_at="ballot__deadline_at",
    )


def _answers(held: Ties) -> _Rows | None:
    """Invitations not answered yet for each partner the person speaks for."""
    seats = [
        Q(~Exists(MeetingAnswer.objects.filter(meeting=OuterRef("pk"), partner=partner)), committee=committee)
        for committee, partner in _seats(held)
    ]
    if not seats:
        return None
    rows = Meeting.objects.filter(reduce(or_, seats), state=MeetingState.INVITED, starts_at__gt=clock.now())
    return _listed(rows, ANSWER, due_at="starts_at")


def _declarations(held: Ties) -> _Rows | None:
    """Ballots whose result waits for the chair."""
    presided = held.ids("committees.committee", Role.CHAIR, Role.DEPUTY_CHAIR)
    if not presided:
        return None
    over = Q(state=BallotState.OPEN, way=BallotWay.CIRCULAR, deadline_at__lte=clock.now())
    rows = Ballot.objects.filter(Q(state=BallotState.CLOSED) | over, committee__in=presided)
    return _listed(rows, DECLARE, due_at=Coalesce("closed_at", "deadline_at"))


def _urns(user: User) -> _Rows | None:
    """Sealed ballots that wait for the person's passphrase: before opening a new one, afterwards the same."""
    waits = Q(ballot__state=BallotState.DRAFT, public_key=b"") | Q(ballot__state=BallotState.COUNTING, has_opened=False)
    rows = Teller.objects.filter(waits, person=user)
    return _listed(
        rows,
        URN,
        pk="ballot_id",
        title="ballot__title",
        said="ballot__state",
        house="ballot__partnership__",
        due_at="ballot__closed_at",
    )


def _untold(held: Ties) -> _Rows | None:
    """Meetings whose changes the office has not told yet."""
    offices = held.ids("partnership.partnership", Role.MANAGING_OFFICE)
    if not offices:
        return None
    return _listed(Meeting.objects.filter(partnership__in=offices, has_unsent_changes=True), TELL, due_at="starts_at")


def _enquiries(held: Ties) -> _Rows | None:
    """Enquiries nobody has answered yet."""
    curated = held.ids("partnership.partnership", Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER)
    if not curated:
        return None
    rows = Enquiry.objects.filter(partnership__in=curated, state=EnquiryState.NEW)
    return _listed(rows, ENQUIRY, title="organisation", said="kind", due_at="received_at")


def _failed_mail(held: Ties) -> _Rows | None:
    """Partnerships some of whose mails did not arrive."""
    offices = held.ids("partnership.partnership", Role.MANAGING_OFFICE)
    if not offices:
        return None
    failed = OutboxMessage.objects.filter(partnership=OuterRef("pk"), state=OutboxState.FAILED)
    rows = Partnership.objects.filter(Exists(failed), pk__in=offices)
    return _listed(rows, MAIL, title=Value(""), house="", due_at=Cast(Value(None), DateTimeField()))
