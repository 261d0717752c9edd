"""Ballots with options: what their papers come to, and how the register says it."""

from collections.abc import Mapping
from typing import Any

from committees.models import Ballot
from committees.rules import elections
from committees.rules.elections import Result
from committees.rules.papers import BallotKind
from committees.rules.verdict import Count, Outcome


def result_of(ballot: Ballot, count: Count, tally: Mapping[str, int], **taking_part: Any) -> Result:
    """What the votes per marking mean under the frozen rules, with every lot drawn so far."""
    return elections.decide(
        ballot.rules,
        BallotKind(ballot.kind),
        tally,
        count,
        options=list(ballot.titles.values()),
        posts=ballot.posts,
        number=ballot.number,
        lots=list(ballot.lots.values_list("order", flat=True)) if ballot.outcome else (),
        **taking_part,
    )


def table_holds(ballot: Ballot, tally: Mapping[str, int]) -> bool:
    """Whether the stored table says what the votes say."""
    stored = ballot.result_of_options
    if stored is None:
        return not ballot.has_options
    named = elections.votes_by_option(BallotKind(ballot.kind), tally, len(stored.table))
    return all(row.votes == named[row.position] for row in stored.table)


def wording_of(ballot: Ballot) -> str:
    """The text a declared ballot is entered with: what was asked, and who or what was chosen."""
    stored = ballot.result_of_options
    if stored is None or stored.outcome in (Outcome.NO_QUORUM, Outcome.STOPPED):
        return ballot.text
    return f"{ballot.text}\n\n{stored.sentence.de}"


def carried_positions(ballot: Ballot) -> tuple[int, ...]:
    """The options that stand in the ballot that follows on this one: those that are level, or those that lead."""
    stored = ballot.result_of_options
    return () if stored is None else stored.next or stored.tied
