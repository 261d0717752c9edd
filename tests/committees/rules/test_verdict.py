from dataclasses import replace
from fractions import Fraction

import pytest

from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.rules.rule_set import (
    Abstention,
    Base,
    Circular,
    Compare,
    Majority,
    MajorityKind,
    Missing,
    Quorum,
    RuleError,
    Rules,
    Share,
    Tie,
    Turnout,
)
from committees.rules.verdict import Count, decide, tally

FREE = replace(EQUAL_SIMPLE.rules, quorum=Quorum())
HALF = Share(Compare.MORE_THAN, Fraction(1, 2))
TWO_THIRDS = Share(Compare.AT_LEAST, Fraction(2, 3))


# Sentences people read


def test_the_quorum_is_explained_in_one_sentence():
    verdict = decide(EQUAL_SIMPLE.rules, Count(34, 17, 3, 1, 13, 0), way="circular")
    assert [str(condition.sentence) for condition in verdict.conditions] == [
        "Kein Partner hat dem Umlaufverfahren widersprochen, 1 Widerspruch hätte es beendet: "
        "das Verfahren bleibt zulässig.",
        "21 von 34 Partnern haben teilgenommen, 18 waren nötig: beschlussfähig.",
        "17 Partner stimmten mit Ja und 3 mit Nein, 4 Ja waren nötig: Mehrheit erreicht.",
    ]
    assert verdict.conditions[1].sentence.en == "21 of 34 partners took part, 18 were needed: quorum reached."
    assert verdict.sentence.de == "Die Vorlage ist angenommen."


def test_not_enough_taking_part_is_not_a_rejection():
    verdict = decide(EQUAL_SIMPLE.rules, Count(34, 1, 9, 0, 24, 0), way="meeting")
    assert verdict.outcome == "no_quorum"
    assert str(verdict.conditions[-1].sentence) == (
        "10 von 34 Partnern haben teilgenommen, 18 waren nötig: nicht beschlussfähig."
    )


def test_one_partner_is_spoken_of_in_the_singular():
    verdict = decide(EQUAL_SIMPLE.rules, Count(1, 1, 0, 0, 0, 0), way="meeting")
    assert verdict.outcome == "adopted"
    assert [str(condition.sentence) for condition in verdict.conditions] == [
        "1 von 1 Partner hat teilgenommen, 1 war nötig: beschlussfähig.",
        "1 Partner stimmte mit Ja und 0 mit Nein, 1 Ja war nötig: Mehrheit erreicht.",
    ]


def test_presence_counts_for_the_quorum_of_a_meeting():
    verdict = decide(VWVFG.rules, Count(10, 2, 1, 0, 7, 0, present=6), way="meeting")
    assert verdict.outcome == "adopted"
    assert str(verdict.conditions[0].sentence) == "6 von 10 Partnern waren anwesend, 6 waren nötig: beschlussfähig."


# Edges


@pytest.mark.parametrize("rules", [FREE, EQUAL_SIMPLE.rules, VWVFG.rules])
@pytest.mark.parametrize("way", ["meeting", "circular"])
def test_no_votes_at_all_make_no_resolution(rules, way):
    assert decide(rules, Count(5, 0, 0, 0, 5, 0), way=way).outcome == "no_quorum"
    assert decide(rules, Count(0, 0, 0, 0, 0, 0), way=way).outcome == "no_quorum"
    assert decide(rules, Count(2, 0, 0, 0, 0, 2), way=way).outcome == "no_quorum"


@pytest.mark.parametrize("tie", list(Tie))
def test_abstentions_alone_reject_and_are_no_tie(tie):
    verdict = decide(replace(FREE, tie=tie), Count(5, 0, 0, 5, 0, 0), way="meeting", chair_choice="yes")
    assert verdict.outcome == "rejected"
    assert str(verdict.conditions[-1].sentence) == (
        "0 Partner stimmten mit Ja und 0 mit Nein, 1 Ja war nötig: Mehrheit verfehlt."
    )


@pytest.mark.parametrize(
    ("share", "yes", "no", "outcome"),
    [
        (TWO_THIRDS, 2, 1, "adopted"),
        (TWO_THIRDS, 20, 10, "adopted"),
        (TWO_THIRDS, 19, 10, "rejected"),
        (Share(Compare.MORE_THAN, Fraction(2, 3)), 2, 1, "rejected"),
        (Share(Compare.MORE_THAN, Fraction(2, 3)), 21, 10, "adopted"),
        (HALF, 5, 5, "rejected"),
        (HALF, 6, 5, "adopted"),
        (Share(Compare.AT_LEAST, Fraction(1, 2)), 5, 5, "adopted"),
        (Share(Compare.AT_LEAST, Fraction(3, 4)), 3, 1, "adopted"),
        (Share(Compare.AT_LEAST, Fraction(1)), 4, 0, "adopted"),
        (Share(Compare.AT_LEAST, Fraction(1)), 4, 1, "rejected"),
    ],
)
def test_exact_fractions_are_exact(share, yes, no, outcome):
    rules = replace(FREE, majority=Majority(MajorityKind.SHARE, share))
    assert decide(rules, Count(yes + no, yes, no, 0, 0, 0), way="meeting").outcome == outcome


@pytest.mark.parametrize(
    ("base", "count", "outcome", "needed"),
    [
        (Base.CAST, Count(10, 4, 2, 2, 2, 0), "rejected", 5),
        (Base.CAST, Count(10, 5, 2, 2, 1, 0), "adopted", 5),
        (Base.PRESENT, Count(10, 4, 1, 0, 5, 0, present=8), "rejected", 5),
        (Base.PRESENT, Count(10, 4, 1, 0, 5, 0, present=7), "adopted", 4),
        (Base.ROLL, Count(10, 5, 0, 0, 5, 0), "rejected", 6),
        (Base.ROLL, Count(10, 5, 0, 0, 4, 1), "adopted", 5),
    ],
)
def test_the_base_is_what_a_share_is_of(base, count, outcome, needed):
    rules = replace(FREE, majority=Majority(MajorityKind.SHARE, HALF), base=base, abstention=Abstention.IN_BASE)
    verdict = decide(rules, count, way="meeting")
    assert verdict.outcome == outcome
    assert verdict.conditions[-1].needed == needed


@pytest.mark.parametrize(
    ("base", "count", "outcome"),
    [
        (Base.YES_NO, Count(5, 3, 0, 1, 1, 0), "adopted"),
        (Base.CAST, Count(5, 3, 0, 1, 1, 0), "rejected"),
        (Base.CAST, Count(5, 4, 0, 0, 1, 0), "adopted"),
        (Base.ROLL, Count(5, 4, 0, 0, 1, 0), "rejected"),
        (Base.ROLL, Count(5, 4, 0, 0, 0, 1), "adopted"),
    ],
)
def test_all_means_all_of_the_base(base, count, outcome):
    rules = replace(
        FREE,
        majority=Majority(MajorityKind.ALL),
        base=base,
        abstention=Abstention.NOT_COUNTED if base is Base.YES_NO else Abstention.IN_BASE,
    )
    assert decide(rules, count, way="meeting").outcome == outcome


@pytest.mark.parametrize(
    ("tie", "chair", "outcome"),
    [
        (Tie.REJECTED, "yes", "rejected"),
        (Tie.NEW_BALLOT, "yes", "tie"),
        (Tie.CHAIR, "yes", "adopted"),
        (Tie.CHAIR, "no", "rejected"),
        (Tie.CHAIR, "abstain", "rejected"),
        (Tie.CHAIR, None, "rejected"),
    ],
)
def test_equal_votes_end_as_the_rules_say(tie, chair, outcome):
    verdict = decide(replace(FREE, tie=tie), Count(9, 4, 4, 1, 0, 0), way="meeting", chair_choice=chair)
    assert verdict.outcome == outcome
    assert verdict.conditions[-1].key == "tie"
    assert str(verdict.conditions[-1].sentence).startswith("Stimmengleichheit, je 4: ")


def test_equal_votes_with_abstentions_in_the_base_are_no_tie():
    rules = replace(
        FREE,
        majority=Majority(MajorityKind.SHARE, HALF),
        base=Base.CAST,
        abstention=Abstention.IN_BASE,
        tie=Tie.NEW_BALLOT,
    )
    assert decide(rules, Count(9, 4, 4, 1, 0, 0), way="meeting").outcome == "rejected"
    assert decide(rules, Count(8, 4, 4, 0, 0, 0), way="meeting").outcome == "tie"


def test_more_than_half_and_at_least_three():
    """VwVfG § 90 (1): of two entitled partners both together are not enough."""
    assert decide(VWVFG.rules, Count(2, 2, 0, 0, 0, 0), way="meeting").outcome == "no_quorum"
    assert decide(VWVFG.rules, Count(4, 2, 0, 0, 2, 0), way="meeting").outcome == "no_quorum"
    assert decide(VWVFG.rules, Count(4, 3, 0, 0, 1, 0), way="meeting").outcome == "adopted"
    assert decide(VWVFG.rules, Count(8, 4, 0, 0, 4, 0), way="meeting").outcome == "no_quorum"


def test_a_second_invitation_lifts_the_quorum_of_a_meeting_only():
    count = Count(8, 1, 0, 0, 7, 0)
    assert decide(VWVFG.rules, count, way="meeting", is_second_invitation=True).outcome == "adopted"
    assert decide(VWVFG.rules, count, way="circular", is_second_invitation=True).outcome == "no_quorum"
    assert decide(EQUAL_SIMPLE.rules, count, way="meeting", is_second_invitation=True).outcome == "no_quorum"


def test_excluded_partners_leave_quorum_and_base_and_are_counted_apart():
    with_them = Count(10, 5, 0, 0, 5, 0)
    without = Count(10, 5, 0, 0, 4, 1)
    assert decide(EQUAL_SIMPLE.rules, with_them, way="meeting").outcome == "no_quorum"
    verdict = decide(EQUAL_SIMPLE.rules, without, way="meeting")
    assert verdict.outcome == "adopted"
    assert str(verdict.conditions[0].sentence).startswith("5 von 9 Partnern")
    assert verdict.count.excluded == 1


# Circular ballots (Q9)


def circular(**changes) -> Rules:
    return replace(FREE, circular=replace(Circular(), **changes))


@pytest.mark.parametrize(
    ("limit", "objections", "outcome"),
    [(1, 0, "adopted"), (1, 1, "stopped"), (2, 1, "adopted"), (2, 2, "stopped"), (None, 9, "adopted")],
)
def test_objections_stop_a_circular_ballot(limit, objections, outcome):
    rules = circular(objections_to_stop=limit)
    count = Count(9, 5, 4, 0, 0, 0)
    assert decide(rules, count, way="circular", objections=objections).outcome == outcome
    assert decide(rules, count, way="meeting", objections=objections).outcome == "adopted"


def test_a_stopped_ballot_says_why():
    verdict = decide(circular(), Count(9, 5, 4, 0, 0, 0), way="circular", objections=1)
    assert str(verdict.conditions[0].sentence) == (
        "1 Partner hat dem Umlaufverfahren widersprochen, 1 Widerspruch genügt: der Umlauf ist beendet."
    )
    assert len(verdict.conditions) == 1


def test_the_floor_of_participation_is_held():
    rules = circular(participation=Turnout(Share(Compare.AT_LEAST, Fraction(1, 2))))
    assert decide(rules, Count(8, 3, 0, 0, 5, 0), way="circular").outcome == "no_quorum"
    assert decide(rules, Count(8, 3, 0, 1, 4, 0), way="circular").outcome == "adopted"
    assert decide(rules, Count(8, 3, 0, 0, 5, 0), way="meeting").outcome == "adopted"


def test_silence_counts_as_the_rules_say():
    in_base = {
        "majority": Majority(MajorityKind.SHARE, HALF),
        "base": Base.CAST,
        "abstention": Abstention.IN_BASE,
    }
    count = Count(9, 4, 0, 0, 5, 0)
    assert decide(replace(FREE, **in_base), count, way="circular").outcome == "adopted"
    rules = replace(FREE, **in_base, missing=Missing.ABSTENTION)
    assert decide(rules, count, way="circular").outcome == "rejected"
    assert decide(rules, count, way="meeting").outcome == "adopted"
    rules = replace(FREE, missing=Missing.CONSENT)
    verdict = decide(rules, Count(9, 0, 4, 0, 5, 0), way="circular")
    assert verdict.outcome == "adopted"
    assert "5 Partner stimmten mit Ja (davon 5 durch Schweigen)" in verdict.conditions[-1].sentence.de
    assert decide(rules, Count(9, 0, 0, 0, 9, 0), way="circular").outcome == "adopted"
    assert decide(rules, Count(9, 0, 0, 0, 9, 0), way="meeting").outcome == "no_quorum"


def test_silence_never_makes_a_quorum():
    for missing in Missing:
        rules = replace(EQUAL_SIMPLE.rules, missing=missing)
        assert decide(rules, Count(9, 4, 0, 0, 5, 0), way="circular").outcome == "no_quorum"


def test_where_all_must_agree_a_missing_vote_is_no_rejection():
    """BGB § 32 (3)."""
    rules = circular(is_unanimity_needed=True)
    assert decide(rules, Count(3, 3, 0, 0, 0, 0), way="circular").outcome == "adopted"
    assert decide(rules, Count(3, 2, 0, 0, 1, 0), way="circular").outcome == "no_quorum"
    assert decide(rules, Count(3, 2, 0, 1, 0, 0), way="circular").outcome == "rejected"
    assert decide(rules, Count(3, 2, 1, 0, 0, 0), way="circular").outcome == "rejected"
    assert decide(rules, Count(3, 2, 0, 0, 0, 1), way="circular").outcome == "adopted"
    assert decide(rules, Count(3, 2, 1, 0, 0, 0), way="meeting").outcome == "adopted"


# Refusals


def test_a_circular_ballot_where_none_is_allowed_is_refused():
    with pytest.raises(RuleError, match="keinen Umlaufbeschluss"):
        decide(circular(is_allowed=False), Count(1, 1, 0, 0, 0, 0), way="circular")


def test_an_abstention_where_none_is_allowed_is_refused():
    with pytest.raises(RuleError, match="keine Enthaltung"):
        decide(replace(FREE, abstention=Abstention.FORBIDDEN), Count(1, 0, 0, 1, 0, 0), way="meeting")


@pytest.mark.parametrize(
    "numbers",
    [
        (3, 1, 1, 0, 0, 0),
        (3, 4, -1, 0, 0, 0),
        (3, 1, 1, 1, 0, 0, 2),
        (3, 1, 0, 0, 1, 1, 3),
    ],
)
def test_a_count_that_does_not_add_up_is_refused(numbers):
    with pytest.raises(ValueError):
        Count(*numbers)


def test_votes_from_outside_the_roll_or_of_excluded_partners_are_refused():
    with pytest.raises(ValueError, match="may not vote"):
        tally(["A"], {"B": "yes"})
    with pytest.raises(ValueError, match="may not vote"):
        tally(["A", "B"], {"B": "yes"}, excluded=["B"])
    with pytest.raises(ValueError):
        tally(["A"], {"A": "maybe"})


def test_who_voted_is_present_even_if_not_noted_down():
    assert tally("ABCD", {"A": "yes"}, excluded="D", present="BD").present == 2


def test_an_unknown_way_or_choice_is_refused():
    with pytest.raises(ValueError):
        decide(FREE, Count(1, 1, 0, 0, 0, 0), way="letter")
    with pytest.raises(ValueError):
        decide(FREE, Count(1, 1, 0, 0, 0, 0), way="meeting", chair_choice="maybe")
    with pytest.raises(ValueError):
        decide(FREE, Count(1, 1, 0, 0, 0, 0), way="circular", objections=-1)
