"""What a count of votes means under the rules of procedure: the verdict, with a sentence per condition.

**Excluded partners leave the electorate.** Quorum and base are measured on the roll without them: who may not
take part in a matter is not entitled to vote in it (VwVfG §§ 20, 90 (1) ask for "stimmberechtigte Mitglieder";
BGB § 34; StabiRatG § 1: the affected Land has no vote). They are still counted apart ("Befangen: 1").

**Silence is never taking part.** A missing vote may count as an abstention or as consent in a circular ballot,
but quorum and participation ask for partners who acted. Only where silence is consent can a circular ballot
end without a single answer.

**A tie** exists only where more than half is asked for (the simple majority included), somebody voted yes, and
as many voted no, so that the two are the whole base. Where another majority is asked, half is just not enough.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from committees.rules.rule_set import (
    Abstention,
    Base,
    Choice,
    Compare,
    MajorityKind,
    Missing,
    RuleError,
    Rules,
    Share,
    Tie,
    Turnout,
    Way,
)
from committees.rules.sentence import Sentence, of_partners, were

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
class Count:
    """The partners on the roll, each counted exactly once. ``present`` includes everybody who voted.

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
        """Partners who voted, abstentions included."""
        return self.yes + self.no + self.abstained

    @property
    def electorate(self) -> int:
        """Partners entitled to vote in this matter: the roll without those excluded."""
        return self.roll - self.excluded

    def to_data(self) -> dict[str, int | None]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Count:
        return cls(**data)


def tally(
    roll: Iterable[Hashable],
    votes: Mapping[Any, str],
    *,
    excluded: Collection[Hashable] = (),
    present: Collection[Hashable] | None = None,
) -> Count:
    """Count the votes of the partners on the roll; a partner who voted is present even if not noted down.

    Raises ``ValueError`` for votes from outside the roll, from excluded partners, or with an unknown choice.
    """
    on_roll = set(roll)
    barred = on_roll & set(excluded)
    if strangers := set(votes) - (on_roll - barred):
        raise ValueError(f"Votes of partners who may not vote: {sorted(map(str, strangers))}")
    chosen = [Choice(choice) for choice in votes.values()]
    return Count(
        roll=len(on_roll),
        yes=chosen.count(Choice.YES),
        no=chosen.count(Choice.NO),
        abstained=chosen.count(Choice.ABSTAIN),
        missing=len(on_roll) - len(barred) - len(votes),
        excluded=len(barred),
        present=None if present is None else len((set(present) & (on_roll - barred)) | set(votes)),
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked for: how many there were, how many were needed, out of how many."""

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
        "Es haben nicht genug Partner teilgenommen; es ist kein Beschluss zustande gekommen.",
        "Not enough partners took part; no resolution was made.",
    ),
    Outcome.TIE: Sentence("Stimmengleichheit; es wird neu abgestimmt.", "The votes are equal; a new ballot is held."),
    Outcome.UNDECIDED: Sentence(
        "Es ist noch nichts entschieden; es folgt ein weiterer Wahlgang.",
        "Nothing is decided yet; another ballot follows.",
    ),
    Outcome.STOPPED: Sentence(
        "Der Umlauf wurde durch Widerspruch beendet; die Vorlage kommt auf die Tagesordnung der nächsten Sitzung.",
        "The circular ballot was stopped by objection; the motion goes to the agenda of the next meeting.",
    ),
}


def decide(
    rules: Rules,
    count: Count,
    *,
    way: str,
    is_second_invitation: bool = False,
    objections: int = 0,
    chair_choice: str | None = None,
) -> Verdict:
    """Apply the rules to a count. Pure: equal arguments, equal verdict.

    ``objections`` are objections to the circular procedure; ``is_second_invitation`` matters in a meeting only.
    ``chair_choice`` is what the chair's partner voted; where that vote is to break a tie and was not yes or no,
    the tie is a rejection (VwVfG § 91).
    Raises ``RuleError`` where the rules allow no circular ballot or no abstention, and there is one.
    """
    way = Way(way)
    chair = None if chair_choice is None else Choice(chair_choice)
    if way is Way.CIRCULAR and not rules.circular.is_allowed:
        raise RuleError(
            "Diese Verfahrensregeln lassen keinen Umlaufbeschluss zu.",
            "These rules of procedure allow no circular ballot.",
        )
    if rules.abstention is Abstention.FORBIDDEN and count.abstained:
        raise RuleError(
            "Diese Verfahrensregeln lassen keine Enthaltung zu.",
            "These rules of procedure allow no abstention.",
        )

    conditions: list[Condition] = []
    if way is Way.CIRCULAR and (stop := _procedure(rules, count, objections)) is not None:
        conditions.append(stop)
        if not stop.is_met:
            return Verdict(Outcome.STOPPED, tuple(conditions), count)
    conditions += _took_part(rules, count, way, is_second_invitation)
    if not all(condition.is_met for condition in conditions):
        return Verdict(Outcome.NO_QUORUM, tuple(conditions), count)
    majority, tie = _majority(rules, count, way)
    conditions.append(majority)
    if majority.is_met:
        return Verdict(Outcome.ADOPTED, tuple(conditions), count)
    if not tie:
        return Verdict(Outcome.REJECTED, tuple(conditions), count)
    outcome, broken = _break_tie(rules, count, chair)
    return Verdict(outcome, (*conditions, broken), count)


# Who took part


def _procedure(rules: Rules, count: Count, objections: int) -> Condition | None:
    """Whether the circular procedure stood: fewer objections than stop it."""
    limit = rules.circular.objections_to_stop
    if objections < 0:
        raise ValueError("A number of objections is never negative.")
    if limit is None:
        return None
    is_met = objections < limit
    if objections == 0:
        said = Sentence(
            "Kein Partner hat dem Umlaufverfahren widersprochen",
            "No partner objected to the circular procedure",
        )
    else:
        verb = "hat" if objections == 1 else "haben"
        noun = "partner" if objections == 1 else "partners"
        said = Sentence(
            f"{objections} Partner {verb} dem Umlaufverfahren widersprochen",
            f"{objections} {noun} objected to the circular procedure",
        )
    end = (
        Sentence("das Verfahren bleibt zulässig", "the procedure stands")
        if is_met
        else Sentence("der Umlauf ist beendet", "the circular ballot is stopped")
    )
    stops = Sentence(
        "1 Widerspruch hätte es beendet" if limit == 1 else f"{limit} Widersprüche hätten es beendet",
        "1 objection would have stopped it" if limit == 1 else f"{limit} objections would have stopped it",
    )
    if not is_met:
        stops = Sentence(
            "1 Widerspruch genügt" if limit == 1 else f"{limit} Widersprüche genügen",
            "1 objection is enough" if limit == 1 else f"{limit} objections are enough",
        )
    return Condition(
        "objections",
        is_met,
        Sentence(f"{said.de}, {stops.de}: {end.de}.", f"{said.en}, {stops.en}: {end.en}."),
        actual=objections,
        needed=limit,
        of=count.electorate,
    )


def _took_part(rules: Rules, count: Count, way: Way, is_second_invitation: bool) -> list[Condition]:
    """Quorum, the floor of a circular ballot, and that anybody voted at all."""
    conditions = []
    is_lifted = way is Way.MEETING and is_second_invitation and rules.quorum.is_lifted_by_second_invitation
    if rules.quorum.turnout.is_asked:
        if is_lifted:
            conditions.append(_lifted(count))
        else:
            conditions.append(_turnout("quorum", rules.quorum.turnout, count, way))
    if way is Way.CIRCULAR and rules.circular.participation.is_asked:
        conditions.append(_turnout("participation", rules.circular.participation, count, way))
    if way is Way.CIRCULAR and rules.circular.is_unanimity_needed:
        everybody = Turnout(Share(Compare.AT_LEAST, Fraction(1)))
        conditions.append(_turnout("participation", everybody, count, way))
    if not count.cast and not (way is Way.CIRCULAR and rules.missing is Missing.CONSENT):
        conditions.append(
            Condition(
                "any_vote",
                False,
                Sentence(
                    "Kein Partner hat abgestimmt, mindestens 1 war nötig: kein Beschluss.",
                    "No partner voted, at least 1 was needed: no resolution.",
                ),
                actual=0,
                needed=1,
                of=count.electorate,
            )
        )
    return conditions


def _acting(count: Count, way: Way) -> int:
    """Partners who count for the quorum: present in a meeting, where attendance is known; else who voted."""
    return count.present if way is Way.MEETING and count.present is not None else count.cast


def _turnout(key: str, turnout: Turnout, count: Count, way: Way) -> Condition:
    actual, of = _acting(count, way), count.electorate
    needed = turnout.needed(of)
    is_met = actual >= needed
    head = of_partners(actual, of)
    if way is Way.MEETING and count.present is not None:
        did = Sentence("war anwesend" if actual == 1 else "waren anwesend", f"{were(actual).en} present")
    else:
        did = Sentence("hat teilgenommen" if actual == 1 else "haben teilgenommen", "took part")
    verb = were(needed)
    words = {
        ("quorum", True): Sentence("beschlussfähig", "quorum reached"),
        ("quorum", False): Sentence("nicht beschlussfähig", "quorum missed"),
        ("participation", True): Sentence("Mindestteilnahme erreicht", "participation floor reached"),
        ("participation", False): Sentence("Mindestteilnahme verfehlt", "participation floor missed"),
    }[key, is_met]
    return Condition(
        key,
        is_met,
        Sentence(
            f"{head.de} {did.de}, {needed} {verb.de} nötig: {words.de}.",
            f"{head.en} {did.en}, {needed} {verb.en} needed: {words.en}.",
        ),
        actual=actual,
        needed=needed,
        of=of,
    )


def _lifted(count: Count) -> Condition:
    actual, of = _acting(count, Way.MEETING), count.electorate
    head = of_partners(actual, of)
    if count.present is not None:
        did = Sentence("war anwesend" if actual == 1 else "waren anwesend", f"{were(actual).en} present")
    else:
        did = Sentence("hat teilgenommen" if actual == 1 else "haben teilgenommen", "took part")
    return Condition(
        "quorum",
        True,
        Sentence(
            f"{head.de} {did.de}; nach der zweiten Einladung kommt es auf die Zahl nicht an: beschlussfähig.",
            f"{head.en} {did.en}; after the second invitation the number does not matter: quorum reached.",
        ),
        actual=actual,
        needed=0,
        of=of,
    )


# What was decided


def _majority(rules: Rules, count: Count, way: Way) -> tuple[Condition, bool]:
    """The condition of the majority, and whether the votes are equal so that the tie rule speaks."""
    silent = count.missing if way is Way.CIRCULAR else 0
    yes = count.yes + (silent if rules.missing is Missing.CONSENT else 0)
    abstained = count.abstained + (silent if rules.missing is Missing.ABSTENTION else 0)
    cast = yes + count.no + abstained
    base = {
        Base.YES_NO: yes + count.no,
        Base.CAST: cast,
        Base.PRESENT: _acting(count, way) if way is Way.MEETING else cast,
        Base.ROLL: count.electorate,
    }[rules.base]
    must_all_agree = way is Way.CIRCULAR and rules.circular.is_unanimity_needed
    if must_all_agree:
        base, needed = count.electorate, max(1, count.electorate)
    elif rules.majority.kind is MajorityKind.ALL:
        needed = max(1, base)
    elif rules.majority.share is not None:
        needed = rules.majority.share.needed(base)
    else:
        needed = count.no + 1
    is_met = yes >= needed
    is_tie = rules.can_tie and not must_all_agree and 0 < yes == count.no and base == yes + count.no
    sentence = _majority_words(rules, count, way, must_all_agree, yes, base, needed, is_met)
    return Condition("majority", is_met, sentence, yes, needed, base), is_tie and not is_met


def _majority_words(
    rules: Rules, count: Count, way: Way, must_all_agree: bool, yes: int, base: int, needed: int, is_met: bool
) -> Sentence:
    verb = were(needed)
    end = (
        Sentence("Mehrheit erreicht", "majority reached")
        if is_met
        else Sentence("Mehrheit verfehlt", "majority missed")
    )
    silent = Sentence("", "")
    if way is Way.CIRCULAR and rules.missing is Missing.CONSENT and count.missing:
        silent = Sentence(f" (davon {count.missing} durch Schweigen)", f" ({count.missing} of them by silence)")
    voted = "stimmte" if yes == 1 else "stimmten"
    if rules.majority.kind is MajorityKind.SIMPLE and not must_all_agree:
        noun = "partner" if yes == 1 else "partners"
        return Sentence(
            f"{yes} Partner {voted} mit Ja{silent.de} und {count.no} mit Nein, {needed} Ja {verb.de} nötig: {end.de}.",
            f"{yes} {noun} voted yes{silent.en} and {count.no} no, {needed} yes {verb.en} needed: {end.en}.",
        )
    head = of_partners(yes, base)
    among = _BASES[Base.ROLL if must_all_agree else rules.base]
    return Sentence(
        f"{head.de}{among.de} {voted} mit Ja{silent.de}, {needed} {verb.de} nötig: {end.de}.",
        f"{head.en}{among.en} voted yes{silent.en}, {needed} {verb.en} needed: {end.en}.",
    )


_BASES: Mapping[Base, Sentence] = {
    Base.YES_NO: Sentence(", die mit Ja oder Nein stimmten,", " who voted yes or no"),
    Base.CAST: Sentence(" mit abgegebener Stimme", " who cast a vote"),
    Base.PRESENT: Sentence(" unter den Anwesenden", " among those present"),
    Base.ROLL: Sentence(" mit Stimmrecht", " entitled to vote"),
}


def _break_tie(rules: Rules, count: Count, chair: Choice | None) -> tuple[Outcome, Condition]:
    """What the rules make of equal votes."""
    if rules.tie is Tie.NEW_BALLOT:
        outcome, end = (
            Outcome.TIE,
            Sentence("Es wird neu abgestimmt", "a new ballot is held"),
        )
    elif rules.tie is Tie.REJECTED:
        outcome, end = (
            Outcome.REJECTED,
            Sentence("Das gilt als Ablehnung", "this counts as a rejection"),
        )
    elif chair is Choice.YES:
        outcome, end = (
            Outcome.ADOPTED,
            Sentence("Die Stimme des Vorsitzes (Ja) entscheidet", "the chair's vote (yes) decides"),
        )
    elif chair is Choice.NO:
        outcome, end = (
            Outcome.REJECTED,
            Sentence("Die Stimme des Vorsitzes (Nein) entscheidet", "the chair's vote (no) decides"),
        )
    else:
        outcome, end = (
            Outcome.REJECTED,
            Sentence(
                "Der Vorsitz hat weder mit Ja noch mit Nein gestimmt, das gilt als Ablehnung",
                "the chair voted neither yes nor no, this counts as a rejection",
            ),
        )
    return outcome, Condition(
        "tie",
        outcome is Outcome.ADOPTED,
        Sentence(
            f"Stimmengleichheit, je {count.no}: {end.de}.",
            f"The votes are equal, {count.no} each: {end.en}.",
        ),
        actual=count.no,
        needed=count.no + 1,
        of=count.electorate,
    )
