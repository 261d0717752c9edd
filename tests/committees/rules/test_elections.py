"""Ballots with options: named cases, what holds for all of them, and a second way of counting that agrees."""

import os
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from committees.rules import elections, papers
from committees.rules.elections import Result
from committees.rules.papers import BallotKind
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Circular,
    Compare,
    Majority,
    MajorityKind,
    Quorum,
    Share,
    Stage,
    StageAfter,
    Turnout,
)
from committees.rules.verdict import Outcome, Verdict

FREE = replace(EQUAL_SIMPLE.rules, quorum=Quorum())
MORE_THAN_HALF = Share(Compare.MORE_THAN, Fraction(1, 2))
ABSOLUTE = replace(FREE, majority=Majority(MajorityKind.SHARE, MORE_THAN_HALF))
SEED = int(os.environ.get("KONVENT_SEED", random.SystemRandom().randrange(10**6)))
ROUNDS = int(os.environ.get("KONVENT_ROUNDS", 400))


def decide(rules, kind, markings, *, options=3, missing=0, excluded=0, **more):
    tally = Counter(markings)
    count = elections.count_of(tally, roll=len(markings) + missing + excluded, excluded=excluded)
    names = [chr(ord("A") + index) for index in range(options)]
    return elections.decide(rules, kind, tally, count, options=names, way=more.pop("way", "meeting"), **more)


def votes(text):
    """``2*1 3*2 no``: two papers for 1, three for 2, one against all."""
    found = []
    for part in text.split():
        number, star, marking = part.rpartition("*")
        found += [marking] * (int(number) if star else 1)
    return found


# --- alternatives and approval ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "cast", "outcome", "chosen"),
    [
        (FREE, "4*1 3*2 3*3", "adopted", [1]),
        (FREE, "2*1 3*no", "rejected", []),
        (FREE, "3*1 3*no", "rejected", []),
        (FREE, "4*1 3*no", "adopted", [1]),
        (FREE, "3*1 3*2 1*3", "tie", []),
        (FREE, "5*abstain", "rejected", []),
        (FREE, "5*no", "rejected", []),
        (ABSOLUTE, "6*1 3*2 2*3", "adopted", [1]),
        (ABSOLUTE, "5*1 4*2 2*3", "undecided", []),
        (ABSOLUTE, "5*1 5*no", "undecided", []),
        (ABSOLUTE, "4*1 4*2 4*3", "tie", []),
    ],
)
def test_alternatives(rules, cast, outcome, chosen):
    found = decide(rules, BallotKind.ALTERNATIVES, votes(cast))
    assert (found.outcome, list(found.chosen)) == (outcome, chosen)


def test_alternatives_without_absolute_majority_go_on_between_the_two_that_lead():
    found = decide(ABSOLUTE, BallotKind.ALTERNATIVES, votes("5*1 4*3 2*2"))
    assert found.next == (1, 3)
    assert found.sentence.de == "Es folgt ein weiterer Wahlgang: A, C."
    level = decide(ABSOLUTE, BallotKind.ALTERNATIVES, votes("5*1 3*3 3*2 2*4"), options=4)
    assert level.next == (1, 2, 3)


def test_two_alternatives_that_both_miss_the_majority_are_rejected():
    found = decide(ABSOLUTE, BallotKind.ALTERNATIVES, votes("4*1 3*2 1*no"), options=2)
    assert found.outcome is Outcome.REJECTED
    assert "4 Stimmen, von 8 gültigen Stimmen ohne Enthaltungen, 5 nötig: Mehrheit verfehlt" in str(
        found.conditions[-1]
    )


def test_a_tie_is_settled_by_a_lot_among_exactly_the_options_that_are_level():
    cast = votes("3*1 3*2 1*3")
    assert decide(FREE, BallotKind.ALTERNATIVES, cast).tied == (1, 2)
    assert decide(FREE, BallotKind.ALTERNATIVES, cast, lots=[(2, 3)]).outcome is Outcome.TIE
    drawn = decide(FREE, BallotKind.ALTERNATIVES, cast, lots=[(2, 1)])
    assert (drawn.outcome, drawn.chosen) == (Outcome.ADOPTED, (2,))
    assert any("das Los fiel auf „B“" in condition.sentence.de for condition in drawn.conditions)


def test_approval_takes_the_most_approved_that_reaches_the_threshold():
    cast = votes("3*1,2 2*2 1*3 1*no")
    assert decide(FREE, BallotKind.APPROVAL, cast).chosen == (2,)
    two_thirds = replace(FREE, majority=Majority(MajorityKind.SHARE, Share(Compare.AT_LEAST, Fraction(2, 3))))
    assert decide(two_thirds, BallotKind.APPROVAL, cast).chosen == (2,)
    assert decide(two_thirds, BallotKind.APPROVAL, [*cast, "no"]).outcome is Outcome.REJECTED


def test_a_share_of_another_base_is_asked_as_well():
    rules = replace(FREE, also=(Also(AlsoKind.SHARE, share=MORE_THAN_HALF, base=Base.ROLL),))
    assert decide(rules, BallotKind.APPROVAL, votes("3*1"), missing=3).outcome is Outcome.REJECTED
    assert decide(rules, BallotKind.APPROVAL, votes("4*1"), missing=3).outcome is Outcome.ADOPTED


def test_all_and_objections():
    everybody = replace(FREE, majority=Majority(MajorityKind.ALL))
    assert decide(everybody, BallotKind.APPROVAL, votes("3*1,2 2*1")).chosen == (1,)
    assert decide(everybody, BallotKind.APPROVAL, votes("3*1,2 2*1 no")).outcome is Outcome.REJECTED
    one_objection = replace(FREE, majority=Majority(MajorityKind.NO_OBJECTION, objections=1))
    assert decide(one_objection, BallotKind.ALTERNATIVES, votes("3*1 1*no")).chosen == (1,)
    assert decide(one_objection, BallotKind.ALTERNATIVES, votes("3*1 2*no")).outcome is Outcome.REJECTED


# --- who took part ------------------------------------------------------------------------------------------


def test_without_quorum_nothing_is_chosen():
    rules = replace(FREE, quorum=Quorum(Turnout(Share(Compare.AT_LEAST, Fraction(1, 2)))))
    found = decide(rules, BallotKind.ELECTION, votes("3*1"), missing=4)
    assert (found.outcome, found.chosen) == (Outcome.NO_QUORUM, ())
    assert found.sentence.de.startswith("Es haben nicht genug Partner teilgenommen")
    assert decide(rules, BallotKind.ELECTION, votes("3*1"), missing=3).outcome is Outcome.ADOPTED


def test_nobody_voted():
    assert decide(FREE, BallotKind.ALTERNATIVES, [], missing=5).outcome is Outcome.NO_QUORUM


def test_objections_stop_a_circular_ballot_with_options():
    rules = replace(FREE, circular=Circular(is_allowed=True, objections_to_stop=1))
    found = decide(rules, BallotKind.ALTERNATIVES, votes("3*1"), way="circular", objections=1)
    assert found.outcome is Outcome.STOPPED


def test_where_all_must_agree_in_writing_one_option_needs_all():
    rules = replace(FREE, circular=Circular(is_allowed=True, is_unanimity_needed=True))
    assert decide(rules, BallotKind.ALTERNATIVES, votes("3*1"), way="circular").chosen == (1,)
    assert decide(rules, BallotKind.ALTERNATIVES, votes("2*1 2"), way="circular").outcome is Outcome.REJECTED
    assert decide(rules, BallotKind.ALTERNATIVES, votes("3*1"), missing=1, way="circular").outcome is Outcome.NO_QUORUM


def test_invalid_papers_abstain():
    found = decide(FREE, BallotKind.ALTERNATIVES, votes("2*1 3*invalid 1*abstain"))
    assert (found.count.yes, found.count.no, found.count.abstained) == (2, 0, 4)


# --- elections ----------------------------------------------------------------------------------------------


def test_several_posts_go_to_those_with_most_votes():
    found = decide(FREE, BallotKind.ELECTION, votes("4*1,2 3*2,3 1*4"), options=4, posts=2)
    assert (found.outcome, found.chosen) == (Outcome.ADOPTED, (2, 1))
    assert found.sentence.de == "Gewählt: B, A."


def test_level_for_the_last_post_the_clear_one_stands_and_the_lot_fills_the_rest():
    cast = votes("4*1 2*2 2*3")
    found = decide(FREE, BallotKind.ELECTION, cast, posts=2)
    assert (found.outcome, found.chosen, found.tied, found.open_posts) == (Outcome.TIE, (1,), (2, 3), 1)
    assert decide(FREE, BallotKind.ELECTION, cast, posts=2, lots=[(3, 2)]).chosen == (1, 3)


def test_absolute_majority_in_the_first_round_then_most_votes():
    first = decide(ABSOLUTE, BallotKind.ELECTION, votes("5*1 4*2 3*3"))
    assert (first.outcome, first.next) == (Outcome.UNDECIDED, (1, 2))
    assert decide(ABSOLUTE, BallotKind.ELECTION, votes("5*1 4*2 3*abstain"), options=2, number=2).chosen == (1,)
    assert decide(ABSOLUTE, BallotKind.ELECTION, votes("5*1 5*2"), options=2, number=2).outcome is Outcome.TIE
    only = decide(ABSOLUTE, BallotKind.ELECTION, votes("3*1 4*no"), options=1)
    assert only.outcome is Outcome.REJECTED


def test_one_seat_is_filled_and_the_other_goes_on():
    found = decide(ABSOLUTE, BallotKind.ELECTION, votes("6*1 2*2 2*3"), posts=2)
    assert (found.outcome, found.chosen, found.next) == (Outcome.UNDECIDED, (1,), (2, 3))
    assert found.sentence.de == "Gewählt: A. Es folgt ein weiterer Wahlgang: B, C."


def test_a_stage_of_the_rules_rules_the_further_ballot():
    rules = replace(
        ABSOLUTE,
        stages=(
            Stage(from_ballot=2, after=StageAfter.NOT_ADOPTED, majority=Majority(MajorityKind.SHARE, MORE_THAN_HALF)),
        ),
    )
    assert decide(rules, BallotKind.ELECTION, votes("5*1 4*2 1*no"), options=2, number=2).outcome is not Outcome.ADOPTED


def test_too_few_candidates_leave_posts_vacant():
    found = decide(FREE, BallotKind.ELECTION, votes("3*1"), options=1, posts=2)
    assert (found.outcome, found.chosen) == (Outcome.ADOPTED, (1,))
    assert found.conditions[-1].sentence.de == "1 von 2 Plätzen bleibt unbesetzt."


# --- rankings -----------------------------------------------------------------------------------------------


def test_the_classic_schulze_case():
    # Schulze 2011, example 1: 45 voters, five options, E wins.
    cast = votes("5*1>3>2>5>4 5*1>4>5>3>2 8*2>5>4>1>3 3*3>1>2>5>4 7*3>1>5>2>4 2*3>2>1>4>5 7*4>3>5>2>1 8*5>2>1>4>3")
    assert decide(FREE, BallotKind.RANKING, cast, options=5).chosen == (5,)


def test_an_unbeaten_option_with_fewer_wins_is_level_and_not_passed_over():
    # A beats C; B is level with both: neither A nor B is beaten (votelib alone would say A, for its one win).
    found = decide(FREE, BallotKind.RANKING, votes("1>3>2 2>1>3"))
    assert (found.outcome, found.tied) == (Outcome.TIE, (1, 2))
    level = decide(FREE, BallotKind.RANKING, votes("1>2 2>1"), options=2)
    assert (level.outcome, level.tied) == (Outcome.TIE, (1, 2))


def test_transferable_votes_carry_the_surplus_over():
    # Quota 5 of 12: A has 8, three surplus votes go to B.
    cast = votes("8*1>2 2*3 2*2>3")
    found = decide(FREE, BallotKind.RANKING, cast, posts=2)
    assert (found.outcome, found.chosen) == (Outcome.ADOPTED, (1, 2))
    assert any("5 Stimmen erreicht" in condition.sentence.de for condition in found.conditions)


def test_exhausted_papers_keep_nobody_in_the_race():
    # After C is dropped its papers are exhausted; B must not be dropped with it (votelib counts them as standing).
    cast = votes("4*1 3*2>1 2*3 2*4")
    found = decide(FREE, BallotKind.RANKING, cast, options=4, posts=2, lots=[(3, 4)])
    assert found.chosen == (1, 2)


def test_level_where_one_has_to_be_dropped_waits_for_a_lot():
    cast = votes("5*1 3*2 2*3>2 2*4>3")
    found = decide(FREE, BallotKind.RANKING, cast, options=4, posts=2)
    assert (found.outcome, found.tied) == (Outcome.TIE, (3, 4))
    assert decide(FREE, BallotKind.RANKING, cast, options=4, posts=2, lots=[(4, 3)]).outcome is Outcome.ADOPTED


# --- as data and in words -----------------------------------------------------------------------------------


def test_a_result_survives_as_json_and_reads_as_a_verdict():
    found = decide(FREE, BallotKind.ELECTION, votes("4*1 2*2 2*3"), posts=2)
    data = found.to_data()
    assert Result.from_data(data) == found
    assert Verdict.from_data(data).conditions == found.conditions
    assert elections.has_options(data)
    assert not elections.has_options(Verdict(found.outcome, found.conditions, found.count).to_data())


@pytest.mark.parametrize(
    ("marking", "titles", "said"),
    [
        ("yes", {}, "Ja"),
        ("no", {}, "Nein"),
        ("no", {1: "A"}, "gegen alle"),
        ("abstain", {1: "A"}, "Enthaltung"),
        ("2", {1: "A", 2: "B"}, "B"),
        ("1,2", {1: "A", 2: "B"}, "A, B"),
        ("2>1", {1: "A", 2: "B"}, "1. B, 2. A"),
        ("7", {1: "A"}, "7"),
    ],
)
def test_a_marking_in_words(marking, titles, said):
    assert papers.spell(marking, titles).de == said


# --- what holds for all, and a second way of counting ---------------------------------------------------------


def some_rules(rng):
    share = rng.choice(
        [MORE_THAN_HALF, Share(Compare.AT_LEAST, Fraction(2, 3)), Share(Compare.AT_LEAST, Fraction(1, 3))]
    )
    base = rng.choice([Base.YES_NO, Base.CAST, Base.ROLL])
    by_share = replace(
        FREE,
        majority=Majority(MajorityKind.SHARE, share),
        base=base,
        abstention=Abstention.NOT_COUNTED if base is Base.YES_NO else Abstention.IN_BASE,
    )
    return rng.choice([FREE, by_share])


def some_paper(rng, kind, options, posts):
    if rng.random() < 0.2:
        return rng.choice(["no", "abstain"])
    most = {BallotKind.ALTERNATIVES: 1, BallotKind.ELECTION: min(posts, options)}.get(kind, options)
    return papers.mark(kind, rng.sample(range(1, options + 1), rng.randint(1, most)))


def relabel(kind, marking, new):
    return papers.mark(kind, [new[place] for place in papers.positions_of(kind, marking)]) or marking


@pytest.mark.parametrize("kind", [kind for kind in BallotKind if kind is not BallotKind.MOTION])
def test_neither_the_order_of_voters_nor_of_options_decides(kind):
    rng = random.Random(SEED)
    print("seed", SEED)
    for _ in range(ROUNDS):
        options = rng.randint(1, 5)
        posts = rng.randint(1, 3) if kind in (BallotKind.ELECTION, BallotKind.RANKING) else 1
        rules, missing = some_rules(rng), rng.randint(0, 3)
        cast = [some_paper(rng, kind, options, posts) for _ in range(rng.randint(0, 12))]
        places = {"options": options, "posts": posts, "missing": missing}
        found = decide(rules, kind, cast, **places)
        shuffled = rng.sample(cast, len(cast))
        assert decide(rules, kind, shuffled, **places) == found
        order = rng.sample(range(1, options + 1), options)
        new = dict(zip(range(1, options + 1), order, strict=True))
        other = decide(rules, kind, [relabel(kind, marking, new) for marking in cast], **places)
        assert other.outcome is found.outcome, (kind, cast, new)
        for name in ("chosen", "tied", "next"):
            assert {new[place] for place in getattr(found, name)} == set(getattr(other, name)), (kind, cast, new, name)
        assert len(found.chosen) <= posts
        assert not set(found.chosen) & (set(found.tied) | set(found.next))


def second_unbeaten(cast, options):
    """Schulze by the book: strongest paths over winning votes, by Floyd and Warshall."""
    rankings = [
        papers.positions_of(BallotKind.RANKING, marking) for marking in cast if marking not in ("no", "abstain")
    ]
    named = sorted({place for ranking in rankings for place in ranking})

    def prefers(ranking, one, other):
        return one in ranking and (other not in ranking or ranking.index(one) < ranking.index(other))

    wins = {(a, b): sum(prefers(r, a, b) for r in rankings) for a in named for b in named if a != b}
    path = {pair: n if n > wins[pair[::-1]] else 0 for pair, n in wins.items()}
    for middle in named:
        for a in named:
            for b in named:
                if len({a, b, middle}) == 3:
                    path[a, b] = max(path[a, b], min(path[a, middle], path[middle, b]))
    best = [a for a in named if all(path[a, b] >= path[b, a] for b in named if b != a)]
    condorcet = [a for a in named if all(wins[a, b] > wins[b, a] for b in named if b != a)]
    return best, condorcet


def test_a_second_way_of_counting_rankings_agrees_and_who_beats_all_wins():
    rng = random.Random(SEED)
    print("seed", SEED)
    for _ in range(ROUNDS):
        options = rng.randint(2, 5)
        cast = [some_paper(rng, BallotKind.RANKING, options, 1) for _ in range(rng.randint(1, 15))]
        found = decide(FREE, BallotKind.RANKING, cast, options=options)
        best, condorcet = second_unbeaten(cast, options)
        against = cast.count("no")
        support = {place: sum(str(place) in marking.split(">") for marking in cast) for place in best}
        if not best or max(support.values()) <= against:
            assert found.outcome is Outcome.REJECTED
        elif len(best) > 1:
            assert (found.outcome, list(found.tied)) == (Outcome.TIE, best)
        else:
            assert found.outcome is (Outcome.ADOPTED if support[best[0]] > against else Outcome.REJECTED)
            assert list(found.chosen) in ([], best)
        if condorcet:
            assert best == condorcet


def test_a_second_way_of_counting_pluralities_and_approvals_agrees():
    rng = random.Random(SEED)
    print("seed", SEED)
    for _ in range(ROUNDS):
        kind = rng.choice([BallotKind.ALTERNATIVES, BallotKind.APPROVAL])
        options = rng.randint(1, 4)
        cast = [some_paper(rng, kind, options, 1) for _ in range(rng.randint(1, 12))]
        found = decide(FREE, kind, cast, options=options)
        named = Counter(place for marking in cast for place in marking.split(",") if place.isdigit())
        most = max(named.values(), default=0)
        best = sorted(int(place) for place, number in named.items() if number == most)
        if most <= cast.count("no"):
            assert found.outcome is Outcome.REJECTED
        elif len(best) > 1:
            assert list(found.tied) == best
        else:
            assert list(found.chosen) == best
        assert [row.votes for row in found.table] == [named[str(place)] for place in range(1, options + 1)]
