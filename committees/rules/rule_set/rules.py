"""The whole: everything a committee's decision rests on, free of contradictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from committees.rules import codec
from committees.rules.codec import RuleError
from committees.rules.rule_set.settings import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Binds,
    Choice,
    Circular,
    LateItems,
    Majority,
    MajorityKind,
    MinutesRule,
    Missing,
    Notice,
    Proxies,
    Quorum,
    Reservation,
    Secrecy,
    Stage,
    StageAfter,
    Tie,
    Weights,
)
from committees.rules.rule_set.shares import Compare, Share

FORMAT = "konvent-rules/1"
NAME = "Verfahrensregeln"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything a committee's decision rests on. Contradictions raise ``RuleError`` when it is made."""

    weights: Weights = field(default_factory=Weights)
    quorum: Quorum = field(default_factory=Quorum)
    majority: Majority = field(default_factory=Majority)
    base: Base = Base.YES_NO
    also: tuple[Also, ...] = ()
    abstention: Abstention = Abstention.NOT_COUNTED
    tie: Tie = Tie.REJECTED
    stages: tuple[Stage, ...] = ()
    missing: Missing = Missing.NOT_CAST
    binds: Binds = Binds.ALL
    circular: Circular = field(default_factory=Circular)
    notice: Notice = field(default_factory=Notice)
    late_items: LateItems = field(default_factory=LateItems)
    proxies: Proxies = field(default_factory=Proxies)
    secrecy: Secrecy = field(default_factory=Secrecy)
    reservation: Reservation = field(default_factory=Reservation)
    minutes: MinutesRule = field(default_factory=MinutesRule)
    chair_has_vote: bool = True
    is_change_allowed: bool = True
    is_tally_visible: bool = False
    is_reason_needed_for_no: bool = False
    is_conflict_decided_by_body: bool = False

    def __post_init__(self) -> None:
        for rules in _stages_of(self):
            _check_majority(rules)
        _check_ties(self)
        _check_seconds(self)
        _check_procedure(self)
        _check_secrecy(self)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What a partner may vote under these rules."""
        return tuple(Choice) if self.abstention is not Abstention.FORBIDDEN else (Choice.YES, Choice.NO)

    @property
    def can_tie(self) -> bool:
        """Equal numbers of yes and no leave it open only where more than half of something is asked."""
        share = self.majority.share
        return self.majority.kind is MajorityKind.SIMPLE or (
            share is not None and share == Share(Compare.MORE_THAN, Fraction(1, 2))
        )

    def at_ballot(self, number: int) -> Rules:
        """The rules of the n-th ballot on the same matter (1 is the first), with its stage put in."""
        stages = [stage for stage in self.stages if stage.from_ballot <= number]
        return _with(self, stages) if stages else self

    def next_stage(self, number: int) -> Stage | None:
        """The stage that begins after the n-th ballot, if the next ballot is held under other rules."""
        return next((stage for stage in self.stages if stage.from_ballot > number), None)

    @property
    def is_secrecy_possible(self) -> bool:
        """Whether a ballot can be decided without knowing who voted what."""
        return (
            self.secrecy.is_allowed
            and self.weights.is_equal
            and all(also.kind is AlsoKind.SHARE for also in self.also)
            and self.binds is Binds.ALL
            and not self.is_reason_needed_for_no
        )

    @property
    def key_codes(self) -> frozenset[str]:
        """The keys these rules measure by."""
        codes = {self.weights.key, *(also.key for also in self.also)}
        return frozenset(code for code in codes if code is not None)

    def to_data(self) -> dict[str, Any]:
        """JSON that ``from_data`` reads back to an equal value; keys and values never depend on a locale."""
        return {"format": FORMAT, **codec.encode(self)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Rules:
        """Read what ``to_data`` wrote. Every setting must be there, none may be unknown.

        Raises ``RuleError`` with a sentence that names the setting.
        """
        written = codec.format_of(data, NAME)
        if written != FORMAT:
            raise RuleError(
                f"{NAME}: Das Format „{written}“ ist unbekannt, erwartet wird „{FORMAT}“.",
                f"Rules of procedure: the format '{written}' is unknown, '{FORMAT}' is expected.",
            )
        return codec.decode(cls, {key: value for key, value in data.items() if key != "format"}, NAME)


def _with(rules: Rules, stages: list[Stage]) -> Rules:
    changes = {
        name: value
        for stage in stages
        for name in ("majority", "base", "abstention", "tie")
        if (value := getattr(stage, name)) is not None
    }
    return replace(rules, stages=(), **changes)


def _stages_of(rules: Rules) -> Iterator[Rules]:
    """The rules as they stand in each stage, the first included."""
    numbers = [stage.from_ballot for stage in rules.stages]
    if numbers != sorted(set(numbers)):
        raise RuleError(
            "Stufen: Jede Stufe beginnt mit einem späteren Wahlgang als die vorige.",
            "Stages: each stage begins with a later ballot than the one before.",
        )
    yield rules
    for index in range(len(rules.stages)):
        yield _with(rules, list(rules.stages[: index + 1]))


def _check_majority(rules: Rules) -> None:
    """Refuse a majority whose parts cannot be true together."""
    kind = rules.majority.kind
    if kind in (MajorityKind.SIMPLE, MajorityKind.NO_OBJECTION) and rules.base is not Base.YES_NO:
        raise RuleError(
            "Mehrheit und Bezugsgröße: Die einfache Mehrheit (mehr Ja als Nein) und die Widerspruchsregel vergleichen "
            "nur Ja und Nein. Wählen Sie „mehr als die Hälfte“, wenn eine andere Bezugsgröße gelten soll.",
            "Majority and base: the simple majority (more yes than no) and the objection rule compare yes and no "
            "only. Choose 'more than half' for another base.",
        )
    if rules.base is Base.YES_NO and rules.abstention is Abstention.IN_BASE:
        raise RuleError(
            "Enthaltung und Bezugsgröße: Wenn nur Ja und Nein zählen, kann die Enthaltung nicht mitzählen.",
            "Abstention and base: where only yes and no count, abstentions cannot count.",
        )
    if rules.base is not Base.YES_NO and rules.abstention is Abstention.NOT_COUNTED:
        raise RuleError(
            "Enthaltung und Bezugsgröße: Bei dieser Bezugsgröße zählt eine Enthaltung mit. "
            "Wählen Sie „zählt in der Bezugsgröße“ oder die Bezugsgröße „Ja und Nein“.",
            "Abstention and base: with this base an abstention counts. "
            "Choose 'counts in the base', or the base 'yes and no'.",
        )
    if rules.abstention is Abstention.FORBIDDEN and rules.missing is Missing.ABSTENTION:
        raise RuleError(
            "Fehlende Stimme und Enthaltung: Eine fehlende Stimme kann nicht als Enthaltung zählen, "
            "wenn Enthaltungen nicht zulässig sind.",
            "Missing vote and abstention: a missing vote cannot count as an abstention where abstentions "
            "are forbidden.",
        )
    if rules.tie is Tie.CHAIR and not rules.chair_has_vote:
        raise RuleError(
            "Stimmengleichheit und Vorsitz: Die Stimme des Vorsitzes kann nur entscheiden, "
            "wenn der Vorsitz eine Stimme hat.",
            "Tie and chair: the chair's vote can decide only where the chair has a vote.",
        )


def _check_procedure(rules: Rules) -> None:
    """Refuse a procedure that contradicts itself or the majority."""
    if rules.circular.is_unanimity_needed and rules.missing is Missing.CONSENT:
        raise RuleError(
            "Umlauf und fehlende Stimme: Wenn alle zustimmen müssen, kann Schweigen nicht als Zustimmung zählen.",
            "Circular and missing vote: where all must agree, silence cannot count as consent.",
        )
    if rules.circular.is_unanimity_needed and rules.circular.participation.is_asked:
        raise RuleError(
            "Umlauf: Wenn alle zustimmen müssen, müssen auch alle teilnehmen; "
            "eine eigene Mindestteilnahme widerspricht dem.",
            "Circular: where all must agree all must take part; a participation floor contradicts that.",
        )
    if rules.circular.is_chair_needed and not rules.chair_has_vote:
        raise RuleError(
            "Umlauf und Vorsitz: Der Vorsitz kann im Umlauf nur teilnehmen, wenn er eine Stimme hat.",
            "Circular and chair: the chair can take part in a circular ballot only where it has a vote.",
        )


def _check_ties(rules: Rules) -> None:
    """Refuse a stage after a tie where a tie cannot come, or is decided at once."""
    for stage in rules.stages:
        before = rules.at_ballot(stage.from_ballot - 1)
        if stage.after is StageAfter.TIE and not (before.can_tie and before.tie is Tie.NEW_BALLOT):
            raise RuleError(
                f"Stufen und Stimmengleichheit: Der {stage.from_ballot}. Wahlgang soll auf Stimmengleichheit folgen. "
                "Dann muss davor mehr als die Hälfte verlangt sein und bei Stimmengleichheit neu abgestimmt werden.",
                f"Stages and ties: ballot number {stage.from_ballot} is to follow a tie. Then more than half must be "
                "asked for before, and equal votes must lead to a new ballot.",
            )


def _check_seconds(rules: Rules) -> None:
    """Refuse second conditions that cannot be measured side by side."""
    if len({also.key for also in rules.also if also.kind is AlsoKind.KEY}) > 1:
        raise RuleError(
            "Zweite Bedingung: Es kann nach einem Schlüssel gemessen werden, nicht nach mehreren zugleich.",
            "Second condition: one key can be measured by, not several at once.",
        )
    groups = {also.group for also in rules.also if also.group is not None}
    if len({group.name for group in groups}) < len(groups):
        raise RuleError(
            "Zweite Bedingung: Zwei Gruppen tragen denselben Namen und meinen Verschiedene.",
            "Second condition: two groups bear the same name and mean different partners.",
        )
    if len(set(rules.also)) < len(rules.also):
        raise RuleError(
            "Zweite Bedingung: Eine Bedingung steht doppelt da.", "Second condition: a condition stands there twice."
        )


def _check_secrecy(rules: Rules) -> None:
    """Refuse a secret ballot on demand where the rules need to know who voted what."""
    if not rules.secrecy.demand.is_asked:
        return
    if rules.is_reason_needed_for_no:
        raise RuleError(
            "Begründung und Geheimhaltung: Wer geheim abstimmt, kann ein Nein nicht begründen müssen.",
            "Reasons and secrecy: who votes in secret cannot have to give a reason for a no.",
        )
    if not rules.weights.is_equal:
        raise RuleError(
            "Stimmgewicht und Geheimhaltung: Mit ungleichen Stimmen gibt es keine geheime Abstimmung.",
            "Weights and secrecy: with unequal votes there is no secret ballot.",
        )
    if any(also.kind is not AlsoKind.SHARE for also in rules.also):
        raise RuleError(
            "Zweite Bedingung und Geheimhaltung: Schlüssel, Gruppen und namentlich genannte Partner lassen sich "
            "geheim nicht zählen.",
            "Second condition and secrecy: keys, groups and named partners cannot be counted in secret.",
        )
    if rules.binds is Binds.AGREEING:
        raise RuleError(
            "Bindung und Geheimhaltung: Nach einer geheimen Abstimmung weiß niemand, wer zugestimmt hat.",
            "Binding and secrecy: after a secret ballot nobody knows who agreed.",
        )
    if rules.reservation.is_allowed:
        raise RuleError(
            "Vorbehalt und Geheimhaltung: Ein Ja unter Vorbehalt lässt sich nicht geheim abgeben.",
            "Reservation and secrecy: a yes with a reservation cannot be cast in secret.",
        )
