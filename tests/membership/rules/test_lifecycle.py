import os
import random

import pytest

from membership.rules.lifecycle import MEMBER_STAGES, STAGES, STEPS, Fact, Stage, allowed, allowed_steps

ENDS = {Stage.ENDED, Stage.REJECTED, Stage.WITHDRAWN, Stage.LAPSED, Stage.EXCLUDED}


def test_the_stages_are_those_of_the_domain():
    assert {stage.value for stage in Stage} == {
        "lead",
        "advising",
        "letter_of_intent",
        "applied",
        "admitted",
        "signing",
        "active",
        "notice_given",
        "settling",
        "ended",
        "deferred",
        "rejected",
        "withdrawn",
        "lapsed",
        "excluded",
    }
    assert set(STAGES) == set(Stage)


def test_every_stage_can_be_reached_and_only_the_ends_are_ends():
    reached, frontier = {Stage.LEAD}, [Stage.LEAD]
    while frontier:
        for step in allowed_steps(frontier.pop()):
            if step.to not in reached:
                reached.add(step.to)
                frontier.append(step.to)
    assert reached == set(Stage)
    assert {stage for stage in Stage if not allowed_steps(stage)} == ENDS


def test_each_step_stands_once_and_has_its_words_and_somebody_to_take_it():
    assert len({(step.from_, step.to) for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert step.who
        assert step.verb.de
        assert step.verb.en


def test_nobody_becomes_active_but_by_resolution_and_both_signatures():
    """Every way from enquiry to active goes through admission and signing."""
    assert {step.from_ for step in STEPS if step.to is Stage.ACTIVE} == {Stage.SIGNING, Stage.NOTICE_GIVEN}
    assert {step.from_ for step in STEPS if step.to is Stage.SIGNING} == {Stage.ADMITTED}
    admit = allowed(Stage.APPLIED, Stage.ADMITTED)
    assert admit is not None
    assert admit.needs == (Fact.RESOLUTION_ADOPTED,)
    start = allowed(Stage.SIGNING, Stage.ACTIVE)
    assert start is not None
    assert set(start.needs) == {Fact.BOTH_SIGNED, Fact.START_DATE_REACHED}


def test_an_application_needs_a_public_body():
    for step in STEPS:
        if step.to is Stage.APPLIED:
            assert Fact.PUBLIC_BODY in step.needs


def test_exclusion_needs_a_resolution_and_meets_members_only():
    steps = [step for step in STEPS if step.to is Stage.EXCLUDED]
    assert {step.from_ for step in steps} == MEMBER_STAGES
    assert all(step.needs == (Fact.EXCLUSION_RESOLUTION,) for step in steps)


def test_a_step_says_what_is_missing():
    step = allowed("signing", "active")
    assert step is not None
    assert step.missing({"both_signed"}) == (Fact.START_DATE_REACHED,)
    assert step.missing({"both_signed", "start_date_reached", "more"}) == ()
    assert allowed("lead", "active") is None


@pytest.mark.parametrize("start", list(Stage))
def test_random_walks_end_at_the_ends(start):
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(300):
        stage = start
        for _ in range(40):
            wish = rng.choice(list(Stage))
            step = allowed(stage, wish)
            if step is not None:
                assert stage not in ENDS
                stage = step.to
