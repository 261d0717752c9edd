"""Random rules and ballots for the property tests."""

from __future__ import annotations

import random
from fractions import Fraction

from committees.rules.rule_set import (
    Abstention,
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
    RuleError,
    Rules,
    Share,
    Tie,
    Turnout,
    Unit,
)

FRACTIONS = [Fraction(*pair) for pair in ((1, 2), (2, 3), (3, 4), (1, 3), (3, 5), (11, 16), (1, 1), (1, 10))]


def random_share(rng: random.Random) -> Share:
    while True:
        try:
            return Share(rng.choice(list(Compare)), rng.choice(FRACTIONS))
        except RuleError:
            continue


def random_turnout(rng: random.Random) -> Turnout:
    return Turnout(random_share(rng) if rng.random() < 0.6 else None, rng.randint(1, 6) if rng.random() < 0.4 else None)


def random_rules(rng: random.Random) -> Rules:
    """Any rules that do not contradict themselves."""
    while True:
        kind = rng.choice(list(MajorityKind))
        late = rng.choice(list(LateKind))
        try:
            return Rules(
                quorum=Quorum(random_turnout(rng), is_lifted_by_second_invitation=rng.random() < 0.5),
                majority=Majority(kind, random_share(rng) if kind is MajorityKind.SHARE else None),
                base=rng.choice(list(Base)),
                abstention=rng.choice(list(Abstention)),
                tie=rng.choice(list(Tie)),
                missing=rng.choice(list(Missing)),
                circular=Circular(
                    is_allowed=rng.random() < 0.9,
                    objections_to_stop=rng.choice([None, 1, 1, 2, 5]),
                    is_unanimity_needed=rng.random() < 0.2,
                    participation=random_turnout(rng),
                    minimum_days=rng.randint(0, 30),
                    reminder_days=tuple(sorted(rng.sample(range(1, 20), rng.randint(0, 3)), reverse=True)),
                ),
                notice=Notice(
                    amount=rng.randint(0, 30),
                    unit=rng.choice(list(Unit)),
                    is_dispatch_day_counted=rng.random() < 0.5,
                    is_meeting_day_counted=rng.random() < 0.5,
                    is_end_moved=rng.random() < 0.5,
                    land=rng.choice(["MV", "BY", "HH"]),
                    is_waivable=rng.random() < 0.5,
                ),
                late_items=LateItems(late, rng.randint(1, 30) if late is LateKind.UNTIL_DAYS_BEFORE else None),
                chair_has_vote=rng.random() < 0.7,
                is_change_allowed=rng.random() < 0.5,
                is_tally_visible=rng.random() < 0.5,
            )
        except RuleError:
            continue


def random_partners(rng: random.Random, rules: Rules) -> list[dict]:
    """Partners with a vote, an exclusion, a presence; small numbers often, so that edges come up."""
    number = rng.choice([1, 1, 2, 3, 3, 4, 5, 6, 8, 9, 12, 16, 34])
    weights = [rng.random() ** 2 for _ in range(4)]
    choices = ["yes", "no", "abstain", None]
    is_present_known = rng.random() < 0.6
    excluding = rng.choice([0.0, 0.0, 0.1, 0.5])
    partners = []
    for _ in range(number):
        is_excluded = rng.random() < excluding
        vote = None if is_excluded else rng.choices(choices, weights)[0]
        if vote == "abstain" and rules.abstention is Abstention.FORBIDDEN:
            vote = "no"
        present = (rng.random() < 0.7 or vote is not None) if is_present_known else None
        partners.append({"vote": vote, "excluded": is_excluded, "present": present})
    return partners
