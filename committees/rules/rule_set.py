"""The rules of procedure of a committee as data: what a decision needs, and how it is reached.

A ``Rules`` value says everything ``verdict.decide`` and ``deadlines`` have to know. It is stored as JSON in
a dated rule set version; a decision keeps the version it was taken under. The settings and their values are
those of ``domain.md`` 5; the evidence for each stands in ``facts.md`` 6. Fractions are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from committees.rules.sentence import RuleRefusal

FORMAT = "konvent-rules/1"


class RuleError(RuleRefusal):
    """A setting is unknown, malformed, or contradicts another one."""


class Compare(StrEnum):
    """Whether a share must be passed or only reached."""

    MORE_THAN = "more_than"
    AT_LEAST = "at_least"


class MajorityKind(StrEnum):
    """More yes than no, a share of the base, or all of it."""

    SIMPLE = "simple"
    SHARE = "share"
    ALL = "all"


class Base(StrEnum):
    """What a share is a share of."""

    YES_NO = "yes_no"
    CAST = "cast"
    PRESENT = "present"
    ROLL = "roll"


class Abstention(StrEnum):
    """What an abstention does."""

    NOT_COUNTED = "not_counted"
    IN_BASE = "in_base"
    FORBIDDEN = "forbidden"


class Tie(StrEnum):
    """What equal votes lead to."""

    REJECTED = "rejected"
    CHAIR = "chair"
    NEW_BALLOT = "new_ballot"


class Missing(StrEnum):
    """What a vote that never came counts as in a circular ballot; in a meeting it is always not cast."""

    NOT_CAST = "not_cast"
    ABSTENTION = "abstention"
    CONSENT = "consent"


class Unit(StrEnum):
    """What a notice period is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    WORKING_DAYS = "working_days"


class LateKind(StrEnum):
    """When an item may still come onto the agenda."""

    NOT_ALLOWED = "not_allowed"
    UNTIL_DAYS_BEFORE = "until_days_before"
    ALL_PRESENT_AGREE = "all_present_agree"
    NOBODY_OBJECTS = "nobody_objects"


class Choice(StrEnum):
    """What a partner can vote."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Way(StrEnum):
    """How a ballot is held."""

    MEETING = "meeting"
    CIRCULAR = "circular"


LAENDER: Mapping[str, str] = {
    "BB": "Brandenburg",
    "BE": "Berlin",
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "HB": "Bremen",
    "HE": "Hessen",
    "HH": "Hamburg",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SH": "Schleswig-Holstein",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction that must be reached, told apart: ``more than`` and ``at least``."""

    compare: Compare
    fraction: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1 or (self.compare is Compare.MORE_THAN and self.fraction == 1):
            raise RuleError(
                f"Der Anteil {_words(self.fraction)} ist nicht möglich: Er muss größer als 0 und erreichbar sein.",
                f"The share {_words(self.fraction)} is impossible: it must be greater than 0 and reachable.",
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
        """How many of ``electorate`` entitled partners must take part; 0 where nothing is asked."""
        by_share = self.share.needed(electorate) if self.share else 0
        return max(by_share, self.number or 0)


@dataclass(frozen=True, slots=True)
class Quorum:
    """Beschlussfähigkeit; a second invitation to the same item lifts it where the rules say so."""

    turnout: Turnout = field(default_factory=Turnout)
    is_lifted_by_second_invitation: bool = False


@dataclass(frozen=True, slots=True)
class Majority:
    """Which part of the base must say yes. ``share`` is given for the kind ``share`` only."""

    kind: MajorityKind = MajorityKind.SIMPLE
    share: Share | None = None

    def __post_init__(self) -> None:
        if (self.kind is MajorityKind.SHARE) != (self.share is not None):
            raise RuleError(
                "Mehrheit: Ein Anteil gehört genau dann dazu, wenn die Art „Anteil“ gewählt ist.",
                "Majority: a share belongs to it exactly when the kind 'share' is chosen.",
            )


@dataclass(frozen=True, slots=True)
class Circular:
    """Umlaufbeschluss: whether, who can stop it, how many must answer, how long it runs.

    ``objections_to_stop`` None means that nobody can stop it. ``is_unanimity_needed`` follows BGB § 32 (3):
    without a meeting a resolution stands only if all who are entitled consent to it.
    """

    is_allowed: bool = True
    objections_to_stop: int | None = 1
    is_unanimity_needed: bool = False
    participation: Turnout = field(default_factory=Turnout)
    minimum_days: int = 7
    reminder_days: tuple[int, ...] = (3, 1)

    def __post_init__(self) -> None:
        if self.objections_to_stop is not None and self.objections_to_stop < 1:
            raise RuleError(
                "Umlauf: Die Zahl der Widersprüche, die den Umlauf beenden, muss mindestens 1 sein.",
                "Circular: the number of objections that stop it must be at least 1.",
            )
        if not 0 <= self.minimum_days <= 366:
            raise RuleError(
                "Umlauf: Die Mindestdauer muss zwischen 0 und 366 Tagen liegen.",
                "Circular: the least period must lie between 0 and 366 days.",
            )
        if any(not 0 < days <= 366 for days in self.reminder_days) or list(self.reminder_days) != sorted(
            set(self.reminder_days), reverse=True
        ):
            raise RuleError(
                "Umlauf: Erinnerungen sind verschiedene Tage vor der Frist, von früh nach spät, je 1 bis 366.",
                "Circular: reminders are different numbers of days before the deadline, falling, each 1 to 366.",
            )


@dataclass(frozen=True, slots=True)
class Notice:
    """Ladungsfrist; ``amount`` 0 means none. The counting follows BGB §§ 187, 188, 193 as set here."""

    amount: int = 14
    unit: Unit = Unit.DAYS
    is_dispatch_day_counted: bool = False
    is_meeting_day_counted: bool = False
    is_end_moved: bool = False
    land: str | None = None
    is_waivable: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= 366:
            raise RuleError(
                "Ladungsfrist: Die Dauer muss zwischen 0 und 366 liegen.",
                "Notice period: the length must lie between 0 and 366.",
            )
        if self.land is not None and self.land not in LAENDER:
            raise RuleError(
                f"Ladungsfrist: „{self.land}“ ist kein Land (zum Beispiel MV oder HH).",
                f"Notice period: '{self.land}' is no Land (for example MV or HH).",
            )
        if self.land is None and (self.unit is Unit.WORKING_DAYS or self.is_end_moved):
            raise RuleError(
                "Ladungsfrist: Werktage und die Verschiebung auf den nächsten Werktag brauchen das Land, "
                "dessen Feiertage gelten.",
                "Notice period: working days and moving the end to a working day need the Land whose holidays apply.",
            )


@dataclass(frozen=True, slots=True)
class LateItems:
    """Whether an item may still come onto the agenda after the invitation."""

    kind: LateKind = LateKind.ALL_PRESENT_AGREE
    days: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is LateKind.UNTIL_DAYS_BEFORE) != (self.days is not None):
            raise RuleError(
                "Spätere Tagesordnungspunkte: Eine Zahl von Tagen gehört genau dann dazu, "
                "wenn „bis Tage vorher“ gewählt ist.",
                "Late items: a number of days belongs to it exactly when 'until days before' is chosen.",
            )
        if self.days is not None and not 0 < self.days <= 366:
            raise RuleError(
                "Spätere Tagesordnungspunkte: Die Zahl der Tage muss zwischen 1 und 366 liegen.",
                "Late items: the number of days must lie between 1 and 366.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything a committee's decision rests on. Contradictions raise ``RuleError`` when it is made."""

    quorum: Quorum = field(default_factory=Quorum)
    majority: Majority = field(default_factory=Majority)
    base: Base = Base.YES_NO
    abstention: Abstention = Abstention.NOT_COUNTED
    tie: Tie = Tie.REJECTED
    missing: Missing = Missing.NOT_CAST
    circular: Circular = field(default_factory=Circular)
    notice: Notice = field(default_factory=Notice)
    late_items: LateItems = field(default_factory=LateItems)
    chair_has_vote: bool = True
    is_change_allowed: bool = True
    is_tally_visible: bool = False

    def __post_init__(self) -> None:
        _check(self)

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

    def to_data(self) -> dict[str, Any]:
        """JSON that ``from_data`` reads back to an equal value; keys and values never depend on a locale."""
        return {
            "format": FORMAT,
            "quorum": {
                **_turnout_data(self.quorum.turnout),
                "is_lifted_by_second_invitation": self.quorum.is_lifted_by_second_invitation,
            },
            "majority": {"kind": self.majority.kind.value, "share": _share_data(self.majority.share)},
            "base": self.base.value,
            "abstention": self.abstention.value,
            "tie": self.tie.value,
            "missing": self.missing.value,
            "circular": {
                "is_allowed": self.circular.is_allowed,
                "objections_to_stop": self.circular.objections_to_stop,
                "is_unanimity_needed": self.circular.is_unanimity_needed,
                "participation": _turnout_data(self.circular.participation),
                "minimum_days": self.circular.minimum_days,
                "reminder_days": list(self.circular.reminder_days),
            },
            "notice": {
                "amount": self.notice.amount,
                "unit": self.notice.unit.value,
                "is_dispatch_day_counted": self.notice.is_dispatch_day_counted,
                "is_meeting_day_counted": self.notice.is_meeting_day_counted,
                "is_end_moved": self.notice.is_end_moved,
                "land": self.notice.land,
                "is_waivable": self.notice.is_waivable,
            },
            "late_items": {"kind": self.late_items.kind.value, "days": self.late_items.days},
            "chair_has_vote": self.chair_has_vote,
            "is_change_allowed": self.is_change_allowed,
            "is_tally_visible": self.is_tally_visible,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Rules:
        """Read what ``to_data`` wrote. Every setting must be there, none may be unknown.

        Raises ``RuleError`` with a sentence that names the setting.
        """
        top = _Reader("Verfahrensregeln", data)
        if (written := top.text("format")) != FORMAT:
            raise RuleError(
                f"Verfahrensregeln: Das Format „{written}“ ist unbekannt, erwartet wird „{FORMAT}“.",
                f"Rules of procedure: the format '{written}' is unknown, '{FORMAT}' is expected.",
            )
        quorum = top.part("quorum")
        majority = top.part("majority")
        circular = top.part("circular")
        notice = top.part("notice")
        late = top.part("late_items")
        rules = cls(
            quorum=Quorum(quorum.turnout(), quorum.truth("is_lifted_by_second_invitation")),
            majority=Majority(majority.one_of("kind", MajorityKind), majority.share("share")),
            base=top.one_of("base", Base),
            abstention=top.one_of("abstention", Abstention),
            tie=top.one_of("tie", Tie),
            missing=top.one_of("missing", Missing),
            circular=Circular(
                is_allowed=circular.truth("is_allowed"),
                objections_to_stop=circular.number("objections_to_stop"),
                is_unanimity_needed=circular.truth("is_unanimity_needed"),
                participation=(participation := circular.part("participation")).turnout(),
                minimum_days=circular.sure_number("minimum_days"),
                reminder_days=circular.numbers("reminder_days"),
            ),
            notice=Notice(
                amount=notice.sure_number("amount"),
                unit=notice.one_of("unit", Unit),
                is_dispatch_day_counted=notice.truth("is_dispatch_day_counted"),
                is_meeting_day_counted=notice.truth("is_meeting_day_counted"),
                is_end_moved=notice.truth("is_end_moved"),
                land=notice.maybe_text("land"),
                is_waivable=notice.truth("is_waivable"),
            ),
            late_items=LateItems(late.one_of("kind", LateKind), late.number("days")),
            chair_has_vote=top.truth("chair_has_vote"),
            is_change_allowed=top.truth("is_change_allowed"),
            is_tally_visible=top.truth("is_tally_visible"),
        )
        for reader in (top, quorum, majority, circular, participation, notice, late):
            reader.finish()
        return rules


def _check(rules: Rules) -> None:
    """Refuse settings that cannot be true together."""
    if rules.majority.kind is MajorityKind.SIMPLE and rules.base is not Base.YES_NO:
        raise RuleError(
            "Mehrheit und Bezugsgröße: Die einfache Mehrheit (mehr Ja als Nein) vergleicht nur Ja und Nein. "
            "Wählen Sie „mehr als die Hälfte“, wenn eine andere Bezugsgröße gelten soll.",
            "Majority and base: the simple majority (more yes than no) compares yes and no only. "
            "Choose 'more than half' for another base.",
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


def _words(fraction: Fraction) -> str:
    return f"{fraction.numerator}/{fraction.denominator}"


def _share_data(share: Share | None) -> dict[str, str] | None:
    if share is None:
        return None
    return {"compare": share.compare.value, "fraction": _words(share.fraction)}


def _turnout_data(turnout: Turnout) -> dict[str, Any]:
    return {"share": _share_data(turnout.share), "number": turnout.number}


_E = TypeVar("_E", bound=StrEnum)


class _Reader:
    """Reads one JSON object key by key, strictly, and names the setting in every refusal."""

    def __init__(self, name: str, data: object) -> None:
        if not isinstance(data, Mapping):
            raise RuleError(f"{name}: erwartet wird ein Objekt.", f"{name}: an object is expected.")
        self.name, self.data, self.seen = name, data, set[str]()

    def _value(self, key: str) -> Any:
        self.seen.add(key)
        if key not in self.data:
            raise RuleError(
                f"{self.name}: Die Einstellung „{key}“ fehlt.",
                f"{self.name}: the setting '{key}' is missing.",
            )
        return self.data[key]

    def _wrong(self, key: str, value: object) -> RuleError:
        return RuleError(
            f"{self.name}: „{value}“ ist kein zulässiger Wert für die Einstellung „{key}“.",
            f"{self.name}: '{value}' is no possible value of the setting '{key}'.",
        )

    def part(self, key: str) -> _Reader:
        return _Reader(f"{self.name}.{key}", self._value(key))

    def one_of(self, key: str, values: type[_E]) -> _E:
        value = self._value(key)
        try:
            return values(value)
        except ValueError:
            raise self._wrong(key, value) from None

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str):
            raise self._wrong(key, value)
        return value

    def maybe_text(self, key: str) -> str | None:
        return None if self._value(key) is None else self.text(key)

    def truth(self, key: str) -> bool:
        value = self._value(key)
        if not isinstance(value, bool):
            raise self._wrong(key, value)
        return value

    def number(self, key: str) -> int | None:
        return None if self._value(key) is None else self.sure_number(key)

    def sure_number(self, key: str) -> int:
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(key, value)
        return value

    def numbers(self, key: str) -> tuple[int, ...]:
        value = self._value(key)
        if not isinstance(value, list) or any(isinstance(n, bool) or not isinstance(n, int) for n in value):
            raise self._wrong(key, value)
        return tuple(value)

    def share(self, key: str) -> Share | None:
        if self._value(key) is None:
            return None
        part = self.part(key)
        compare, written = part.one_of("compare", Compare), part.text("fraction")
        part.finish()
        above, slash, below = written.partition("/")
        if not (slash and all(n.isascii() and n.isdigit() and len(n) <= 6 for n in (above, below)) and int(below)):
            raise part._wrong("fraction", written)
        return Share(compare, Fraction(int(above), int(below)))

    def turnout(self) -> Turnout:
        return Turnout(self.share("share"), self.number("number"))

    def finish(self) -> None:
        if unknown := sorted(str(key) for key in set(self.data) - self.seen):
            raise RuleError(
                f"{self.name}: Die Einstellung „{unknown[0]}“ ist unbekannt.",
                f"{self.name}: the setting '{unknown[0]}' is unknown.",
            )
