"""Random rules and ballots for the property tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Approval,
    Base,
    Binds,
    Circular,
    Compare,
    Group,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    MinutesRule,
    Missing,
    Named,
    Notice,
    Proxies,
    ProxyKind,
    Quorum,
    QuorumOf,
    Reservation,
    RuleError,
    Rules,
    Secrecy,
    Share,
    Stage,
    StageAfter,
    Tie,
    Turnout,
    Unit,
    WeightKind,
    Weights,
)
from committees.rules.verdict import Count, Tallies, Verdict, decide, tally

from . import second_opinion

FRACTIONS = [Fraction(*pair) for pair in ((1, 2), (2, 3), (3, 4), (1, 3), (3, 5), (11, 16), (1, 1), (1, 10))]
GROUPS = (Group("Länder", ("land",)), Group("Kommunen", ("city", "county")), Group("Bund", ("federation",)))
TYPES = ("land", "land", "city", "county", "federation")
NAMED = (Named("p0", "Bund"), Named("p1", "Hamburg"), Named("p9", "Wien"))


def drawn(rng: random.Random, make: Callable[[], Any]) -> Any:
    """What comes out when contradictions are drawn again."""
    while True:
        try:
            return make()
        except RuleError:
            continue


def random_share(rng: random.Random) -> Share:
    return drawn(rng, lambda: Share(rng.choice(list(Compare)), rng.choice(FRACTIONS)))


def random_turnout(rng: random.Random, likely: float = 0.6) -> Turnout:
    return Turnout(
        random_share(rng) if rng.random() < likely else None, rng.randint(1, 6) if rng.random() < likely / 2 else None
    )


def random_weights(rng: random.Random) -> Weights:
    kind = rng.choice([WeightKind.EQUAL, WeightKind.EQUAL, WeightKind.LISTED, WeightKind.STEPS])
    if kind is WeightKind.EQUAL:
        return Weights()
    cap = rng.choice([None, None, 3])
    if kind is WeightKind.LISTED:
        return Weights(kind, key="stimmen", cap=cap)
    step, free = rng.choice([Fraction(3), Fraction(5, 2), Fraction(300_000)]), rng.choice([Fraction(0), Fraction(5)])
    return Weights(kind, key="anteile", step=step, free=free, base=rng.choice([0, 1]), cap=cap)


def random_quorum(rng: random.Random) -> Quorum:
    turnout = random_turnout(rng, 0.5)
    return Quorum(
        turnout,
        counts=rng.choice(list(QuorumOf)),
        is_lifted_by_second_invitation=turnout.is_asked and rng.random() < 0.5,
        waits_minutes=30 if turnout.is_asked and rng.random() < 0.3 else None,
        is_chair_needed=rng.random() < 0.1,
        partners=tuple(rng.sample(NAMED[:2], rng.choice([0] * 8 + [1, 2]))),
    )


def random_majority(rng: random.Random) -> Majority:
    kind = rng.choice(list(MajorityKind))
    return Majority(
        kind,
        random_share(rng) if kind is MajorityKind.SHARE else None,
        rng.choice([0, 0, 1, 2, 10]) if kind is MajorityKind.NO_OBJECTION else None,
        rng.choice([None, None, None, 1, 2, 4]),
    )


def random_also(rng: random.Random) -> Also:
    kind = rng.choice(list(AlsoKind))
    if kind is AlsoKind.SHARE:
        return Also(kind, share=random_share(rng), base=rng.choice(list(Base)))
    if kind is AlsoKind.KEY:
        return Also(kind, share=random_share(rng), key="koenigstein")
    if kind is AlsoKind.GROUP:
        measure = rng.choice([{}, {"number": rng.randint(1, 4)}, {"share": random_share(rng)}])
        return Also(kind, group=rng.choice(GROUPS), **measure)
    return Also(kind, partner=rng.choice(NAMED))


def random_stages(rng: random.Random) -> tuple[Stage, ...]:
    numbers = sorted(rng.sample(range(2, 5), rng.choice([0, 0, 0, 1, 2])))
    return tuple(
        Stage(
            number,
            after=rng.choice(list(StageAfter)),
            majority=rng.choice([None, random_majority(rng)]),
            base=rng.choice([None, *Base]),
            abstention=rng.choice([None, *Abstention]),
            tie=rng.choice([None, *Tie]),
            wait_days=rng.choice([0, 0, 1, 14]),
        )
        for number in numbers
    )


def random_circular(rng: random.Random) -> Circular:
    return Circular(
        is_allowed=rng.random() < 0.9,
        objections_to_stop=rng.choice([None, 1, 1, 2, 5]),
        consent=random_turnout(rng) if rng.random() < 0.2 else Turnout(),
        is_unanimity_needed=rng.random() < 0.2,
        participation=random_turnout(rng, 0.3),
        is_chair_needed=rng.random() < 0.1,
        minimum_days=rng.randint(0, 30),
        reminder_days=tuple(sorted(rng.sample(range(1, 20), rng.randint(0, 3)), reverse=True)),
    )


def random_notice(rng: random.Random) -> Notice:
    amount = rng.randint(0, 30)
    return Notice(
        amount=amount,
        unit=rng.choice(list(Unit)),
        is_dispatch_day_counted=rng.random() < 0.5,
        is_meeting_day_counted=rng.random() < 0.5,
        is_end_moved=rng.random() < 0.5,
        land=rng.choice(["MV", "BY", "HH"]),
        is_waivable=rng.random() < 0.5,
        urgent_amount=rng.randrange(amount) if amount and rng.random() < 0.3 else None,
    )


def random_rules(rng: random.Random) -> Rules:
    """Any rules that do not contradict themselves."""
    return drawn(rng, lambda: _random_rules(rng))


def _random_rules(rng: random.Random) -> Rules:
    late = rng.choice(list(LateKind))
    # What goes together is drawn first and alone, so that few draws are thrown away.
    votes = drawn(
        rng,
        lambda: Rules(
            majority=random_majority(rng),
            base=rng.choice(list(Base)),
            abstention=rng.choice(list(Abstention)),
            tie=rng.choice(list(Tie)),
            missing=rng.choice(list(Missing)),
            chair_has_vote=rng.random() < 0.7,
        ),
    )
    return replace(
        drawn(rng, lambda: replace(votes, stages=random_stages(rng))),
        weights=random_weights(rng),
        quorum=random_quorum(rng),
        also=tuple(dict.fromkeys(random_also(rng) for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])))),
        binds=rng.choice(list(Binds)),
        circular=drawn(rng, lambda: random_circular(rng)),
        notice=random_notice(rng),
        late_items=LateItems(late, rng.randint(1, 30) if late is LateKind.UNTIL_DAYS_BEFORE else None),
        proxies=Proxies(rng.choice(list(ProxyKind)), rng.randint(1, 3), rng.random() < 0.5),
        secrecy=Secrecy(is_allowed=True, minimum_roll=rng.randint(3, 8), demand=random_turnout(rng, 0.1)),
        reservation=Reservation(is_allowed=rng.random() < 0.2, days=rng.randint(1, 90)),
        minutes=MinutesRule(rng.randint(1, 40), rng.randint(0, 30), rng.choice(list(Approval))),
        is_change_allowed=rng.random() < 0.5,
        is_tally_visible=rng.random() < 0.5,
        is_reason_needed_for_no=rng.random() < 0.2,
        is_conflict_decided_by_body=rng.random() < 0.3,
    )


def random_partners(rng: random.Random, rules: Rules) -> list[dict]:
    """Partners with a vote, a weight, a group; small numbers often, so that edges come up."""
    number = rng.choice([1, 1, 2, 3, 3, 4, 5, 6, 8, 9, 12, 16, 34])
    odds = [rng.random() ** 2 for _ in range(4)]
    choices = ["yes", "no", "abstain", None]
    is_present_known = rng.random() < 0.6
    excluding = rng.choice([0.0, 0.0, 0.1, 0.5])
    consenting = rng.choice([0.0, 0.5, 1.0])
    is_abstention_possible = all(
        rules.at_ballot(ballot).abstention is not Abstention.FORBIDDEN for ballot in range(1, 6)
    )
    partners = []
    for index in range(number):
        is_excluded = rng.random() < excluding
        vote = None if is_excluded else rng.choices(choices, odds)[0]
        if vote == "abstain" and not is_abstention_possible:
            vote = "no"
        present = (rng.random() < 0.7 or vote is not None) if is_present_known else None
        partners.append(
            {
                "id": f"p{index}",
                "vote": vote,
                "weight": 1 if rules.weights.is_equal else rng.choice([0, 1, 1, 2, 3, 5, 12]),
                "key": rng.choice([0, 500_000, 1_000_000, rng.randrange(10_000_000)]),
                "type": rng.choice(TYPES),
                "excluded": is_excluded,
                "present": present,
                "consents": not is_excluded and rng.random() < consenting,
            }
        )
    return partners


@dataclass(frozen=True)
class Ballot:
    """A random ballot: rules, partners, and what else is known; judged by both implementations."""

    rules: Rules
    partners: list[dict]
    way: str
    number: int
    chair: str | None
    is_second_invitation: bool
    minutes: int | None
    objections: int

    def decide(self) -> Verdict:
        """By the rules of the house."""
        return decide(
            self.rules,
            self.count(),
            way=self.way,
            is_second_invitation=self.is_second_invitation,
            objections=self.objections,
            chair_choice=next((p["vote"] for p in self.partners if p["id"] == self.chair), None),
            tallies=self.tallies(),
            number=self.number,
        )

    def second_opinion(self) -> str:
        """By the rule text."""
        return second_opinion.outcome(
            self.rules.to_data(),
            self.partners,
            way=self.way,
            second=self.is_second_invitation,
            objections=self.objections,
            chair=self.chair,
            minutes=self.minutes,
            number=self.number,
        )

    def count(self, measure: str = "weight", types: tuple[str, ...] | None = None) -> Count:
        """A count of the partners, or of a group of them, in votes or by the key, through the real tally."""
        on_roll = [p for p in self.partners if types is None or p["type"] in types]
        return tally(
            [p["id"] for p in on_roll],
            {p["id"]: p["vote"] for p in on_roll if p["vote"] is not None},
            excluded=[p["id"] for p in on_roll if p["excluded"]],
            present=[p["id"] for p in on_roll if p["present"]] if self.is_attendance_kept else None,
            weights={p["id"]: p[measure] for p in on_roll},
        )

    @property
    def is_attendance_kept(self) -> bool:
        entitled = [p for p in self.partners if not p["excluded"]]
        return bool(entitled) and all(p["present"] is not None for p in entitled) and self.way == "meeting"

    def tallies(self) -> Tallies:
        """What the services will tell besides the count."""
        entitled = {p["id"]: p for p in self.partners if not p["excluded"]}
        chair = entitled.get(self.chair)
        names = [also.partner for also in self.rules.also if also.partner] + list(self.rules.quorum.partners)
        return Tallies(
            key=self.count("key"),
            groups={group.name: self.count(types=group.types) for group in GROUPS},
            named={name.partner: entitled[name.partner]["vote"] for name in names if name.partner in entitled},
            is_chair_there=chair and (chair["vote"] is not None or (self.is_attendance_kept and chair["present"])),
            minutes_waited=self.minutes,
            consents=sum(p["weight"] for p in entitled.values() if p["consents"] or p["vote"] is not None),
        )


def random_ballot(rng: random.Random) -> Ballot:
    rules = random_rules(rng)
    partners = random_partners(rng, rules)
    return Ballot(
        rules=rules,
        partners=partners,
        way=rng.choice(["meeting", "circular"]) if rules.circular.is_allowed else "meeting",
        number=rng.choice([1, 1, 1, 2, 3, 4, 5]) if rules.stages else 1,
        chair=rng.choice([partner["id"] for partner in partners] + [None]),
        is_second_invitation=rng.random() < 0.3,
        minutes=rng.choice([None, 0, 29, 30, 45]),
        objections=rng.choice([0, 0, 0, 1, 2, 5]),
    )
