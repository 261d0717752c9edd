"""Shares and numbers that something has to reach."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from committees.rules.codec import RuleError


class Compare(StrEnum):
    """Whether a share must be passed or only reached."""

    MORE_THAN = "more_than"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction that must be reached, told apart: ``more than`` and ``at least``."""

    compare: Compare
    fraction: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1 or (self.compare is Compare.MORE_THAN and self.fraction == 1):
            written = f"{self.fraction.numerator}/{self.fraction.denominator}"
            raise RuleError(
                f"Der Anteil {written} ist nicht möglich: Er muss größer als 0 und erreichbar sein.",
                f"The share {written} is impossible: it must be greater than 0 and reachable.",
            )

    def needed(self, base: int) -> int:
        """The smallest whole number that reaches this share of ``base``, at least 1."""
        exact = self.fraction * base
        floor = exact.numerator // exact.denominator
        if self.compare is Compare.MORE_THAN:
            return max(1, floor + 1)
        return max(1, floor if exact.denominator == 1 else floor + 1)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many have to take part: a share, a number, both, or neither (then nothing is asked)."""

    share: Share | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        if self.number is not None and self.number < 1:
            raise RuleError(
                "Die Mindestzahl der Teilnehmenden muss mindestens 1 sein.",
                "The number that must take part has to be at least 1.",
            )

    @property
    def is_asked(self) -> bool:
        return self.share is not None or self.number is not None

    def needed(self, electorate: int) -> int:
        """How many of ``electorate`` entitled votes must take part; 0 where nothing is asked."""
        by_share = self.share.needed(electorate) if self.share else 0
        return max(by_share, self.number or 0)
