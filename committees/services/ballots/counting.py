"""Counting the votes of a ballot, in two ways that must agree, and what the count means under the rules."""

from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Count as CountRows
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from committees.enums import PRESENT, BallotForm, BallotWay, Choice
from committees.models import Attendance, Ballot, BallotPaper, Objection, Participation, RollEntry, Vote
from committees.rules.papers import buckets
from committees.rules.rule_set import Tie, WeightKind
from committees.rules.verdict import Count, Outcome, Verdict, decide
from committees.services.ballots.choosing import result_of
from committees.services.ballots.tallies import tallies_of
from committees.services.second_invitation import is_called_anew
from partnership import clock
from partnership.db.prepared import Prepared
from partnership.enums import Role
from partnership.models import Appointment

# From this size of the roll on, pages may show numbers that are a second old (performance.md).
LARGE_ROLL = 1000
FRESH_SECONDS = 1

Tally = dict[str, int]


def tally_by_difference(ballot: Ballot) -> Tally:
    """Votes per marking: every row counts its choice and takes back the one it replaced.

    Two reads of an index where all have one vote; else each row is met with its line of the roll.
    """
    tally = dict.fromkeys(Choice.values, 0)
    differences = _weighed_differences if is_weighed(ballot) else _differences
    for choice, number, sign in differences(ballot=ballot.pk):
        tally[choice] = tally.get(choice, 0) + sign * number
    return {marking: votes for marking, votes in tally.items() if votes or marking in Choice.values}


def is_weighed(ballot: Ballot) -> bool:
    """Whether partners have unequal votes in it; before it is opened nobody knows."""
    return ballot.rules_frozen is not None and ballot.rules.weights.kind is not WeightKind.EQUAL


@Prepared
def _differences(ballot: UUID) -> QuerySet[Any, Any]:
    def counted(column: str, sign: int) -> QuerySet[Any, Any]:
        rows = Vote.objects.filter(ballot=ballot).exclude(**{column: ""}).values_list(column)
        return rows.annotate(number=CountRows("pk"), sign=Value(sign)).order_by()

    return counted("choice", 1).union(counted("replaced", -1), all=True)


@Prepared
def _weighed_differences(ballot: UUID) -> QuerySet[Any, Any]:
    def counted(column: str, sign: int) -> QuerySet[Any, Any]:
        written = f"ballot__votes__{column}"
        rows = RollEntry.objects.filter(
            **{"ballot": ballot, "ballot__votes__partner": F("partner"), f"{written}__gt": ""}
        ).values_list(written)
        return rows.annotate(number=Sum("weight"), sign=Value(sign)).order_by()

    return counted("choice", 1).union(counted("replaced", -1), all=True)


def latest_votes(ballot: Ballot, partners: Any = None) -> QuerySet[Vote]:
    """The one vote of each partner that counts, its highest revision; only of `partners`, where given."""
    rows = Vote.objects.filter(ballot=ballot)
    if partners is not None:
        rows = rows.filter(partner__in=partners)
    place = Window(RowNumber(), partition_by="partner", order_by=F("revision").desc())
    return Vote.objects.filter(pk__in=rows.annotate(place=place).filter(place=1).values("pk"))


# Votes and roll in one pile, sorted by partner. A join of the two, or of the votes with themselves, compared each
# line with each where PostgreSQL's statistics were older than the ballot: hours instead of a second.
_LATEST = """
SELECT choice, SUM(weight)
FROM (
    SELECT choice,
        ROW_NUMBER() OVER (PARTITION BY partner_id ORDER BY revision DESC) AS place,
        SUM(weight) OVER (PARTITION BY partner_id) AS weight
    FROM (
        SELECT partner_id, revision, choice, 0 AS weight FROM committees_vote WHERE ballot_id = %s
        UNION ALL
        SELECT partner_id, 0, '', weight FROM committees_rollentry WHERE ballot_id = %s AND NOT is_excluded
    ) AS pile
) AS placed
WHERE place = 1 AND weight > 0 AND choice <> ''
GROUP BY choice
"""


def tally_by_latest(ballot: Ballot) -> Tally:
    """Votes per choice: the highest revision of each partner counts, if the partner may vote at all."""
    tally = dict.fromkeys(Choice.values, 0)
    key = Ballot._meta.pk.get_db_prep_value(ballot.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [key, key])
        tally.update((choice, int(votes)) for choice, votes in cursor.fetchall())
    return tally


def tally_of_papers(ballot: Ballot) -> Tally:
    """Papers of a secret ballot per marking, counted by the database."""
    rows = BallotPaper.objects.filter(ballot=ballot).values_list("marking").annotate(number=CountRows("pk")).order_by()
    return dict.fromkeys(Choice.values, 0) | dict(rows)


def tally_of(ballot: Ballot) -> Tally:
    """Votes per marking, or papers where the ballot is secret."""
    return tally_of_papers(ballot) if ballot.form == BallotForm.SECRET else tally_by_difference(ballot)


def count_of(ballot: Ballot, tally: Tally) -> Count:
    """The tally with everybody on the roll who did not vote, each counted exactly once; all of it in votes."""
    numbers = RollEntry.objects.filter(ballot=ballot).aggregate(
        roll=votes(), excluded=votes(filter=Q(is_excluded=True))
    )
    summed = buckets(tally)
    yes, no, abstained = summed[Choice.YES], summed[Choice.NO], summed[Choice.ABSTAIN]
    return Count(
        roll=numbers["roll"],
        yes=yes,
        no=no,
        abstained=abstained,
        missing=numbers["roll"] - numbers["excluded"] - yes - no - abstained,
        excluded=numbers["excluded"],
        present=present_count(ballot),
    )


def votes(**options: Any) -> Coalesce:
    """The sum of the votes of lines of the roll."""
    return Coalesce(Sum("weight", **options), 0)


def present_partner_ids(ballot: Ballot) -> set[UUID] | None:
    """Partners noted as present in the meeting now; None where attendance is not kept."""
    if ballot.way != BallotWay.MEETING or ballot.meeting_id is None:
        return None
    moment = ballot.closed_at or clock.now()
    rows = Attendance.objects.filter(meeting=ballot.meeting_id, presence__in=PRESENT, from_at__lte=moment)
    present = set(rows.exclude(until_at__lt=moment).values_list("partner_id", flat=True))
    if not present and not Attendance.objects.filter(meeting=ballot.meeting_id).exists():
        return None
    return present


def present_count(ballot: Ballot) -> int | None:
    """The votes of entitled partners who are noted as present or have voted; who voted was there."""
    present = _present(ballot)
    if present is None:
        return None
    entitled = RollEntry.objects.filter(ballot=ballot, is_excluded=False)
    voted = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
    return entitled.filter(Q(partner__in=present) | Exists(voted)).aggregate(votes=votes())["votes"]


def _present(ballot: Ballot) -> set[UUID] | None:
    """Partners in the room; None where attendance is not kept, or was not when the ballot was opened."""
    if ballot.opened_at is not None and ballot.present_count is None:
        return None
    return present_partner_ids(ballot)


def verdict_of(ballot: Ballot, count: Count, chair_choice: str | None = None) -> Verdict:
    """What the count means under the frozen rules.

    Where the chair's vote breaks a tie, it is the vote the chair cast; a chair who cast none decides apart
    (`break_tie`), and until then the outcome is a tie.
    """
    own = ballot.own_rules
    options: dict[str, Any] = {
        "way": ballot.way,
        "is_second_invitation": is_called_anew(ballot),
        "objections": ballot.objections.count() if ballot.way == BallotWay.CIRCULAR else 0,
    }
    if ballot.has_options:
        return result_of(ballot, count, tally_of(ballot), **options)
    return decide(
        ballot.rules,
        count,
        number=ballot.number,
        chair_choice=chair_choice or (_vote_of_chair(ballot) if own.tie is Tie.CHAIR and own.can_tie else None),
        is_chair_awaited=True,
        tallies=tallies_of(ballot, _present(ballot)),
        **options,
    )


def awaits_chair(ballot: Ballot) -> bool:
    """Whether the result hangs on the chair's decision."""
    is_tie = ballot.outcome == Outcome.TIE and not ballot.chair_choice and not ballot.has_options
    return is_tie and ballot.own_rules.tie is Tie.CHAIR


def _vote_of_chair(ballot: Ballot) -> str | None:
    """What the chair of the committee cast, for whichever partner; None without such a vote."""
    committee = ballot.committee
    chairs = (
        Appointment.objects.valid(clock.today())
        .filter(
            role=Role.CHAIR,
            object_pk=str(committee.pk),
            content_type__app_label="committees",
            content_type__model="committee",
        )
        .values("person")
    )
    theirs = Vote.objects.filter(ballot=ballot, cast_by__in=chairs).values("partner")
    return latest_votes(ballot, theirs).filter(cast_by__in=chairs).values_list("choice", flat=True).first()


def turnout(ballot: Ballot) -> int:
    """How many partners have voted so far; at most a second old for a large roll."""
    return _fresh(ballot, "turnout", lambda: Participation.objects.filter(ballot=ballot).count())


def participation(ballot: Ballot) -> dict[str, int]:
    """How many have voted of how many partners, how many object; at most a second old for a large roll.

    Where votes are unequal, `votes` and `all_votes` say the same in votes.
    """

    def count() -> dict[str, int]:
        ((voted, excluded, objections),) = _participation(ballot=ballot.pk)
        return {
            "voted": voted or 0,
            "electorate": ballot.roll_size - (excluded or 0),
            "objections": objections or 0,
            **(_votes_cast(ballot) if is_weighed(ballot) else {}),
        }

    return _fresh(ballot, "participation", count)


@Prepared
def _participation(ballot: UUID) -> QuerySet[Any, Any]:
    def number(rows: QuerySet[Any]) -> Subquery:
        mine = rows.filter(ballot=OuterRef("pk")).order_by().values("ballot")
        return Subquery(mine.annotate(number=CountRows("pk")).values("number"))

    return (
        Ballot.objects.filter(pk=ballot)
        .order_by()
        .values_list(
            number(Participation.objects.all()),
            number(RollEntry.objects.filter(is_excluded=True)),
            number(Objection.objects.all()),
        )
    )


def _votes_cast(ballot: Ballot) -> dict[str, int]:
    voted = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
    entitled = RollEntry.objects.filter(ballot=ballot, is_excluded=False)
    return entitled.aggregate(votes=votes(filter=Exists(voted)), all_votes=votes())


def running_tally(ballot: Ballot) -> Tally:
    """The tally so far, for rules that let it be seen; at most a second old for a large roll."""
    return _fresh(ballot, "tally", lambda: tally_by_difference(ballot))


def _fresh(ballot: Ballot, name: str, count: Any) -> Any:
    if ballot.roll_size < LARGE_ROLL:
        return count()
    return cache.get_or_set(f"ballot:{ballot.pk}:{name}", count, FRESH_SECONDS)
