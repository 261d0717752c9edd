"""A count together with everything the rules ask about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from committees.rules.rule_set import Base, Choice, Missing, Named, Rules, Way
from committees.rules.verdict.counts import Count, Tallies
from committees.rules.verdict.words import PARTNERS, VOTES, Words


@dataclass(frozen=True, slots=True)
class Case:
    """One ballot as it is judged: the rules of its stage, its count, its way, and what else is known."""

    rules: Rules
    count: Count
    way: Way
    tallies: Tallies

    @property
    def is_circular(self) -> bool:
        return self.way is Way.CIRCULAR

    @property
    def words(self) -> Words:
        """In what the count is said."""
        return PARTNERS if self.rules.weights.is_equal else VOTES

    @property
    def heard(self) -> Count:
        """The count in which silence counts as the rules say."""
        return self.hear(self.count)

    def hear(self, count: Count) -> Count:
        """A count in which a missing vote of a circular ballot counts as the rules say."""
        if self.is_circular and self.rules.missing is Missing.CONSENT:
            return replace(count, yes=count.yes + count.missing, missing=0, present=None)
        if self.is_circular and self.rules.missing is Missing.ABSTENTION:
            return replace(count, abstained=count.abstained + count.missing, missing=0, present=None)
        return count

    def choice_of(self, partner: Named) -> Choice | None:
        """What a named partner said; its silence counts as that of everybody else."""
        choice = self.tallies.named.get(partner.partner)
        if choice is not None:
            return Choice(choice)
        is_consent = self.is_circular and self.rules.missing is Missing.CONSENT and self.is_entitled(partner)
        return Choice.YES if is_consent else None

    def is_entitled(self, partner: Named) -> bool:
        """Whether a named partner may vote in this matter."""
        return partner.partner in self.tallies.named

    @property
    def is_attendance_known(self) -> bool:
        return not self.is_circular and self.count.present is not None

    @property
    def acting(self) -> int:
        """Votes of partners who are there: present in a meeting, where attendance is known; else who voted."""
        present = self.count.present
        return self.count.cast if self.is_circular or present is None else present

    def base(self, base: Base) -> int:
        """What a share is a share of."""
        heard = self.heard
        return {
            Base.YES_NO: heard.yes + heard.no,
            Base.CAST: heard.cast,
            Base.PRESENT: heard.cast if self.is_circular else self.acting,
            Base.ROLL: heard.electorate,
        }[base]

    @property
    def must_all_agree(self) -> bool:
        """Without a meeting some rules let a resolution stand only where all consent."""
        return self.is_circular and self.rules.circular.is_unanimity_needed
