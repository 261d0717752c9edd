"""What holds under any rules that can be made; and the same outcome by two implementations."""

import os
import random
from collections import Counter

import pytest

from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.verdict import Count, Outcome, Verdict, decide

from .cases import random_ballot


def drawn_seed() -> int:
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    return seed


@pytest.mark.parametrize("cases", [5_000, pytest.param(100_000, marks=pytest.mark.heavy)])
def test_the_verdict_agrees_with_a_second_implementation(cases):
    """V11: random rolls, weights, keys, groups, votes, abstentions, exclusions, stages, rules."""
    seed = drawn_seed()
    rng = random.Random(seed)
    seen = Counter()
    for number in range(cases):
        ballot = random_ballot(rng)
        verdict = ballot.decide()
        count = verdict.count
        assert verdict.outcome == ballot.second_opinion(), (seed, number, ballot)
        assert count.yes + count.no + count.abstained + count.excluded + count.missing == count.roll
        assert count.roll == sum(partner["weight"] for partner in ballot.partners)
        assert Verdict.from_data(verdict.to_data()) == verdict
        seen[verdict.outcome] += 1
        seen.update(condition.key for condition in verdict.conditions)
    assert set(seen) == set(Outcome) | CONDITIONS, seen


CONDITIONS = {
    *("objections", "procedure", "quorum", "participation", "chair", "partner", "any_vote"),
    *("majority", "no_objection", "minimum_yes", "tie", "stage", "binds"),
    *("share", "key", "group", "consent", "no_veto"),
}


def test_the_order_of_partners_changes_nothing():
    seed = drawn_seed()
    rng = random.Random(seed)
    for _ in range(500):
        ballot = random_ballot(rng)
        verdict = ballot.decide()
        rng.shuffle(ballot.partners)
        assert ballot.decide() == verdict, seed


RANK = {Outcome.REJECTED: 0, Outcome.TIE: 1, Outcome.UNDECIDED: 1, Outcome.ADOPTED: 2}


@pytest.mark.parametrize("before", ["no", "abstain", None])
def test_a_partner_who_turns_to_yes_never_harms_the_motion(before):
    """Under any rules that can be made: from no, from an abstention, from silence."""
    seed = drawn_seed()
    rng = random.Random(seed)
    tried = 0
    while tried < 600:
        ballot = random_ballot(rng)
        could = [p for p in ballot.partners if p["vote"] == before and not p["excluded"]]
        if not could:
            continue
        tried += 1
        verdict = ballot.decide()
        was = verdict.outcome
        is_objected = any(one.key == "objections" and not one.is_met for one in verdict.conditions)
        rng.choice(could)["vote"] = "yes"
        now = ballot.decide().outcome
        if was in RANK:
            assert RANK[now] >= RANK[was], (seed, before, ballot)
        elif before is not None or is_objected:
            assert now is was, (seed, before, ballot)


def test_a_no_may_help_where_it_reaches_the_quorum():
    """The one thing that is not monotone, in every body with a quorum."""
    assert decide(EQUAL_SIMPLE.rules, Count(9, 4, 0, 0, 5, 0), way="meeting").outcome == "no_quorum"
    assert decide(EQUAL_SIMPLE.rules, Count(9, 4, 1, 0, 4, 0), way="meeting").outcome == "adopted"


def test_every_condition_says_how_many_there_were_and_how_many_were_needed():
    seed = drawn_seed()
    rng = random.Random(seed)
    for _ in range(2000):
        ballot = random_ballot(rng)
        for condition in ballot.decide().conditions:
            for text in (condition.sentence.de, condition.sentence.en):
                assert text.endswith(".")
                assert "  " not in text
                assert "None" not in text
            if condition.key in ("objections", "no_objection"):
                assert condition.is_met == (condition.actual < condition.needed)
            elif condition.key not in ("stage", "tie"):
                assert condition.is_met == (condition.actual >= condition.needed)
            if condition.key in ("quorum", "participation", "procedure", "majority", "share", "group", "minimum_yes"):
                assert str(condition.actual) in condition.sentence.de
                assert str(condition.needed) in condition.sentence.de or not condition.needed


@pytest.mark.parametrize("word", ["Partner", "Stimme"])
def test_one_unit_is_spoken_throughout(word):
    """Partners where each has one vote, votes where they are unequal; never both."""
    seed = drawn_seed()
    rng = random.Random(seed)
    about = {"quorum", "participation", "procedure", "majority", "share", "group", "minimum_yes", "no_objection"}
    tried = 0
    while tried < 1000:
        ballot = random_ballot(rng)
        if ballot.rules.weights.is_equal != (word == "Partner"):
            continue
        tried += 1
        for condition in ballot.decide().conditions:
            if condition.key in about:
                said = condition.sentence.de.replace("mit abgegebener Stimme", "")
                assert ("Partner" in said, "Stimme" in said) == (word == "Partner", word == "Stimme"), (seed, said)
