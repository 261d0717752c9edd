"""What stands on a ballot paper, as one line of text: the same for open votes and secret papers of every kind.

A *marking* is ``yes``, ``no`` or ``abstain`` on a motion. Where options are on the paper, it names them by their
position: ``2`` (alternatives), ``1,3`` rising (approval, election), ``3>1>2`` best first (ranking); or ``no``
(against all), ``abstain``, and ``invalid`` on a secret paper that is left or made invalid on purpose
(GleibWV § 19 (3) no. 3). Equal papers have equal markings, so that counting is grouping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from committees.rules.codec import RuleError
from committees.rules.rule_set import Choice
from committees.rules.sentence import Sentence

ABSTAIN: Final = Choice.ABSTAIN.value
AGAINST: Final = Choice.NO.value
INVALID: Final = "invalid"
LONGEST: Final = 200
MOST_OPTIONS: Final = 50


class BallotKind(StrEnum):
    """What a ballot asks."""

    MOTION = "motion"
    ALTERNATIVES = "alternatives"
    APPROVAL = "approval"
    RANKING = "ranking"
    ELECTION = "election"


def mark(kind: BallotKind, positions: Iterable[int]) -> str:
    """The marking of chosen options; for a ranking in their order, else in any."""
    chosen = list(positions)
    if kind is BallotKind.RANKING:
        return ">".join(map(str, chosen))
    return ",".join(map(str, sorted(chosen)))


def positions_of(kind: BallotKind, marking: str) -> tuple[int, ...]:
    """The options a valid marking names, for a ranking best first; none for yes, no, abstain and invalid."""
    if marking in (Choice.YES, AGAINST, ABSTAIN, INVALID):
        return ()
    return tuple(int(part) for part in marking.split(">" if kind is BallotKind.RANKING else ","))


def bucket(marking: str) -> Choice:
    """What a paper counts as in the count of a ballot: a valid choice of options as yes, an invalid paper abstains."""
    if marking in (ABSTAIN, INVALID):
        return Choice.ABSTAIN
    return Choice.NO if marking == AGAINST else Choice.YES


def buckets(tally: Mapping[str, int]) -> dict[str, int]:
    """Votes per marking, added up to yes, no and abstain."""
    summed = dict.fromkeys((choice.value for choice in Choice), 0)
    for marking, votes in tally.items():
        summed[bucket(marking).value] += votes
    return summed


def spell(marking: str, titles: Mapping[int, str] | None = None) -> Sentence:
    """A marking as people read it; ``titles`` are those of the options on the paper, none on a motion."""
    if not titles and marking == AGAINST:
        return Sentence("Nein", "No")
    if marking in _WORDS:
        return _WORDS[marking]
    is_ranking = ">" in marking
    places = marking.split(">" if is_ranking else ",")
    names = [(titles or {}).get(int(place), place) if place.isdigit() else place for place in places]
    if is_ranking:
        names = [f"{place}. {name}" for place, name in enumerate(names, start=1)]
    return Sentence(", ".join(names), ", ".join(names))


_WORDS: Final[Mapping[str, Sentence]] = {
    Choice.YES.value: Sentence("Ja", "Yes"),
    AGAINST: Sentence("gegen alle", "against all"),
    ABSTAIN: Sentence("Enthaltung", "Abstention"),
    INVALID: Sentence("ungültig", "invalid"),
}


def check(kind: BallotKind, marking: str, *, options: int = 0, posts: int = 1, may_spoil: bool = False) -> str:
    """The marking, if the paper can carry it: ``options`` stand on it, ``posts`` may be filled by an election.

    Raises ``RuleError`` with the sentence the voter reads.
    """
    if kind is BallotKind.MOTION:
        if marking not in (*Choice, *([INVALID] if may_spoil else [])):
            raise RuleError("Bitte wählen Sie Ja, Nein oder Enthaltung.", "Please choose yes, no or abstention.")
        return marking
    if marking in (AGAINST, ABSTAIN) or (may_spoil and marking == INVALID):
        return marking
    try:
        chosen = positions_of(kind, marking)
    except ValueError:
        chosen = ()
    if not chosen or mark(kind, chosen) != marking or len(marking) > LONGEST:
        raise RuleError("Bitte wählen Sie aus, was auf dem Stimmzettel steht.", "Please choose from the ballot paper.")
    if len(set(chosen)) != len(chosen) or not all(1 <= position <= options for position in chosen):
        raise RuleError(
            "Bitte wählen Sie aus, was auf dem Stimmzettel steht, jedes nur einmal.",
            "Please choose from the ballot paper, each only once.",
        )
    if kind is BallotKind.ALTERNATIVES and len(chosen) > 1:
        raise RuleError("Bitte wählen Sie genau eine Möglichkeit.", "Please choose exactly one option.")
    if kind is BallotKind.ELECTION and len(chosen) > posts:
        raise RuleError(
            f"Bitte wählen Sie höchstens {posts} Personen." if posts > 1 else "Bitte wählen Sie eine Person.",
            f"Please choose at most {posts} persons." if posts > 1 else "Please choose one person.",
        )
    return marking
