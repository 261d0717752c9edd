"""May this person cast for this partner now? Asked at the moment of casting, from facts alone.

The partner has the vote, a person casts it. The roll is frozen at opening; the right to act for the partner
is not: it is read from the dated mandates of the day (``domain.md`` 5, ``reliability.md`` 4.1, Q4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from committees.rules.sentence import Sentence


class Kind(StrEnum):
    """As what a person acts for a partner."""

    DELEGATE = "delegate"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class Mandate:
    """A person may act for a partner in the committee, from a day until before another."""

    person: str
    partner: str
    kind: Kind
    valid_from: date
    valid_until: date | None = None

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The vote of the partner that counts so far: who cast it, as what."""

    person: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the service read under the lock of the ballot. ``on`` is the day of ``at`` where the committee sits."""

    person: str
    partner: str
    on: date
    at: datetime
    mandates: tuple[Mandate, ...]
    ballot_state: str
    deadline: datetime | None
    is_on_roll: bool
    is_excluded: bool
    is_change_allowed: bool
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Eligible:
    """The person may cast, as delegate or deputy; ``replaces`` tells that a vote of the partner is changed."""

    kind: Kind
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The person may not cast; ``key`` names the reason for programs, ``reason`` for people."""

    key: str
    reason: Sentence


def may_cast(facts: Facts) -> Eligible | Refused:
    """Whether the person may cast for the partner.

    A delegate's vote replaces a deputy's even where votes may not be changed (facts.md 6, rule 42): the
    substitute yields to the member. A deputy never replaces the delegate's vote. The deadline itself is over.
    """
    mandate = _mandate(facts)
    if mandate is None:
        return _refused("no_mandate")
    if not facts.is_on_roll:
        return _refused("not_on_roll")
    if facts.is_excluded:
        return _refused("excluded")
    if facts.ballot_state == "draft":
        return _refused("not_open_yet")
    if facts.ballot_state != "open":
        return _refused("closed")
    if facts.deadline is not None and facts.at >= facts.deadline:
        return _refused("deadline_passed")
    if facts.earlier is None:
        return Eligible(mandate)
    if facts.earlier.kind is Kind.DELEGATE and mandate is Kind.DEPUTY:
        return _refused("delegate_has_voted")
    if facts.earlier.kind is Kind.DEPUTY and mandate is Kind.DELEGATE:
        return Eligible(mandate, replaces=True)
    if not facts.is_change_allowed:
        return _refused("change_not_allowed")
    return Eligible(mandate, replaces=True)


def _mandate(facts: Facts) -> Kind | None:
    kinds = {
        mandate.kind
        for mandate in facts.mandates
        if mandate.person == facts.person and mandate.partner == facts.partner and mandate.is_valid(facts.on)
    }
    if Kind.DELEGATE in kinds:
        return Kind.DELEGATE
    return Kind.DEPUTY if kinds else None


_REASONS = {
    "no_mandate": Sentence(
        "Sie vertreten diesen Partner in diesem Gremium heute nicht.",
        "You do not act for this partner in this committee today.",
    ),
    "not_on_roll": Sentence(
        "Dieser Partner ist in dieser Abstimmung nicht stimmberechtigt.",
        "This partner has no vote in this ballot.",
    ),
    "excluded": Sentence(
        "Dieser Partner ist wegen Befangenheit von dieser Abstimmung ausgeschlossen.",
        "This partner is excluded from this ballot for conflict of interest.",
    ),
    "not_open_yet": Sentence("Die Abstimmung ist noch nicht eröffnet.", "The ballot is not open yet."),
    "closed": Sentence("Die Abstimmung ist bereits geschlossen.", "The ballot is already closed."),
    "deadline_passed": Sentence(
        "Die Frist ist abgelaufen; Ihre Antwort kann nicht mehr gezählt werden.",
        "The deadline has passed; your answer can no longer be counted.",
    ),
    "delegate_has_voted": Sentence(
        "Die Vertretung dieses Partners hat bereits abgestimmt; die Stellvertretung kann das nicht ändern.",
        "The delegate of this partner has voted already; a deputy cannot change that.",
    ),
    "change_not_allowed": Sentence(
        "Dieser Partner hat bereits abgestimmt; die Verfahrensregeln lassen keine Änderung zu.",
        "This partner has voted already; the rules of procedure allow no change.",
    ),
}


def _refused(key: str) -> Refused:
    return Refused(key, _REASONS[key])
