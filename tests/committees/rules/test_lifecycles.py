import os
import random
from itertools import product

import pytest

from committees.rules.lifecycles import (
    BALLOT,
    MEETING,
    MOTION,
    REFERRAL,
    BallotState,
    MeetingState,
    MotionState,
    ReferralRole,
    ReferralState,
    allowed,
    final_states,
    motion_state,
    steps_from,
)

TABLES = {
    "ballot": (BALLOT, BallotState, "draft"),
    "meeting": (MEETING, MeetingState, "draft"),
    "referral": (REFERRAL, ReferralState, "waiting"),
    "motion": (MOTION, MotionState, "draft"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_whole(name):
    """Every state can be reached, every step stands once, has its words and somebody to take it."""
    table, states, start = TABLES[name]
    reached, frontier = {start}, [start]
    while frontier:
        for step in steps_from(table, frontier.pop()):
            if step.to not in reached:
                reached.add(step.to)
                frontier.append(step.to)
    assert reached == set(states)
    assert len({(step.from_, step.to) for step in table}) == len(table)
    for step in table:
        assert step.who
        assert step.verb.de
        assert step.verb.en
        assert step.from_ != step.to


def test_the_states_nothing_leads_out_of():
    assert final_states(BALLOT) == {"declared", "stopped", "annulled"}
    assert final_states(MEETING) == {"closed", "cancelled"}
    # What was decided ends, unless the resolution is declared invalid.
    assert final_states(REFERRAL) == {"noted"}
    assert final_states(MOTION) == {"withdrawn", "lapsed", "implemented"}
    for table, state in (
        (REFERRAL, "adopted"),
        (REFERRAL, "rejected"),
        (REFERRAL, "recommended"),
        (MOTION, "rejected"),
    ):
        assert {step.needs for step in steps_from(table, state)} == {("resolution_annulled",)}


@pytest.mark.parametrize("name", TABLES)
def test_random_walks_never_leave_the_table_and_never_come_back_from_the_end(name):
    """V12, the pure part: 5,000 random sequences of commands."""
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    table, states, start = TABLES[name]
    ends = final_states(table)
    pairs = {(step.from_, step.to) for step in table}
    commands = list(states)
    for _ in range(5000):
        state, trail = start, [start]
        for _ in range(12):
            wish = rng.choice(commands)
            step = allowed(table, state, wish)
            assert (step is not None) == ((state, wish) in pairs)
            if step is not None:
                assert state not in ends, (seed, trail)
                state = step.to
                trail.append(state)


def test_a_ballot_once_closed_never_opens_again_and_once_declared_never_changes():
    for step in BALLOT:
        if step.to == "open":
            assert step.from_ == "draft"
        assert step.from_ != "declared"
    assert allowed(BALLOT, "disputed", "declared") is None


def test_annulling_needs_a_reason_and_a_second_person():
    steps = [step for step in BALLOT if step.to == "annulled"]
    assert {step.from_ for step in steps} == {"open", "counting", "closed", "disputed"}
    for step in steps:
        assert {"reason", "second_person"} <= set(step.needs)


@pytest.mark.parametrize(
    ("states", "roles", "motion"),
    [
        ([], None, "submitted"),
        (["waiting", "waiting"], None, "submitted"),
        (["scheduled", "waiting"], None, "in_treatment"),
        (["in_vote"], None, "in_treatment"),
        (["deferred"], None, "in_treatment"),
        (["recommended", "waiting"], ["recommends", "decides"], "in_treatment"),
        (["recommended", "adopted"], ["recommends", "decides"], "adopted"),
        (["not_recommended", "adopted"], ["recommends", "decides"], "adopted"),
        (["not_recommended", "rejected"], ["recommends", "decides"], "rejected"),
        (["adopted", "waiting"], ["decides", "decides"], "in_treatment"),
        (["adopted", "adopted"], ["decides", "decides"], "adopted"),
        (["adopted", "rejected"], ["decides", "decides"], "rejected"),
        (["rejected", "waiting"], ["decides", "decides"], "rejected"),
        (["adopted", "waiting"], ["decides", "told"], "adopted"),
        (["adopted", "noted"], ["decides", "told"], "adopted"),
        (["recommended", "adopted"], None, "adopted"),
        (["adopted", "waiting"], None, "in_treatment"),
        (["recommended"], ["recommends"], "in_treatment"),
        (["noted"], ["told"], "in_treatment"),
    ],
)
def test_the_state_of_a_motion_follows_from_its_referrals(states, roles, motion):
    assert motion_state(states, roles) == motion


def test_a_motion_is_never_adopted_against_a_deciding_committee():
    """Every pair of states and roles."""
    for states in product(ReferralState, repeat=2):
        for roles in product(ReferralRole, repeat=2):
            result = motion_state(states, roles)
            deciding = [state for state, role in zip(states, roles, strict=True) if role == "decides"]
            if result == "adopted":
                assert deciding
                assert set(deciding) == {"adopted"}
            if result == "rejected":
                assert "rejected" in deciding


def test_each_referral_has_its_role():
    with pytest.raises(ValueError, match="One role"):
        motion_state(["waiting"], [])
    with pytest.raises(ValueError):
        motion_state(["unknown"])
