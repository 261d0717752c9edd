"""The decision rules seen in real bodies, each set up as data and shown deciding right at its edges.

The numbers are those of the table in ``docs/rules.md``. Each case reads: these rules, this vote, that outcome.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from committees.rules.deadlines import calculate_notice, may_add_late_item
from committees.rules.describe import describe
from committees.rules.presets import DOUBLE_MAJORITY, LAZY_CONSENSUS, OBJECTION, UNANIMITY_WITH_FALLBACK, VWVFG
from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Binds,
    Circular,
    Compare,
    Group,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    Missing,
    Named,
    Notice,
    Proxies,
    ProxyKind,
    Quorum,
    QuorumOf,
    RuleError,
    Rules,
    Share,
    Stage,
    StageAfter,
    Tie,
    Turnout,
    Unit,
    WeightKind,
    Weights,
)
from committees.rules.verdict import Count, Tallies, decide

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "rules.md"

HALF = Share(Compare.AT_LEAST, Fraction(1, 2))
MORE_THAN_HALF = Share(Compare.MORE_THAN, Fraction(1, 2))
TWO_THIRDS = Share(Compare.AT_LEAST, Fraction(2, 3))
THREE_QUARTERS = Share(Compare.AT_LEAST, Fraction(3, 4))
EVERYBODY = Share(Compare.AT_LEAST, Fraction(1))
BUND = Named("bund", "Bund")
LAENDER = Group("Länder", ("land",))


@dataclass(frozen=True)
class Vote:
    """So many yes, no, abstained, missing, excluded; or the values of the partners in a key; and what else is known."""

    yes: int = 0
    no: int = 0
    abstained: int = 0
    missing: int = 0
    excluded: int = 0
    present: int | None = None
    yes_by: tuple[int, ...] = ()
    no_by: tuple[int, ...] = ()
    way: str = "meeting"
    around: dict = field(default_factory=dict)
    tallies: dict = field(default_factory=dict)

    def count(self, rules: Rules) -> Count:
        yes = self.yes + sum(rules.weights.of(Fraction(value)) for value in self.yes_by)
        no = self.no + sum(rules.weights.of(Fraction(value)) for value in self.no_by)
        roll = yes + no + self.abstained + self.missing + self.excluded
        return Count(roll, yes, no, self.abstained, self.missing, self.excluded, self.present)


TALLIES = {"key", "groups", "named", "is_chair_there", "minutes_waited", "consents"}


def vote(yes=0, no=0, abstained=0, missing=0, excluded=0, **more) -> Vote:
    own = {name: more.pop(name) for name in ("present", "yes_by", "no_by", "way") if name in more}
    tallies = {name: more.pop(name) for name in TALLIES & set(more)}
    return Vote(yes, no, abstained, missing, excluded, **own, around=more, tallies=tallies)


def circular(yes=0, no=0, abstained=0, missing=0, excluded=0, **more) -> Vote:
    return vote(yes, no, abstained, missing, excluded, way="circular", **more)


def share(share: Share, base: Base = Base.YES_NO, **more) -> Rules:
    abstention = Abstention.NOT_COUNTED if base is Base.YES_NO else Abstention.IN_BASE
    return Rules(**{"majority": Majority(MajorityKind.SHARE, share), "base": base, "abstention": abstention, **more})


def it_pl(yes: int, laender: int, key: int, bund: str | None) -> Vote:
    """A vote of Bund and Länder: how many Länder agree, and what share of the key they hold."""
    groups = {"Länder": Count(16, laender, 16 - laender, 0, 0, 0)}
    parts = Count(10_000_000, key, 10_000_000 - key, 0, 0, 0)
    return vote(yes, 17 - yes, named={"bund": bund}, groups=groups, key=parts)


BY_COST = share(TWO_THIRDS, Base.CAST, weights=Weights(WeightKind.STEPS, key="kostenanteil", step=Fraction(3)))
BY_TONS = Rules(weights=Weights(WeightKind.STEPS, key="tonnen", step=Fraction(300_000), free=Fraction(300_000), base=1))
KONSENS_16 = Rules(majority=Majority(MajorityKind.NO_OBJECTION, objections=10))
IT_NETZ = Rules(
    also=(
        Also(AlsoKind.CONSENT, partner=BUND),
        Also(AlsoKind.GROUP, number=11, group=LAENDER),
        Also(AlsoKind.KEY, share=TWO_THIRDS, key="koenigstein"),
    )
)
BURGENLAND = Rules(quorum=Quorum(Turnout(HALF), waits_minutes=30, is_chair_needed=True))
GIGV = share(
    TWO_THIRDS,
    abstention=Abstention.FORBIDDEN,
    quorum=Quorum(Turnout(number=5), counts=QuorumOf.PARTICIPATION),
    also=(Also(AlsoKind.NO_VETO, partner=Named("ministerium", "Ministerium")),),
)
DSL_B = Rules(tie=Tie.NEW_BALLOT, stages=(Stage(2, after=StageAfter.TIE, tie=Tie.CHAIR, wait_days=14),))
JMB = Rules(circular=Circular(consent=Turnout(EVERYBODY), participation=Turnout(TWO_THIRDS), objections_to_stop=None))
DHRV_LISTED = Rules(
    majority=Majority(MajorityKind.ALL),
    missing=Missing.ABSTENTION,
    circular=Circular(participation=Turnout(number=6), minimum_days=14),
)
BY_SEVEN_DAYS = Rules(
    circular=Circular(
        participation=Turnout(MORE_THAN_HALF), is_chair_needed=True, minimum_days=7, objections_to_stop=None
    )
)

REFUSED = "refused"

# Rules, then votes with the outcome, and, where it matters, words the verdict must say.
CASES: dict[str, tuple[Rules, list[tuple]]] = {
    # One partner, one vote
    "1": (Rules(), [(vote(2, 1), "adopted"), (vote(1, 1), "rejected"), (vote(1, 2), "rejected")]),
    # Bund, 11 of 16 Länder, two thirds of the key
    "4": (
        IT_NETZ,
        [
            (it_pl(12, laender=11, key=6_666_667, bund="yes"), "adopted", "66,66667 von 100 Anteilen"),
            (it_pl(12, laender=11, key=6_666_666, bund="yes"), "rejected", "66,66667 waren nötig"),
            (it_pl(11, laender=10, key=9_000_000, bund="yes"), "rejected", "Länder: 10 von 16"),
            (it_pl(16, laender=16, key=10_000_000, bund="no"), "rejected", "Bund hat mit Nein gestimmt"),
        ],
    ),
    "4-preset": (
        DOUBLE_MAJORITY.rules,
        [
            (vote(11, 5, key=Count(9, 6, 3, 0, 0, 0)), "adopted"),
            (vote(10, 0, missing=6, key=Count(9, 9, 0, 0, 0, 0)), "rejected"),
            (vote(11, 5, key=Count(9, 5, 4, 0, 0, 0)), "rejected"),
        ],
    ),
    # Recommendations by a simple majority of those present
    "5": (
        share(MORE_THAN_HALF, Base.PRESENT),
        [(vote(4, 1, missing=3, present=8), "rejected"), (vote(5, 1, missing=2, present=8), "adopted")],
    ),
    # Binds only those who agreed
    "6": (Rules(binds=Binds.AGREEING), [(vote(11, 5, 1), "adopted", "bindet nur, wer zugestimmt hat: 11 von 17")]),
    # Passes unless more than 10 of 16, more than 2 of 5 object
    "7-of-16": (
        KONSENS_16,
        [
            (vote(6, 10), "adopted"),
            (vote(5, 11), "rejected", "11 Widersprüche genügen"),
            (vote(missing=16), "adopted"),
        ],
    ),
    "7-of-5": (
        OBJECTION.rules,
        [(vote(3, 2), "adopted"), (vote(2, 3), "rejected"), (vote(2, 0, missing=3), "no_quorum")],
    ),
    # A named partner's veto, with reasons
    "8": (
        Rules(also=(Also(AlsoKind.NO_VETO, partner=BUND),), is_reason_needed_for_no=True),
        [
            (vote(15, 2, named={"bund": "no"}), "rejected", "dieses Nein verhindert die Vorlage"),
            (vote(15, 2, named={"bund": "abstain"}), "adopted"),
            (vote(15, 2, named={"bund": None}), "adopted"),
        ],
    ),
    # One vote per started 3 % of the costs, two thirds of the votes cast
    "9": (
        BY_COST,
        [
            (vote(yes_by=(50,), no_by=(24,)), "adopted", "17 von 25 abgegebenen Stimmen"),
            (vote(yes_by=(50,), no_by=(25,)), "rejected", "18 waren nötig"),
            (vote(yes_by=(3,), no_by=()), "adopted", "1 von 1 abgegebenen Stimme"),
        ],
    ),
    # One more vote per started 300,000 t above 300,000 t
    "10": (
        BY_TONS,
        [
            (vote(yes_by=(300_000,), no_by=(300_000,)), "rejected", "Stimmengleichheit, je 1"),
            (vote(yes_by=(300_001,), no_by=(300_000,)), "adopted", "2 Stimmen lauteten auf Ja"),
            (vote(yes_by=(900_000,), no_by=(600_000, 0)), "rejected", "Stimmengleichheit, je 3"),
            (vote(yes_by=(900_001,), no_by=(600_000, 0)), "adopted"),
        ],
    ),
    # At most three votes; one in decisions by three quarters
    "11": (
        Rules(weights=Weights(WeightKind.LISTED, key="stimmen", cap=3)),
        [(vote(yes_by=(5,), no_by=(1, 1)), "adopted"), (vote(yes_by=(5,), no_by=(2, 1)), "rejected")],
    ),
    "11-three-quarters": (share(THREE_QUARTERS), [(vote(3, 1), "adopted"), (vote(5, 2), "rejected")]),
    # Bund and two thirds, the affected Land has no vote
    "12": (
        share(TWO_THIRDS, Base.ROLL, also=(Also(AlsoKind.CONSENT, partner=BUND),)),
        [
            (vote(11, 5, excluded=1, named={"bund": "yes"}), "adopted", "11 von 16 Partnern mit Stimmrecht"),
            (vote(10, 6, excluded=1, named={"bund": "yes"}), "rejected"),
            (vote(11, 6, named={"bund": "yes"}), "rejected", "12 waren nötig"),
            (vote(15, 1, excluded=1, named={"bund": "no"}), "rejected"),
        ],
    ),
    # Unanimous, after two ballots a majority of the members, on a tie the chair
    "13": (
        UNANIMITY_WITH_FALLBACK.rules,
        [
            (vote(9), "adopted"),
            (vote(8, 1), "undecided", "Es folgt der 2. Wahlgang"),
            (vote(8, 1, number=2), "undecided", "Es folgt der 3. Wahlgang"),
            (vote(5, 4, number=3), "adopted"),
            (vote(4, 3, 2, number=3), "rejected"),
            (vote(4, 4, number=3, chair_choice="yes"), "adopted"),
            (vote(4, 4, number=3, chair_choice="no"), "rejected"),
        ],
    ),
    # More than half and at least three; a second invitation lifts it
    "14": (
        VWVFG.rules,
        [
            (vote(2), "no_quorum", "3 waren nötig"),
            (vote(3, missing=2), "adopted"),
            (vote(3, missing=3), "no_quorum", "4 waren nötig"),
            (vote(1, missing=7, is_second_invitation=True), "adopted"),
        ],
    ),
    # Six members
    "15": (
        Rules(quorum=Quorum(Turnout(number=6))),
        [(vote(3, missing=16, present=5), "no_quorum"), (vote(3, missing=16, present=6), "adopted")],
    ),
    # Half and the chair; after 30 minutes any number
    "16": (
        BURGENLAND,
        [
            (vote(3, missing=5, present=4, is_chair_there=True), "adopted"),
            (vote(3, missing=5, present=3, is_chair_there=True, minutes_waited=29), "no_quorum"),
            (vote(3, missing=5, present=3, is_chair_there=True, minutes_waited=30), "adopted"),
            (vote(3, missing=5, present=8, is_chair_there=False), "no_quorum", "Der Vorsitz ist nicht anwesend"),
        ],
    ),
    # Half take part, abstentions included, and at least three
    "17": (
        Rules(quorum=Quorum(Turnout(HALF, 3), counts=QuorumOf.PARTICIPATION)),
        [
            (vote(2, 0, 1, missing=3, present=6), "adopted"),
            (vote(2, 0, 1, missing=4, present=7), "no_quorum", "4 waren nötig"),
            (vote(2, missing=2), "no_quorum", "3 waren nötig"),
        ],
    ),
    # Two thirds of at least five votes, no abstention, the ministry's veto
    "18": (
        GIGV,
        [
            (vote(4, 2, named={"ministerium": "yes"}), "adopted"),
            (vote(3, 2, named={"ministerium": "yes"}), "rejected"),
            (vote(4, 0, missing=3, named={"ministerium": "yes"}), "no_quorum"),
            (vote(5, 1, named={"ministerium": "no"}), "rejected"),
            (vote(5, 0, 1, named={"ministerium": "yes"}), REFUSED, "keine Enthaltung"),
        ],
    ),
    # Three quarters of the votes cast; and a majority of the members as well
    "19": (share(THREE_QUARTERS), [(vote(3, 1), "adopted"), (vote(8, 3), "rejected"), (vote(9, 3), "adopted")]),
    "19-and-members": (
        share(THREE_QUARTERS, also=(Also(AlsoKind.SHARE, share=MORE_THAN_HALF, base=Base.ROLL),)),
        [(vote(3, 1, missing=2), "rejected"), (vote(4, 1, missing=2), "adopted"), (vote(4, 2, missing=0), "rejected")],
    ),
    # All
    "20": (
        Rules(majority=Majority(MajorityKind.ALL), base=Base.ROLL, abstention=Abstention.IN_BASE),
        [(vote(9), "adopted"), (vote(8, missing=1), "rejected"), (vote(8, 0, 1), "rejected")],
    ),
    # Abstentions are not counted, count like no, are forbidden
    "21": (Rules(), [(vote(2, 1, 30), "adopted"), (vote(0, 0, 30), "rejected")]),
    "22": (
        share(MORE_THAN_HALF, Base.PRESENT),
        [(vote(4, 2, 2, present=8), "rejected"), (vote(5, 1, 2, present=8), "adopted")],
    ),
    "23": (
        Rules(abstention=Abstention.FORBIDDEN),
        [(vote(2, 1), "adopted"), (vote(2, 1, 1), REFUSED, "keine Enthaltung")],
    ),
    # A tie: the chair, a rejection, another ballot after two weeks
    "24": (
        Rules(tie=Tie.CHAIR),
        [
            (vote(4, 4, chair_choice="yes"), "adopted"),
            (vote(4, 4, chair_choice="no"), "rejected"),
            (vote(4, 4, 1, chair_choice="abstain"), "rejected"),
            (vote(4, 4, is_chair_awaited=True), "tie", "Die Entscheidung des Vorsitzes steht noch aus"),
        ],
    ),
    "25": (Rules(), [(vote(4, 4, chair_choice="yes"), "rejected", "gilt als Ablehnung"), (vote(5, 4), "adopted")]),
    "26": (
        DSL_B,
        [
            (vote(4, 4), "undecided", "Es folgt der 2. Wahlgang, frühestens 14 Tage nach diesem"),
            (vote(3, 4, 1), "rejected"),
            (vote(4, 4, number=2, chair_choice="yes"), "adopted"),
        ],
    ),
    # Circular unless one, unless two object; with half taking part
    "27": (
        Rules(circular=Circular(objections_to_stop=1, participation=Turnout(HALF))),
        [
            (circular(3, 1, missing=4), "adopted"),
            (circular(3, 1, missing=4, objections=1), "stopped"),
            (circular(3, 0, missing=5), "no_quorum"),
        ],
    ),
    "28": (
        Rules(circular=Circular(objections_to_stop=2)),
        [(circular(3, 1, objections=1), "adopted"), (circular(3, 1, objections=2), "stopped")],
    ),
    # Circular only if all agree to it, and two thirds take part
    "29": (
        JMB,
        [
            (circular(6, missing=3, consents=9), "adopted"),
            (circular(6, missing=3, consents=8), "stopped", "8 von 9 Partnern haben dem Umlauf zugestimmt"),
            (circular(5, missing=4, consents=9), "no_quorum", "6 waren nötig"),
        ],
    ),
    # Circular for listed matters: unanimous, six at least, late is an abstention
    "30": (
        DHRV_LISTED,
        [
            (circular(6, missing=3), "adopted"),
            (circular(5, 0, 1, missing=3), "adopted"),
            (circular(5, missing=4), "no_quorum"),
            (circular(6, 1, missing=2), "rejected"),
        ],
    ),
    "30-other-matters": (
        replace(DHRV_LISTED, circular=Circular(is_allowed=False)),
        [(circular(9), REFUSED, "keinen Umlaufbeschluss"), (vote(9), "adopted")],
    ),
    # Urgent: seven days, more than half with the chair; else the next meeting
    "31": (
        BY_SEVEN_DAYS,
        [
            (circular(4, 1, missing=4, is_chair_there=True), "adopted"),
            (circular(4, 1, missing=5, is_chair_there=True), "no_quorum"),
            (circular(8, 1, is_chair_there=False), "no_quorum", "Der Vorsitz hat nicht abgestimmt"),
        ],
    ),
    # A missing vote is an abstention
    "32": (
        share(MORE_THAN_HALF, Base.CAST, missing=Missing.ABSTENTION),
        [
            (circular(4, 1, missing=4), "rejected"),
            (circular(5, 1, missing=3), "adopted"),
            (vote(4, 1, missing=4), "adopted"),
        ],
    ),
    # All asked, half answer in text form by the day, the majority needed
    "33": (
        Rules(circular=Circular(objections_to_stop=None, participation=Turnout(HALF))),
        [
            (circular(3, 1, missing=4), "adopted"),
            (circular(3, missing=5), "no_quorum"),
            (circular(2, 2, missing=4), "rejected"),
        ],
    ),
    # Who is concerned does not vote and leaves quorum and majority
    "43": (
        replace(VWVFG.rules, is_conflict_decided_by_body=True),
        [
            (vote(3, 2, missing=4, excluded=1), "adopted", "5 von 9 Partnern"),
            (vote(3, 2, missing=5), "no_quorum", "6 waren nötig"),
        ],
    ),
    # Lazy: no reasoned veto and a few yes; a veto is overridden by a majority of all
    "46": (
        LAZY_CONSENSUS.rules,
        [
            (circular(2, missing=7), "adopted"),
            (circular(1, missing=8), "undecided", "mindestens 2 waren nötig"),
            (circular(7, 1, missing=1), "undecided", "1 Widerspruch genügt"),
            (circular(5, 1, missing=3, number=2), "adopted"),
            (circular(4, 1, missing=4, number=2), "rejected"),
        ],
    ),
    "46-plus-four": (
        Rules(majority=Majority(MajorityKind.NO_OBJECTION, objections=0, minimum_yes=4)),
        [
            (circular(4, missing=5), "adopted"),
            (circular(3, missing=6), "rejected", "die Vorlage verfällt"),
            (circular(8, 1), "rejected"),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule_decides_right_at_its_edges(case):
    rules, ballots = CASES[case]
    assert Rules.from_data(rules.to_data()) == rules
    for ballot, outcome, *words in ballots:
        if outcome == REFUSED:
            with pytest.raises(RuleError, match=words[0]):
                judge(rules, ballot)
            continue
        verdict = judge(rules, ballot)
        assert verdict.outcome == outcome, ballot
        said = " ".join(str(condition.sentence) for condition in verdict.conditions)
        assert all(text in said for text in words), said


def judge(rules, ballot):
    return decide(rules, ballot.count(rules), way=ballot.way, tallies=Tallies(**ballot.tallies), **ballot.around)


# Sent on Monday, 2 November 2026; the first day on which the meeting may be held, and how short it may be if urgent.
NOTICES = {
    "34": (Notice(amount=4, unit=Unit.WEEKS), date(2026, 12, 1), None),
    "35": (Notice(amount=2, unit=Unit.WEEKS, is_meeting_day_counted=True), date(2026, 11, 16), None),
    "35-waivable": (Notice(amount=2, unit=Unit.WEEKS, is_waivable=True), date(2026, 11, 17), None),
    "36-10-days": (Notice(amount=10, urgent_amount=3), date(2026, 11, 13), date(2026, 11, 6)),
    "36-15-days": (Notice(amount=15), date(2026, 11, 18), None),
    "36-1-week": (Notice(amount=1, unit=Unit.WEEKS), date(2026, 11, 10), None),
}


@pytest.mark.parametrize("case", NOTICES)
def test_the_notice_is_kept_from_its_first_day_on(case):
    notice, first, urgent = NOTICES[case]
    sent, day = date(2026, 11, 2), timedelta(days=1)
    assert calculate_notice(sent, notice, meeting_on=first).is_kept
    too_early = calculate_notice(sent, notice, meeting_on=first - day)
    assert not too_early.is_kept
    assert notice.is_waivable == ("verzichten" in " ".join(str(line) for line in too_early.sentences))
    if urgent is None:
        assert notice.urgent_amount is None
    else:
        assert calculate_notice(sent, notice, meeting_on=urgent, is_urgent=True).is_kept
        assert not calculate_notice(sent, notice, meeting_on=urgent - day, is_urgent=True).is_kept


LATE_ITEMS = {
    "37-all-agree": (LateItems(LateKind.ALL_PRESENT_AGREE), {"all_present_agree": True}, {"nobody_objects": True}),
    "37-a-week-before": (
        LateItems(LateKind.UNTIL_DAYS_BEFORE, 7),
        {"on": date(2026, 11, 9)},
        {"on": date(2026, 11, 10)},
    ),
    "37-nobody-objects": (LateItems(LateKind.NOBODY_OBJECTS), {"nobody_objects": True}, {}),
}


@pytest.mark.parametrize("case", LATE_ITEMS)
def test_a_late_item_comes_onto_the_agenda_as_the_rule_says(case):
    late, comes, does_not = LATE_ITEMS[case]
    days = {"on": date(2026, 11, 15), "meeting_on": date(2026, 11, 16)}
    assert may_add_late_item(late, **days | comes) is None
    assert may_add_late_item(late, **days | does_not) is not None


PROXIES = {
    "39": (Proxies(ProxyKind.PARTNERS, 1), "jeder vertritt höchstens einen anderen"),
    "40": (Proxies(ProxyKind.PARTNERS, 2), "jeder vertritt höchstens 2 andere"),
    "41": (Proxies(), "kann nicht auf einen anderen Partner übertragen werden"),
    "42": (Proxies(ProxyKind.PARTNERS, is_giver_first=True), "gilt seine eigene Stimme"),
}


@pytest.mark.parametrize("case", PROXIES)
def test_a_proxy_rule_is_data_and_is_said(case):
    proxies, words = PROXIES[case]
    rules = Rules(proxies=proxies)
    assert Rules.from_data(rules.to_data()).proxies == proxies
    assert words in " ".join(str(line) for line in describe(rules))


# The page


def named_on(page: str) -> tuple[set[str], set[str]]:
    """The cases (``[4]``) and the other tests (``tests/….py::test_…``) the page names."""
    return set(re.findall(r"`\[([\w-]+)\]`", page)), set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", page))


def test_the_page_lists_every_rule_and_every_case_once():
    page = PAGE.read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    assert sorted(numbers) == list(range(1, 55))
    assert named_on(page)[0] == {*CASES, *NOTICES, *LATE_ITEMS, *PROXIES}
    for case in named_on(page)[0]:
        row = re.search(rf"^\| {case.split('-')[0]} \|.*`\[{case}\]`", page, re.MULTILINE)
        assert row, f"{case} stands in the row of another rule"


def test_the_page_names_tests_that_exist():
    for name in named_on(PAGE.read_text(encoding="utf-8"))[1]:
        path, _, test = name.partition("::")
        assert f"\ndef {test}(" in (ROOT / path).read_text(encoding="utf-8"), name
