"""The settings of the rules of procedure, one value each (``domain.md`` 5; evidence in ``facts.md`` 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from committees.rules.codec import RuleError
from committees.rules.rule_set.shares import Share, Turnout


class Choice(StrEnum):
    """What a partner can vote."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Way(StrEnum):
    """How a ballot is held."""

    MEETING = "meeting"
    CIRCULAR = "circular"


# Votes and their weight


class WeightKind(StrEnum):
    """How many votes a partner has."""

    EQUAL = "equal"
    LISTED = "listed"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Weights:
    """One vote each, as listed in a dated key, or by steps of a value the key lists.

    By steps, a partner has ``base`` votes and one more for each started ``step`` of its value above ``free``:
    one per started 3 % cost share (facts.md 6, rule 9), one more per started 300,000 t above 300,000 t (rule 10).
    ``cap`` bounds the votes of a partner (rule 11). ``key`` is the code of the key.
    """

    kind: WeightKind = WeightKind.EQUAL
    key: str | None = None
    step: Fraction | None = None
    free: Fraction = Fraction(0)
    base: int = 0
    cap: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is WeightKind.EQUAL) != (self.key is None):
            raise RuleError(
                "Stimmgewicht: Ein Schlüssel gehört genau dann dazu, wenn die Stimmen nicht gleich sind.",
                "Weights: a key belongs to them exactly when votes are not equal.",
            )
        if (self.kind is WeightKind.STEPS) != (self.step is not None) or (self.step is not None and self.step <= 0):
            raise RuleError(
                "Stimmgewicht: Bei Stufen gehört die Stufe dazu, größer als 0; sonst keine.",
                "Weights: steps need the size of a step, greater than 0; other weights have none.",
            )
        if self.free < 0 or not 0 <= self.base <= 1000 or (self.cap is not None and not 1 <= self.cap <= 100_000):
            raise RuleError(
                "Stimmgewicht: Freibetrag und Grundstimmen sind nicht negativ, die Höchstzahl ist mindestens 1.",
                "Weights: free amount and base votes are never negative, the cap is at least 1.",
            )
        if self.kind is not WeightKind.STEPS and (self.free or self.base):
            raise RuleError(
                "Stimmgewicht: Freibetrag und Grundstimmen gibt es nur bei Stufen.",
                "Weights: a free amount and base votes exist with steps only.",
            )

    @property
    def is_equal(self) -> bool:
        """Whether every partner has one vote, so that votes and partners are the same number."""
        return self.kind is WeightKind.EQUAL

    def of(self, value: Fraction | None) -> int:
        """The votes of a partner whose value in the key is ``value`` (None: it is not listed).

        Raises ``RuleError`` where a listed weight is no whole number of votes.
        """
        if self.kind is WeightKind.EQUAL:
            return 1
        value = value or Fraction(0)
        if self.kind is WeightKind.LISTED:
            if value.denominator != 1 or value < 0:
                raise RuleError(
                    "Stimmgewicht: Als Stimmen gelistete Werte sind ganze Zahlen.",
                    "Weights: values listed as votes are whole numbers.",
                )
            votes = value.numerator
        else:
            assert self.step is not None
            above = max(Fraction(0), value - self.free) / self.step
            votes = self.base + -(-above.numerator // above.denominator)
        return votes if self.cap is None else min(votes, self.cap)


@dataclass(frozen=True, slots=True)
class Named:
    """A partner that a rule names: its key, and its name as people read it."""

    partner: str
    name: str

    def __post_init__(self) -> None:
        if not self.partner or not self.name:
            raise RuleError(
                "Ein namentlich genannter Partner braucht Kennung und Namen.",
                "A partner that is named needs a key and a name.",
            )


@dataclass(frozen=True, slots=True)
class Group:
    """Partners of certain types of bodies (``land``, ``city`` …), under the name people read: „Länder“."""

    name: str
    types: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.name or not self.types or len(set(self.types)) != len(self.types):
            raise RuleError(
                "Eine Gruppe braucht einen Namen und mindestens eine Art von Körperschaft, jede einmal.",
                "A group needs a name and at least one type of body, each once.",
            )


# Quorum


class QuorumOf(StrEnum):
    """Who counts for the quorum: the partners present, or those who voted, in writing or there."""

    PRESENT = "present"
    PARTICIPATION = "participation"


@dataclass(frozen=True, slots=True)
class Quorum:
    """Beschlussfähigkeit.

    A second invitation to the same item lifts it where the rules say so (VwVfG § 90 (2)); so does waiting
    ``waits_minutes`` after the announced beginning (facts.md 6, rule 16). Neither lifts that the chair's partner
    must be present (``is_chair_needed``; circular ballots have a setting of their own) and that named ``partners``
    must vote.
    """

    turnout: Turnout = field(default_factory=Turnout)
    counts: QuorumOf = QuorumOf.PRESENT
    is_lifted_by_second_invitation: bool = False
    waits_minutes: int | None = None
    is_chair_needed: bool = False
    partners: tuple[Named, ...] = ()

    def __post_init__(self) -> None:
        if self.waits_minutes is not None and not 1 <= self.waits_minutes <= 24 * 60:
            raise RuleError(
                "Beschlussfähigkeit: Die Wartezeit liegt zwischen 1 Minute und 24 Stunden.",
                "Quorum: the waiting time lies between 1 minute and 24 hours.",
            )
        if (self.is_lifted_by_second_invitation or self.waits_minutes) and not self.turnout.is_asked:
            raise RuleError(
                "Beschlussfähigkeit: Was nicht verlangt wird, kann nicht entfallen.",
                "Quorum: what is not asked for cannot be lifted.",
            )
        if len({named.partner for named in self.partners}) < len(self.partners):
            raise RuleError("Beschlussfähigkeit: Ein Partner ist doppelt genannt.", "Quorum: a partner is named twice.")


# Majority


class MajorityKind(StrEnum):
    """More yes than no, a share of the base, all of it, or adopted unless too many object."""

    SIMPLE = "simple"
    SHARE = "share"
    ALL = "all"
    NO_OBJECTION = "no_objection"


class Base(StrEnum):
    """What a share is a share of."""

    YES_NO = "yes_no"
    CAST = "cast"
    PRESENT = "present"
    ROLL = "roll"


@dataclass(frozen=True, slots=True)
class Majority:
    """Which part of the base must say yes.

    ``share`` is given for the kind ``share`` only, ``objections`` for ``no_objection`` only: adopted unless more
    than so many votes say no (KONSENS §§ 8, 9). Below ``minimum_yes`` yes votes the motion lapses whatever the rest
    says (openEO: +4).
    """

    kind: MajorityKind = MajorityKind.SIMPLE
    share: Share | None = None
    objections: int | None = None
    minimum_yes: int | None = None

    def __post_init__(self) -> None:
        if (self.kind is MajorityKind.SHARE) != (self.share is not None):
            raise RuleError(
                "Mehrheit: Ein Anteil gehört genau dann dazu, wenn die Art „Anteil“ gewählt ist.",
                "Majority: a share belongs to it exactly when the kind 'share' is chosen.",
            )
        if (self.kind is MajorityKind.NO_OBJECTION) != (self.objections is not None):
            raise RuleError(
                "Mehrheit: Eine Zahl von Widersprüchen gehört genau dann dazu, wenn die Widerspruchsregel gilt.",
                "Majority: a number of objections belongs to it exactly when the objection rule is chosen.",
            )
        if (self.objections or 0) < 0 or (self.minimum_yes is not None and self.minimum_yes < 1):
            raise RuleError(
                "Mehrheit: Widersprüche sind nicht negativ; die Mindestzahl der Ja-Stimmen ist mindestens 1.",
                "Majority: objections are never negative; the least number of yes votes is at least 1.",
            )


class AlsoKind(StrEnum):
    """What must be true besides the majority."""

    SHARE = "share"
    KEY = "key"
    GROUP = "group"
    CONSENT = "consent"
    NO_VETO = "no_veto"


@dataclass(frozen=True, slots=True)
class Also:
    """A second condition.

    ``share``: a share of another base as well (FFG: three quarters of the votes and a majority of the members).
    ``key``: yes from so large a share of the values of a key (IT-NetzG § 4: two thirds of the Königsteiner shares).
    ``group``: so many (``number``) or such a share of the votes of a group, or with neither more yes than no in it.
    ``consent``: the named partner votes yes. ``no_veto``: the named partner does not vote no.
    """

    kind: AlsoKind
    share: Share | None = None
    number: int | None = None
    base: Base | None = None
    key: str | None = None
    group: Group | None = None
    partner: Named | None = None

    def __post_init__(self) -> None:
        given = {name for name in ("share", "number", "base", "key", "group", "partner") if getattr(self, name)}
        asked, allowed = _ALSO[self.kind]
        if not asked <= given <= asked | allowed or {"share", "number"} <= given:
            raise RuleError(
                "Zweite Bedingung: Die Angaben passen nicht zu ihrer Art.",
                "Second condition: what is given does not fit its kind.",
            )
        if self.number is not None and self.number < 1:
            raise RuleError(
                "Zweite Bedingung: Die Zahl der Ja-Stimmen ist mindestens 1.",
                "Second condition: the number of yes votes is at least 1.",
            )


_ALSO: Mapping[AlsoKind, tuple[set[str], set[str]]] = {
    AlsoKind.SHARE: ({"share", "base"}, set()),
    AlsoKind.KEY: ({"share", "key"}, set()),
    AlsoKind.GROUP: ({"group"}, {"share", "number"}),
    AlsoKind.CONSENT: ({"partner"}, set()),
    AlsoKind.NO_VETO: ({"partner"}, set()),
}


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


class StageAfter(StrEnum):
    """After which end of a ballot the next one is held under other rules."""

    TIE = "tie"
    NOT_ADOPTED = "not_adopted"


@dataclass(frozen=True, slots=True)
class Stage:
    """Another majority from the n-th ballot on the same matter (DHRV § 8: unanimous, then simple, then the chair).

    What is None stays as in the stage before. ``wait_days``: the least number of days between the ballots.
    """

    from_ballot: int
    after: StageAfter = StageAfter.NOT_ADOPTED
    majority: Majority | None = None
    base: Base | None = None
    abstention: Abstention | None = None
    tie: Tie | None = None
    wait_days: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.from_ballot <= 20 or not 0 <= self.wait_days <= 366:
            raise RuleError(
                "Stufen: Eine Stufe gilt ab dem 2. bis 20. Wahlgang, mit 0 bis 366 Tagen Abstand.",
                "Stages: a stage begins with the 2nd to 20th ballot, 0 to 366 days apart.",
            )


class Missing(StrEnum):
    """What a vote that never came counts as in a circular ballot; in a meeting it is always not cast."""

    NOT_CAST = "not_cast"
    ABSTENTION = "abstention"
    CONSENT = "consent"


class Binds(StrEnum):
    """Whom a resolution binds: everybody, or only those who agreed (IT-Planungsrat)."""

    ALL = "all"
    AGREEING = "agreeing"


# Procedure


@dataclass(frozen=True, slots=True)
class Circular:
    """Umlaufbeschluss: whether, who can stop it, how many must answer, how long it runs.

    ``objections_to_stop`` None means that nobody can stop it. ``consent`` says how many must agree to deciding
    without a meeting, by a declaration or by voting (facts.md 6, rule 29). ``is_unanimity_needed`` follows BGB
    § 32 (3): without a meeting a resolution stands only if all who are entitled consent to it.
    """

    is_allowed: bool = True
    objections_to_stop: int | None = 1
    consent: Turnout = field(default_factory=Turnout)
    is_unanimity_needed: bool = False
    participation: Turnout = field(default_factory=Turnout)
    is_chair_needed: bool = False
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


class Unit(StrEnum):
    """What a notice period is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    WORKING_DAYS = "working_days"


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
class Notice:
    """Ladungsfrist; ``amount`` 0 means none, ``urgent_amount`` the shorter one in urgent cases.

    The counting follows BGB §§ 187, 188, 193 as set here.
    """

    amount: int = 14
    unit: Unit = Unit.DAYS
    is_dispatch_day_counted: bool = False
    is_meeting_day_counted: bool = False
    is_end_moved: bool = False
    land: str | None = None
    is_waivable: bool = False
    urgent_amount: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= 366:
            raise RuleError(
                "Ladungsfrist: Die Dauer muss zwischen 0 und 366 liegen.",
                "Notice period: the length must lie between 0 and 366.",
            )
        if self.urgent_amount is not None and not 0 <= self.urgent_amount < self.amount:
            raise RuleError(
                "Ladungsfrist: In dringenden Fällen muss sie kürzer sein als sonst.",
                "Notice period: in urgent cases it must be shorter than otherwise.",
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

    @property
    def urgent(self) -> Notice:
        """The notice in urgent cases. Raises ``RuleError`` where the rules know none."""
        if self.urgent_amount is None:
            raise RuleError(
                "Ladungsfrist: Diese Verfahrensregeln kennen keine kürzere Frist für dringende Fälle.",
                "Notice period: these rules of procedure know no shorter period for urgent cases.",
            )
        return replace(self, amount=self.urgent_amount, urgent_amount=None)


class LateKind(StrEnum):
    """When an item may still come onto the agenda."""

    NOT_ALLOWED = "not_allowed"
    UNTIL_DAYS_BEFORE = "until_days_before"
    ALL_PRESENT_AGREE = "all_present_agree"
    NOBODY_OBJECTS = "nobody_objects"


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


class ProxyKind(StrEnum):
    """Whether a partner may let somebody else vote for it, besides its own deputies."""

    NONE = "none"
    PARTNERS = "partners"


@dataclass(frozen=True, slots=True)
class Proxies:
    """Stimmrechtsübertragung: at most ``most_held`` partners for which another one votes.

    ``is_giver_first``: the giver's own timely vote wins over that of the holder (facts.md 6, rule 42).
    """

    kind: ProxyKind = ProxyKind.NONE
    most_held: int = 1
    is_giver_first: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.most_held <= 100:
            raise RuleError(
                "Stimmrechtsübertragung: Ein Partner kann 1 bis 100 andere vertreten.",
                "Proxies: a partner can hold 1 to 100 proxies.",
            )


@dataclass(frozen=True, slots=True)
class Secrecy:
    """Geheime Abstimmung: from how many on the roll on, and how many partners can demand it.

    Fewer than ``minimum_roll`` would reveal votes by the result alone (reliability.md 4.3).
    """

    is_allowed: bool = True
    minimum_roll: int = 5
    demand: Turnout = field(default_factory=Turnout)

    def __post_init__(self) -> None:
        if not 3 <= self.minimum_roll <= 1000:
            raise RuleError(
                "Geheime Abstimmung: Die Mindestzahl der Stimmberechtigten liegt zwischen 3 und 1000.",
                "Secret ballots: the least number on the roll lies between 3 and 1000.",
            )
        if self.demand.is_asked and not self.is_allowed:
            raise RuleError(
                "Geheime Abstimmung: Was nicht zulässig ist, kann niemand verlangen.",
                "Secret ballots: nobody can demand what is not allowed.",
            )


@dataclass(frozen=True, slots=True)
class Reservation:
    """Gremienvorbehalt: a yes subject to one's own council, to be lifted within so many days."""

    is_allowed: bool = False
    days: int = 60

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 730:
            raise RuleError(
                "Gremienvorbehalt: Die Frist liegt zwischen 1 und 730 Tagen.",
                "Reservation: the period lies between 1 and 730 days.",
            )


class Approval(StrEnum):
    """How minutes are approved."""

    SILENCE = "silence"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class MinutesRule:
    """Niederschrift: sent within so many days, objections within so many days after, approved how."""

    sent_within_days: int = 28
    objection_days: int = 14
    approval: Approval = Approval.SILENCE

    def __post_init__(self) -> None:
        if not 1 <= self.sent_within_days <= 366 or not 0 <= self.objection_days <= 366:
            raise RuleError(
                "Niederschrift: Die Fristen liegen zwischen 1 (Einspruch: 0) und 366 Tagen.",
                "Minutes: the periods lie between 1 (objections: 0) and 366 days.",
            )
