"""Ready-made rules of procedure a committee can start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Circular,
    Compare,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    Missing,
    Notice,
    Quorum,
    Rules,
    Share,
    Stage,
    Tie,
    Turnout,
    Unit,
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

DOUBLE_MAJORITY = Preset(
    key="double_majority",
    name=Sentence("doppelte Mehrheit nach Schlüssel", "double majority by key"),
    # facts.md 6, rule 4 (IT-Planungsrat): 11 of 16 who agree, and with them two thirds of the shares of the
    # Königsteiner Schlüssel, a key the office enters. That the Bund agrees needs its name and is added by hand.
    # Rules 21, 27, 32: abstentions are not counted, circular unless one objects, a missing vote is an abstention.
    rules=Rules(
        quorum=Quorum(Turnout(MORE_THAN_HALF)),
        majority=Majority(MajorityKind.SHARE, Share(Compare.AT_LEAST, Fraction(11, 16))),
        base=Base.ROLL,
        abstention=Abstention.IN_BASE,
        also=(Also(AlsoKind.KEY, share=Share(Compare.AT_LEAST, Fraction(2, 3)), key="koenigstein"),),
        missing=Missing.ABSTENTION,
        circular=Circular(objections_to_stop=1, minimum_days=14),
        notice=Notice(amount=4, unit=Unit.WEEKS),
        late_items=LateItems(LateKind.ALL_PRESENT_AGREE),
    ),
)

OBJECTION = Preset(
    key="objection",
    name=Sentence("Widerspruchsregel", "objection rule"),
    # facts.md 6, rule 7 (KONSENS): passes unless more than two object; silence is no objection, so there is a
    # quorum for meetings and time enough for circular ballots.
    rules=Rules(
        quorum=Quorum(Turnout(MORE_THAN_HALF)),
        majority=Majority(MajorityKind.NO_OBJECTION, objections=2),
        is_reason_needed_for_no=True,
        circular=Circular(objections_to_stop=1, minimum_days=14),
        notice=Notice(amount=14),
        late_items=LateItems(LateKind.NOBODY_OBJECTS),
    ),
)

UNANIMITY_WITH_FALLBACK = Preset(
    key="unanimity_fallback",
    name=Sentence("Einstimmigkeit mit Rückfall", "unanimity with fallback"),
    # facts.md 6, rules 13, 24, 30, 32, 35, 37 (DHRV § 8): unanimous; after two ballots a majority of the members;
    # on a tie the chair; circular within two weeks, a late vote is an abstention.
    rules=Rules(
        quorum=Quorum(Turnout(MORE_THAN_HALF)),
        majority=Majority(MajorityKind.ALL),
        stages=(
            Stage(
                3,
                majority=Majority(MajorityKind.SHARE, MORE_THAN_HALF),
                base=Base.ROLL,
                abstention=Abstention.IN_BASE,
                tie=Tie.CHAIR,
            ),
        ),
        missing=Missing.ABSTENTION,
        circular=Circular(objections_to_stop=1, minimum_days=14),
        notice=Notice(amount=14, is_waivable=True),
        late_items=LateItems(LateKind.ALL_PRESENT_AGREE),
    ),
)

LAZY_CONSENSUS = Preset(
    key="lazy_consensus",
    name=Sentence("technische Abstimmung (lazy consensus)", "technical vote (lazy consensus)"),
    # facts.md 6, rule 46 (MapServer, openEO, STAC): open for some days, adopted with a few yes and no reasoned veto;
    # a veto is overridden by a majority of all who are entitled. Everybody sees how it stands.
    rules=Rules(
        majority=Majority(MajorityKind.NO_OBJECTION, objections=0, minimum_yes=2),
        stages=(
            Stage(
                2,
                majority=Majority(MajorityKind.SHARE, MORE_THAN_HALF),
                base=Base.ROLL,
                abstention=Abstention.IN_BASE,
            ),
        ),
        is_reason_needed_for_no=True,
        is_tally_visible=True,
        circular=Circular(objections_to_stop=None, minimum_days=7),
        notice=Notice(amount=7),
        late_items=LateItems(LateKind.NOBODY_OBJECTS),
    ),
)

PRESETS: Mapping[str, Preset] = {
    preset.key: preset
    for preset in (VWVFG, EQUAL_SIMPLE, DOUBLE_MAJORITY, OBJECTION, UNANIMITY_WITH_FALLBACK, LAZY_CONSENSUS)
}
