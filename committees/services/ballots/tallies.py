"""What second conditions and the quorum ask of a ballot besides its count, read off the frozen roll."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from committees.enums import BallotForm, BallotWay, Choice
from committees.models import Ballot, Delegate, Participation, RollEntry, Vote
from committees.rules.rule_set import AlsoKind, Rules
from committees.rules.verdict import Count, Tallies
from committees.services.ballots import consenting
from membership.models import SeatShare
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment


def tallies_of(ballot: Ballot, present: Collection[UUID] | None) -> Tallies:
    """What the frozen rules ask besides the count; `present` are the partners in the room, where that is kept.

    Two statements for groups and key together, one for named partners, three for the chair, one for consents; none
    for what is not asked.
    """
    rules = ballot.rules
    if not is_asked(rules):
        return Tallies()
    cells = list(_cells(ballot, present)) if _is_measured(rules) else []
    has_key = any(also.kind is AlsoKind.KEY for also in rules.also)
    is_there = present is not None
    return Tallies(
        key=_count(cells, lambda cell: cell.of_key, is_there) if has_key else None,
        groups={
            also.group.name: _count(
                [cell for cell in cells if cell.body_type in also.group.types], lambda cell: cell.of_votes, is_there
            )
            for also in rules.also
            if also.group is not None
        },
        named=_named(ballot, rules),
        is_chair_there=_is_chair_there(ballot, present) if _is_chair_asked(rules, ballot.way) else None,
        minutes_waited=_minutes_waited(ballot),
        consents=consenting.consents(ballot) if consenting.is_asked(ballot) else 0,
    )


def is_asked(rules: Rules) -> bool:
    """Whether the rules ask for anything besides the count."""
    quorum, circular = rules.quorum, rules.circular
    return bool(
        rules.also
        or quorum.partners
        or quorum.is_chair_needed
        or quorum.waits_minutes
        or circular.is_chair_needed
        or circular.consent.is_asked
    )


def _is_measured(rules: Rules) -> bool:
    return any(also.kind in (AlsoKind.KEY, AlsoKind.GROUP) for also in rules.also)


def _is_chair_asked(rules: Rules, way: str) -> bool:
    return rules.quorum.is_chair_needed or (way == BallotWay.CIRCULAR and rules.circular.is_chair_needed)


# Groups and key


@dataclass(frozen=True)
class _Cell:
    """Partners of one type of body that said the same: their votes and their shares, each with those present."""

    body_type: str
    is_excluded: bool
    said: str | None
    votes: int
    shares: int
    votes_there: int
    shares_there: int

    @property
    def of_votes(self) -> tuple[int, int]:
        return self.votes, self.votes_there

    @property
    def of_key(self) -> tuple[int, int]:
        return self.shares, self.shares_there


# What was said on a line that `lines_with_vote` found.
SAID = "ballot__votes__choice"


def lines_with_vote(ballot: Ballot) -> QuerySet[RollEntry]:
    """The lines of the roll whose partner voted, each joined with its highest revision, whose choice is `SAID`."""
    later = Vote.objects.filter(
        ballot=OuterRef("ballot"), partner=OuterRef("partner"), revision__gt=OuterRef("ballot__votes__revision")
    )
    # One call of filter, so that all of it is about one and the same vote.
    return RollEntry.objects.filter(~Exists(later), ballot=ballot, ballot__votes__partner=F("partner"))


def _cells(ballot: Ballot, present: Collection[UUID] | None) -> Iterable[_Cell]:
    """Those who voted, and those who did not. Two statements, as a join costs less than to ask line by line."""
    there, nothing = Q(partner__in=present or ()), Value(None, output_field=CharField())
    voted = Vote.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
    silent = RollEntry.objects.filter(~Exists(voted), ballot=ballot).annotate(said=nothing)
    for rows in (lines_with_vote(ballot).annotate(said=F(SAID)), silent):
        found: QuerySet[Any, Any] = rows.values_list("body_type", "is_excluded", "said").annotate(
            votes=Sum("weight"),
            shares=Coalesce(Sum("key_value"), 0),
            votes_there=Coalesce(Sum("weight", filter=there), 0),
            shares_there=Coalesce(Sum("key_value", filter=there), 0),
        )
        yield from (_Cell(*row) for row in found.order_by())


def _count(cells: Iterable[_Cell], measure: Callable[[_Cell], tuple[int, int]], is_there: bool) -> Count:
    """The count of some cells in one unit; whoever voted was there."""
    said: dict[str, int] = dict.fromkeys(Choice.values, 0)
    missing = excluded = present = 0
    for cell in cells:
        size, there = measure(cell)
        if cell.is_excluded:
            excluded += size
        elif cell.said is None:
            missing += size
            present += there
        else:
            said[cell.said] = said.get(cell.said, 0) + size
            present += size
    yes, no, abstained = said[Choice.YES], said[Choice.NO], said[Choice.ABSTAIN]
    return Count(
        roll=yes + no + abstained + missing + excluded,
        yes=yes,
        no=no,
        abstained=abstained,
        missing=missing,
        excluded=excluded,
        present=present if is_there else None,
    )


# Named partners and the chair


def _named(ballot: Ballot, rules: Rules) -> Mapping[str, str | None]:
    """What the partners said that the rules name; those not entitled are left out."""
    named = [*rules.quorum.partners, *(also.partner for also in rules.also if also.partner is not None)]
    if not named:
        return {}
    # Rules come from strict data, but what they name need be no key of ours; it is then not on the roll.
    known = {UUID(one.partner) for one in named if _is_key(one.partner)}
    entries = RollEntry.objects.filter(ballot=ballot, partner__in=known, is_excluded=False)
    if ballot.form == BallotForm.SECRET:
        # That they took part is all that is known, and all the quorum asks (`secrecy.obstacle` refuses the rest).
        took_part = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
        seen = entries.annotate(took_part=Exists(took_part)).order_by().values_list("partner_id", "took_part")
        return {str(partner): Choice.ABSTAIN if did else None for partner, did in seen}
    votes = Vote.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner")).order_by("-revision")
    rows = entries.annotate(said=Subquery(votes.values("choice")[:1])).order_by().values_list("partner_id", "said")
    return {str(partner): said for partner, said in rows}


def _is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_chair_there(ballot: Ballot, present: Collection[UUID] | None) -> bool | None:
    """Whether the chair's partner is in the room, or has voted where nobody is; None where no partner is known."""
    partners = chair_partners(ballot)
    if not partners:
        return None
    if present is not None and not partners.isdisjoint(present):
        return True
    return Participation.objects.filter(ballot=ballot, partner__in=partners).exists()


def chair_partners(ballot: Ballot) -> set[UUID]:
    """The partners the chair speaks for in the committee; without any, that of the body that holds the chair."""
    committee, today = ballot.committee, clock.today()
    chairs = Appointment.objects.valid(today).filter(
        role=Role.CHAIR,
        object_pk=str(committee.pk),
        content_type__app_label="committees",
        content_type__model="committee",
    )
    mandates = Delegate.objects.valid(today).filter(committee=committee, person__in=chairs.values("person"))
    spoken_for = set(mandates.values_list("partner_id", flat=True))
    if spoken_for or committee.chair_organisation_id is None:
        return spoken_for
    seats = SeatShare.objects.filter(
        organisation=committee.chair_organisation_id, partner__partnership=ballot.partnership_id
    )
    return set(seats.values_list("partner_id", flat=True))


# Waiting and agreeing


def _minutes_waited(ballot: Ballot) -> int | None:
    """Whole minutes since the announced beginning of the meeting."""
    if ballot.rules.quorum.waits_minutes is None or ballot.meeting is None:
        return None
    moment = ballot.closed_at or clock.now()
    return max(0, int((moment - ballot.meeting.starts_at).total_seconds() // 60))
