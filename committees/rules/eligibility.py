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
    PROXY = "proxy"


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
    # The partner that votes for this one by a proxy on the roll, and whether the giver's own vote comes first.
    voted_by: str | None = None
    is_giver_first: bool = True


@dataclass(frozen=True, slots=True)
class Eligible:
    """The person may cast, as delegate, deputy or holder of a proxy; ``replaces``: a vote of the partner is changed."""

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
    substitute yields to the member. A deputy never replaces the delegate's vote. A proxy hands the entry of the roll
    over: the holder casts, and the giver too where the rules let its own vote come first; then the holder never
    replaces what the giver cast. The deadline itself is over.
    """
    mandate = _mandate(facts)
    if mandate is None:
        return _refused("no_mandate")
    if facts.voted_by is not None and mandate is not Kind.PROXY and not facts.is_giver_first:
        return _refused("handed_over")
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
    if _RANK[mandate] < _RANK[facts.earlier.kind]:
        return _refused("giver_has_voted" if mandate is Kind.PROXY else "delegate_has_voted")
    if _RANK[mandate] > _RANK[facts.earlier.kind]:
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
    if kinds and (facts.voted_by is None or facts.is_giver_first):
        return max(kinds, key=_RANK.__getitem__)
    for_holder = any(
        mandate.person == facts.person and mandate.partner == facts.voted_by and mandate.is_valid(facts.on)
        for mandate in facts.mandates
    )
    if for_holder:
        return Kind.PROXY
    return max(kinds, key=_RANK.__getitem__, default=None)


# Whose vote yields to whose: the holder of a proxy to the partner's own people, the deputy to the delegate.
_RANK = {Kind.PROXY: 0, Kind.DEPUTY: 1, Kind.DELEGATE: 2}


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
    "handed_over": Sentence(
        "Dieser Partner hat seine Stimme übertragen; nach den Verfahrensregeln stimmt nur der andere Partner "
        "für ihn ab.",
        "This partner has given a proxy; under the rules of procedure only the holder casts its vote.",
    ),
    "giver_has_voted": Sentence(
        "Der Partner, der seine Stimme übertragen hat, hat selbst abgestimmt; seine eigene Stimme gilt.",
        "The partner that gave the proxy has voted itself; its own vote counts.",
    ),
    "change_not_allowed": Sentence(
        "Dieser Partner hat bereits abgestimmt; die Verfahrensregeln lassen keine Änderung zu.",
        "This partner has voted already; the rules of procedure allow no change.",
    ),
}


def _refused(key: str) -> Refused:
    return Refused(key, _REASONS[key])
