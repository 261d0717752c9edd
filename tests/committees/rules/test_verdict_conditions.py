"""Every setting of the rules of procedure at its edges: weights, quorum, second conditions, objections, stages."""

from dataclasses import replace
from fractions import Fraction

import pytest

from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import (
    Also,
    AlsoKind,
    Base,
    Binds,
    Circular,
    Compare,
    Group,
    Majority,
    MajorityKind,
    Missing,
    Named,
    Quorum,
    QuorumOf,
    Rules,
    Share,
    Stage,
    StageAfter,
    Tie,
    Turnout,
    WeightKind,
    Weights,
)
from committees.rules.verdict import Count, Tallies, Verdict, decide, tally

FREE = replace(EQUAL_SIMPLE.rules, quorum=Quorum())
HALF = Share(Compare.MORE_THAN, Fraction(1, 2))
TWO_THIRDS = Share(Compare.AT_LEAST, Fraction(2, 3))
WEIGHTED = replace(EQUAL_SIMPLE.rules, weights=Weights(WeightKind.LISTED, key="stimmen"))
BUND = Named("bund", "Bund")
LAENDER_GROUP = Group("Länder", ("land",))


def said(verdict: Verdict, key: str) -> str:
    """The German sentence of a condition."""
    return next(str(condition.sentence) for condition in verdict.conditions if condition.key == key)


def circular(**changes) -> Rules:
    return replace(FREE, circular=replace(Circular(), **changes))


# Votes of unequal weight


def test_unequal_votes_are_counted_and_spoken_of_as_votes():
    verdict = decide(WEIGHTED, Count(20, 9, 8, 1, 2, 0), way="circular")
    assert verdict.outcome == "adopted"
    assert said(verdict, "quorum") == "18 von 20 Stimmen wurden abgegeben, 11 waren nötig: beschlussfähig."
    assert said(verdict, "majority") == (
        "9 Stimmen lauteten auf Ja und 8 auf Nein, 9 Ja waren nötig: Mehrheit erreicht."
    )
    verdict = decide(WEIGHTED, Count(20, 9, 8, 1, 2, 0, present=19), way="meeting")
    assert said(verdict, "quorum") == "19 von 20 Stimmen waren vertreten, 11 waren nötig: beschlussfähig."


def test_a_share_of_unequal_votes_is_a_share_of_the_votes():
    rules = replace(WEIGHTED, quorum=Quorum(), majority=Majority(MajorityKind.SHARE, TWO_THIRDS))
    assert decide(rules, Count(30, 20, 10, 0, 0, 0), way="meeting").outcome == "adopted"
    verdict = decide(rules, Count(30, 19, 11, 0, 0, 0), way="meeting")
    assert verdict.outcome == "rejected"
    assert said(verdict, "majority") == (
        "19 von 30 Ja- und Nein-Stimmen lauteten auf Ja, 20 waren nötig: Mehrheit verfehlt."
    )


def test_partners_are_tallied_by_their_votes():
    count = tally("ABC", {"A": "yes", "B": "no"}, present="AB", weights={"A": 3, "B": 1, "C": 2})
    assert count == Count(6, 3, 1, 0, 2, 0, present=4)
    assert tally("ABC", {"A": "yes"}, excluded="C", weights={"A": 3, "B": 1, "C": 2}) == Count(6, 3, 0, 0, 1, 2)


# Who must take part


def test_waiting_lifts_the_number_but_not_the_chair():
    rules = replace(FREE, quorum=Quorum(Turnout(HALF), waits_minutes=30, is_chair_needed=True))
    count = Count(9, 2, 0, 0, 7, 0, present=3)

    def outcome(minutes, chair):
        return decide(rules, count, way="meeting", tallies=Tallies(minutes_waited=minutes, is_chair_there=chair))

    assert outcome(None, True).outcome == "no_quorum"
    assert outcome(29, True).outcome == "no_quorum"
    assert outcome(30, True).outcome == "adopted"
    assert said(outcome(30, True), "quorum") == (
        "3 von 9 Partnern waren anwesend; nach 30 Minuten Wartezeit kommt es auf die Zahl nicht an: beschlussfähig."
    )
    assert outcome(30, False).outcome == "no_quorum"
    assert said(outcome(30, None), "chair") == (
        "Der Vorsitz ist nicht anwesend, seine Teilnahme war nötig: nicht beschlussfähig."
    )


def test_participation_is_voting_not_being_there():
    rules = replace(FREE, quorum=Quorum(Turnout(HALF), counts=QuorumOf.PARTICIPATION))
    assert decide(rules, Count(8, 3, 0, 1, 4, 0, present=8), way="meeting").outcome == "no_quorum"
    assert decide(rules, Count(8, 3, 0, 2, 3, 0, present=8), way="meeting").outcome == "adopted"


@pytest.mark.parametrize(
    ("named", "outcome", "words"),
    [
        ({"bund": "abstain"}, "adopted", "Bund hat abgestimmt"),
        ({"bund": None}, "no_quorum", "Bund hat nicht abgestimmt, die Teilnahme war nötig"),
        ({}, "no_quorum", "Bund ist nicht stimmberechtigt"),
    ],
)
def test_a_named_partner_must_take_part(named, outcome, words):
    rules = replace(FREE, quorum=Quorum(partners=(BUND,)))
    verdict = decide(rules, Count(8, 5, 0, 1, 2, 0), way="meeting", tallies=Tallies(named=named))
    assert verdict.outcome == outcome
    assert words in said(verdict, "partner")


# What must be true besides the majority


def besides(*also: Also, **changes) -> Rules:
    return replace(FREE, also=also, **changes)


def test_a_share_of_another_base_is_asked_as_well():
    rules = besides(Also(AlsoKind.SHARE, share=HALF, base=Base.ROLL))
    assert decide(rules, Count(10, 5, 0, 0, 5, 0), way="meeting").outcome == "rejected"
    verdict = decide(rules, Count(10, 6, 0, 0, 4, 0), way="meeting")
    assert verdict.outcome == "adopted"
    assert said(verdict, "share") == (
        "6 von 10 Partnern mit Stimmrecht stimmten mit Ja, 6 waren nötig: zweite Bedingung erfüllt."
    )


@pytest.mark.parametrize(("yes", "outcome"), [(6_666_666, "rejected"), (6_666_667, "adopted")])
def test_a_key_share_is_exact(yes, outcome):
    rules = besides(Also(AlsoKind.KEY, share=TWO_THIRDS, key="koenigstein"))
    key = Count(10_000_000, yes, 10_000_000 - yes, 0, 0, 0)
    verdict = decide(rules, Count(16, 15, 1, 0, 0, 0), way="meeting", tallies=Tallies(key=key))
    assert verdict.outcome == outcome
    written = "66,66666" if outcome == "rejected" else "66,66667"
    assert f"Auf Ja entfielen {written} von 100 Anteilen nach dem Schlüssel koenigstein, 66,66667 waren nötig" in said(
        verdict, "key"
    )


def test_the_key_share_of_those_excluded_counts_for_nobody():
    rules = besides(Also(AlsoKind.KEY, share=TWO_THIRDS, key="koenigstein"))
    key = Count(9_000_000, 4_000_000, 2_000_000, 0, 0, 3_000_000)
    assert decide(rules, Count(3, 1, 1, 0, 0, 1), way="meeting", tallies=Tallies(key=key)).outcome == "rejected"
    assert decide(rules, Count(4, 2, 1, 0, 0, 1), way="meeting", tallies=Tallies(key=key)).outcome == "adopted"


@pytest.mark.parametrize(
    ("measure", "group", "outcome", "words"),
    [
        ({"number": 11}, (16, 11, 5, 0, 0, 0), "adopted", "Länder: 11 von 16 Partnern mit Stimmrecht stimmten mit Ja"),
        ({"number": 11}, (16, 10, 0, 0, 6, 0), "rejected", "11 waren nötig: zweite Bedingung verfehlt."),
        ({"share": TWO_THIRDS}, (15, 10, 5, 0, 0, 0), "adopted", "10 waren nötig"),
        ({"share": TWO_THIRDS}, (16, 10, 5, 0, 0, 1), "adopted", "10 von 15 Partnern"),
        ({"share": TWO_THIRDS}, (16, 10, 0, 0, 6, 0), "rejected", "11 waren nötig"),
        ({}, (16, 2, 1, 0, 13, 0), "adopted", "Länder: 2 Partner stimmten mit Ja und 1 mit Nein, 2 Ja waren nötig"),
        ({}, (16, 2, 2, 0, 12, 0), "rejected", "3 Ja waren nötig: zweite Bedingung verfehlt."),
    ],
)
def test_a_group_must_agree(measure, group, outcome, words):
    rules = besides(Also(AlsoKind.GROUP, group=LAENDER_GROUP, **measure))
    tallies = Tallies(groups={"Länder": Count(*group)})
    verdict = decide(rules, Count(30, 20, 5, 0, 5, 0), way="meeting", tallies=tallies)
    assert verdict.outcome == outcome
    assert words in said(verdict, "group")


@pytest.mark.parametrize(
    ("choice", "by_consent", "by_veto"),
    [
        ({"bund": "yes"}, "adopted", "adopted"),
        ({"bund": "abstain"}, "rejected", "adopted"),
        ({"bund": None}, "rejected", "adopted"),
        ({"bund": "no"}, "rejected", "rejected"),
        ({}, "rejected", "adopted"),
    ],
)
def test_a_named_partner_consents_or_has_a_veto(choice, by_consent, by_veto):
    tallies, count = Tallies(named=choice), Count(17, 10, 3, 1, 3, 0)
    for kind, outcome in ((AlsoKind.CONSENT, by_consent), (AlsoKind.NO_VETO, by_veto)):
        rules = besides(Also(kind, partner=BUND))
        verdict = decide(rules, count, way="meeting", tallies=tallies)
        assert verdict.outcome == outcome
        assert said(verdict, kind.value).startswith("Bund ")


def test_the_silence_of_a_named_partner_counts_as_that_of_everybody():
    rules = besides(Also(AlsoKind.CONSENT, partner=BUND), missing=Missing.CONSENT)
    count = Count(17, 10, 3, 1, 3, 0)
    assert decide(rules, count, way="circular", tallies=Tallies(named={"bund": None})).outcome == "adopted"
    assert decide(rules, count, way="meeting", tallies=Tallies(named={"bund": None})).outcome == "rejected"


def test_what_the_rules_measure_must_be_told():
    with pytest.raises(ValueError, match="koenigstein"):
        decide(besides(Also(AlsoKind.KEY, share=HALF, key="koenigstein")), Count(1, 1, 0, 0, 0, 0), way="meeting")
    with pytest.raises(ValueError, match="Länder"):
        decide(besides(Also(AlsoKind.GROUP, group=LAENDER_GROUP)), Count(1, 1, 0, 0, 0, 0), way="meeting")


def test_a_tie_is_no_way_round_a_second_condition():
    rules = besides(Also(AlsoKind.CONSENT, partner=BUND), tie=Tie.CHAIR)
    count, around = Count(8, 4, 4, 0, 0, 0), {"way": "meeting", "chair_choice": "yes"}
    assert decide(rules, count, tallies=Tallies(named={"bund": "yes"}), **around).outcome == "adopted"
    assert decide(rules, count, tallies=Tallies(named={"bund": "no"}), **around).outcome == "rejected"


# Objections


def test_a_motion_passes_unless_too_many_object():
    rules = replace(FREE, majority=Majority(MajorityKind.NO_OBJECTION, objections=2))
    verdict = decide(rules, Count(16, 0, 2, 0, 14, 0), way="meeting")
    assert verdict.outcome == "adopted"
    assert said(verdict, "no_objection") == (
        "2 Partner haben widersprochen, 3 Widersprüche hätten die Vorlage verhindert: Widerspruchsregel erfüllt."
    )
    verdict = decide(rules, Count(16, 13, 3, 0, 0, 0), way="meeting")
    assert verdict.outcome == "rejected"
    assert said(verdict, "no_objection") == (
        "3 Partner haben widersprochen, 3 Widersprüche genügen: Widerspruchsregel verfehlt."
    )


def test_without_a_vote_nobody_has_objected_unless_nobody_may_vote():
    rules = replace(FREE, majority=Majority(MajorityKind.NO_OBJECTION, objections=0))
    for way in ("meeting", "circular"):
        assert decide(rules, Count(5, 0, 0, 0, 5, 0), way=way).outcome == "adopted"
        assert decide(rules, Count(5, 0, 0, 0, 0, 5), way=way).outcome == "no_quorum"


def test_a_motion_lapses_below_the_least_number_of_yes_votes():
    rules = replace(FREE, majority=Majority(MajorityKind.NO_OBJECTION, objections=0, minimum_yes=4))
    assert decide(rules, Count(9, 4, 0, 0, 5, 0), way="circular").outcome == "adopted"
    verdict = decide(rules, Count(9, 3, 0, 0, 6, 0), way="circular")
    assert verdict.outcome == "rejected"
    assert said(verdict, "minimum_yes") == (
        "3 Partner stimmten mit Ja, mindestens 4 waren nötig: die Vorlage verfällt."
    )


# Stages


STAGED = replace(
    FREE,
    majority=Majority(MajorityKind.ALL),
    stages=(Stage(3, majority=Majority(MajorityKind.SIMPLE), tie=Tie.CHAIR, wait_days=14),),
)


@pytest.mark.parametrize(
    ("number", "count", "outcome"),
    [
        (1, (9, 9, 0, 0, 0, 0), "adopted"),
        (1, (9, 8, 1, 0, 0, 0), "undecided"),
        (2, (9, 8, 1, 0, 0, 0), "undecided"),
        (3, (9, 8, 1, 0, 0, 0), "adopted"),
        (3, (9, 4, 5, 0, 0, 0), "rejected"),
        (3, (8, 4, 4, 0, 0, 0), "adopted"),
        (4, (9, 4, 5, 0, 0, 0), "rejected"),
        (1, (9, 0, 0, 0, 9, 0), "no_quorum"),
    ],
)
def test_a_majority_escalates_from_ballot_to_ballot(number, count, outcome):
    verdict = decide(STAGED, Count(*count), way="meeting", number=number, chair_choice="yes")
    assert verdict.outcome == outcome


def test_what_is_undecided_says_which_ballot_follows_how_and_when():
    count = Count(9, 8, 1, 0, 0, 0)
    assert said(decide(STAGED, count, way="meeting"), "stage") == (
        "Es folgt der 2. Wahlgang; es gilt weiter: Eine Vorlage ist angenommen, wenn niemand mit Nein und mindestens "
        "ein Partner mit Ja stimmt."
    )
    verdict = decide(STAGED, count, way="meeting", number=2)
    assert said(verdict, "stage") == (
        "Es folgt der 3. Wahlgang, frühestens 14 Tage nach diesem; dann gilt: Eine Vorlage ist angenommen, wenn mehr "
        "Partner mit Ja als mit Nein stimmen."
    )
    assert verdict.conditions[-1].sentence.en == (
        "Ballot number 3 follows, 14 days after this one at the earliest; then: A motion is adopted if more partners "
        "vote yes than no."
    )


def test_a_stage_after_a_tie_follows_a_tie_only():
    rules = replace(FREE, tie=Tie.NEW_BALLOT, stages=(Stage(2, after=StageAfter.TIE, tie=Tie.CHAIR, wait_days=14),))
    assert decide(rules, Count(8, 4, 4, 0, 0, 0), way="meeting").outcome == "undecided"
    assert decide(rules, Count(8, 3, 4, 1, 0, 0), way="meeting").outcome == "rejected"
    again = {"way": "meeting", "number": 2}
    assert decide(rules, Count(8, 4, 4, 0, 0, 0), chair_choice="yes", **again).outcome == "adopted"
    assert decide(rules, Count(8, 4, 4, 0, 0, 0), chair_choice="no", **again).outcome == "rejected"


def test_equal_votes_await_the_chair_where_it_decides_apart():
    rules = replace(STAGED, majority=Majority(), tie=Tie.CHAIR)
    around = {"way": "meeting", "is_chair_awaited": True}
    verdict = decide(rules, Count(8, 4, 4, 0, 0, 0), **around)
    assert verdict.outcome == "tie"
    assert said(verdict, "tie") == "Stimmengleichheit, je 4: Die Entscheidung des Vorsitzes steht noch aus."
    assert decide(rules, Count(8, 4, 4, 0, 0, 0), chair_choice="yes", **around).outcome == "adopted"
    assert decide(rules, Count(8, 4, 4, 0, 0, 0), chair_choice="no", **around).outcome == "undecided"
    assert decide(rules, Count(8, 3, 4, 1, 0, 0), **around).outcome == "undecided"


# The circular procedure, and whom a resolution binds


def test_deciding_without_a_meeting_may_need_the_consent_of_all():
    rules = circular(consent=Turnout(Share(Compare.AT_LEAST, Fraction(1))), objections_to_stop=None)
    count = Count(9, 5, 1, 0, 3, 0)
    assert decide(rules, count, way="circular", tallies=Tallies(consents=9)).outcome == "adopted"
    verdict = decide(rules, count, way="circular", tallies=Tallies(consents=8))
    assert verdict.outcome == "stopped"
    assert said(verdict, "procedure") == (
        "8 von 9 Partnern haben dem Umlauf zugestimmt, 9 waren nötig: ohne Sitzung kein Beschluss."
    )
    assert decide(rules, Count(9, 8, 1, 0, 0, 0), way="circular").outcome == "adopted", "who votes agrees"
    assert decide(rules, count, way="meeting").outcome == "adopted"
    with pytest.raises(ValueError, match="entitled"):
        decide(rules, count, way="circular", tallies=Tallies(consents=10))


def test_the_chair_may_have_to_vote_in_a_circular_ballot():
    rules, count = circular(is_chair_needed=True), Count(9, 5, 1, 0, 3, 0)
    assert decide(rules, count, way="circular", tallies=Tallies(is_chair_there=True)).outcome == "adopted"
    verdict = decide(rules, count, way="circular", tallies=Tallies(is_chair_there=False))
    assert verdict.outcome == "no_quorum"
    assert said(verdict, "chair") == (
        "Der Vorsitz hat nicht abgestimmt, seine Teilnahme war nötig: Mindestteilnahme verfehlt."
    )
    assert decide(rules, count, way="meeting").outcome == "adopted"


def test_a_resolution_may_bind_only_those_who_agreed():
    rules = replace(FREE, binds=Binds.AGREEING)
    verdict = decide(rules, Count(17, 11, 3, 1, 2, 0), way="meeting")
    assert said(verdict, "binds") == "Der Beschluss bindet nur, wer zugestimmt hat: 11 von 17 Partnern."
    assert "binds" not in [c.key for c in decide(rules, Count(17, 3, 11, 1, 2, 0), way="meeting").conditions]


def test_where_nobody_may_vote_nothing_is_resolved_or_rejected():
    for missing in Missing:
        verdict = decide(replace(FREE, missing=missing), Count(3, 0, 0, 0, 0, 3), way="circular")
        assert verdict.outcome == "no_quorum"
        assert said(verdict, "any_vote") == "Kein Partner ist stimmberechtigt: kein Beschluss."
