"""The verdict: an outcome with the conditions that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from committees.rules.sentence import Sentence
from committees.rules.verdict.counts import Count

FORMAT = "konvent-verdict/1"


class Outcome(StrEnum):
    """What came out of a ballot; not enough taking part is no rejection."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    TIE = "tie"
    UNDECIDED = "undecided"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked for: how many there were, how many were needed, out of how many.

    ``key`` tells programs what was asked. Of the objection rules (``objections``, ``no_objection``) ``needed`` is
    the number that is too many; of a ``stage`` the three are this ballot, the next and the last one.
    """

    key: str
    is_met: bool
    sentence: Sentence
    actual: int
    needed: int
    of: int

    def to_data(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "is_met": self.is_met,
            "sentence": self.sentence.to_data(),
            "actual": self.actual,
            "needed": self.needed,
            "of": self.of,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Condition:
        return cls(**{**data, "sentence": Sentence.from_data(data["sentence"])})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its reasons; what a resolution quotes for ever."""

    outcome: Outcome
    conditions: tuple[Condition, ...]
    count: Count

    @property
    def sentence(self) -> Sentence:
        """The outcome in one sentence."""
        return OUTCOMES[self.outcome]

    def to_data(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "outcome": self.outcome.value,
            "conditions": [condition.to_data() for condition in self.conditions],
            "count": self.count.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Verdict:
        if data.get("format") != FORMAT:
            raise ValueError(f"Unknown verdict format: {data.get('format')!r}")
        return cls(
            Outcome(data["outcome"]),
            tuple(Condition.from_data(condition) for condition in data["conditions"]),
            Count.from_data(data["count"]),
        )


OUTCOMES: Mapping[Outcome, Sentence] = {
    Outcome.ADOPTED: Sentence("Die Vorlage ist angenommen.", "The motion is adopted."),
    Outcome.REJECTED: Sentence("Die Vorlage ist abgelehnt.", "The motion is rejected."),
    Outcome.NO_QUORUM: Sentence(
        "Es haben nicht genug Partner teilgenommen, oder einer fehlte, der nötig war; "
        "es ist kein Beschluss zustande gekommen.",
        "Not enough partners took part, or one was missing that was needed; no resolution was made.",
    ),
    Outcome.TIE: Sentence("Stimmengleichheit; es wird neu abgestimmt.", "The votes are equal; a new ballot is held."),
    Outcome.UNDECIDED: Sentence(
        "Es ist noch nichts entschieden; es folgt ein weiterer Wahlgang.",
        "Nothing is decided yet; another ballot follows.",
    ),
    Outcome.STOPPED: Sentence(
        "Der Umlauf ist ohne Ergebnis beendet; die Vorlage kommt auf die Tagesordnung der nächsten Sitzung.",
        "The circular ballot has ended without a result; the motion goes to the agenda of the next meeting.",
    ),
}
