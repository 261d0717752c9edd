"""Counts: how many votes said what, and what second conditions and the quorum ask besides."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from committees.rules.rule_set import Choice

# A key is counted in so many parts of one of its values: 21.14424 % are 2114424.
KEY_PARTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Count:
    """The votes on the roll, each counted exactly once. ``present`` includes everybody who voted.

    Raises ``ValueError`` where the numbers do not add up.
    """

    roll: int
    yes: int
    no: int
    abstained: int
    missing: int
    excluded: int
    present: int | None = None

    def __post_init__(self) -> None:
        numbers = (self.roll, self.yes, self.no, self.abstained, self.missing, self.excluded)
        if any(number < 0 for number in numbers):
            raise ValueError("A count is never negative.")
        if sum(numbers[1:]) != self.roll:
            raise ValueError(f"Yes, no, abstained, missing and excluded must add up to the roll: {self}")
        if self.present is not None and not self.cast <= self.present <= self.electorate:
            raise ValueError(f"Present are all who voted, and only entitled partners: {self}")

    @property
    def cast(self) -> int:
        """Votes that were cast, abstentions included."""
        return self.yes + self.no + self.abstained

    @property
    def electorate(self) -> int:
        """Votes entitled in this matter: the roll without those excluded."""
        return self.roll - self.excluded

    def to_data(self) -> dict[str, int | None]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Count:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Tallies:
    """What second conditions and the quorum ask besides the count.

    ``key`` is the same count in hundred-thousandths of the values of the key; ``groups`` are the counts of the
    groups the rules name, by their name, in votes. ``named`` holds what the partners the rules name have chosen,
    by their key: None where it did not vote, and no entry where it may not vote (not on the roll, or excluded).
    ``is_chair_there`` tells whether the chair's partner is present (meeting) or has voted (circular).
    ``minutes_waited`` runs since the announced beginning. ``consents`` are the votes of partners that agreed to
    deciding without a meeting, by declaration or by voting.
    """

    key: Count | None = None
    groups: Mapping[str, Count] = field(default_factory=dict)
    named: Mapping[str, str | None] = field(default_factory=dict)
    is_chair_there: bool | None = None
    minutes_waited: int | None = None
    consents: int = 0


NO_TALLIES: Final = Tallies()


def tally(
    roll: Iterable[Hashable],
    votes: Mapping[Any, str],
    *,
    excluded: Collection[Hashable] = (),
    present: Collection[Hashable] | None = None,
    weights: Mapping[Any, int] | None = None,
) -> Count:
    """Count the votes of the partners on the roll; a partner who voted is present even if not noted down.

    ``weights`` are the votes of each partner, or its values in a key in hundred-thousandths; one each without them.
    Raises ``ValueError`` for votes from outside the roll, from excluded partners, or with an unknown choice.
    """
    on_roll = set(roll)
    barred = on_roll & set(excluded)
    entitled = on_roll - barred
    if strangers := set(votes) - entitled:
        raise ValueError(f"Votes of partners who may not vote: {sorted(map(str, strangers))}")
    chosen = {partner: Choice(choice) for partner, choice in votes.items()}

    def weight(partners: Iterable[Hashable]) -> int:
        return sum(1 if weights is None else weights[partner] for partner in partners)

    def said(choice: Choice) -> int:
        return weight(partner for partner, its in chosen.items() if its is choice)

    return Count(
        roll=weight(on_roll),
        yes=said(Choice.YES),
        no=said(Choice.NO),
        abstained=said(Choice.ABSTAIN),
        missing=weight(entitled - set(votes)),
        excluded=weight(barred),
        present=None if present is None else weight((set(present) & entitled) | set(votes)),
    )
