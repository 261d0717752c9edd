"""Ready-made rules of procedure a committee can start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from committees.rules.rule_set import (
    Circular,
    Compare,
    LateItems,
    LateKind,
    Notice,
    Quorum,
    Rules,
    Share,
    Tie,
    Turnout,
)
from committees.rules.sentence import Sentence

MORE_THAN_HALF = Share(Compare.MORE_THAN, Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Preset:
    """Rules with the name the office chooses them by."""

    key: str
    name: Sentence
    rules: Rules


VWVFG = Preset(
    key="vwvfg",
    name=Sentence("gesetzlicher Standard (VwVfG §§ 88–93)", "statutory default (VwVfG §§ 88–93)"),
    # § 90 (1): more than half and at least three; written procedure unless one objects.
    # § 90 (2): a second invitation to the same item lifts the quorum if it says so.
    # § 91: majority of votes; on a tie the chair's vote decides, otherwise it is a rejection.
    rules=Rules(
        quorum=Quorum(Turnout(MORE_THAN_HALF, 3), is_lifted_by_second_invitation=True),
        tie=Tie.CHAIR,
        circular=Circular(objections_to_stop=1, minimum_days=14),
        notice=Notice(amount=14),
        late_items=LateItems(LateKind.ALL_PRESENT_AGREE),
    ),
)

EQUAL_SIMPLE = Preset(
    key="equal_simple",
    name=Sentence("gleiche Stimme, einfache Mehrheit", "equal vote, simple majority"),
    # facts.md 6, rules 1, 25, 27: one partner one vote, tie rejected, circular unless one objects.
    rules=Rules(
        quorum=Quorum(Turnout(MORE_THAN_HALF)),
        tie=Tie.REJECTED,
        circular=Circular(objections_to_stop=1, minimum_days=7),
        notice=Notice(amount=14),
        late_items=LateItems(LateKind.NOBODY_OBJECTS),
    ),
)

PRESETS: Mapping[str, Preset] = {preset.key: preset for preset in (VWVFG, EQUAL_SIMPLE)}
