"""Ballots one after another on the same matter: escalation, repeats after a tie, the second invitation."""

import random
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from committees.enums import BallotState, EntryRelation, MeetingState, MotionState, ReferralState
from committees.models import AgendaItem, Ballot, Resolution, RuleSet
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import (
    Compare,
    Majority,
    MajorityKind,
    Quorum,
    Share,
    Stage,
    StageAfter,
    Tie,
    Turnout,
)
from committees.services import ballots, meetings, register, second_invitation
from committees.services.ballots import stages
from partnership import clock
from partnership.models import OutboxMessage
from tests.committees.services.test_ballots import text_of
from tests.factories.committees import BallotFactory, MeetingFactory, closed_ballot, make_chamber, open_ballot
from tests.factories.motions import make_motion

pytestmark = pytest.mark.django_db
SIMPLE = EQUAL_SIMPLE.rules
# DHRV § 8: unanimous; from the third ballot on a simple majority, and on a tie the chair.
DHRV = replace(
    SIMPLE,
    majority=Majority(MajorityKind.ALL),
    stages=(Stage(3, majority=Majority(MajorityKind.SIMPLE), tie=Tie.CHAIR),),
)
# DSL-B: after a tie a new ballot after two weeks at the earliest, then the chair.
DSL = replace(SIMPLE, tie=Tie.NEW_BALLOT, stages=(Stage(2, after=StageAfter.TIE, tie=Tie.CHAIR, wait_days=14),))


def voted(chamber, ballot, choices):
    chamber.cast_all(ballot, choices)
    ballot.refresh_from_db()
    return ballots.close_ballot(by=chamber.chair, ballot=ballot)


def go_on(chamber, ballot, **more):
    return ballots.continue_ballot(by=chamber.chair, ballot=ballot, **more)


def entries():
    return list(Resolution.objects.order_by("position"))


def test_unanimous_twice_then_a_simple_majority():
    chamber = make_chamber(3, rules=DHRV)
    first = closed_ballot(chamber, "yyn")
    assert first.outcome == "undecided"
    second = go_on(chamber, first)
    assert (second.state, second.number, second.continues) == (BallotState.OPEN, 2, first)
    second = voted(chamber, second, "yyn")
    assert second.outcome == "undecided"
    third = voted(chamber, go_on(chamber, second), "yyn")
    assert (third.number, third.outcome) == (3, "adopted")
    ballots.declare(by=chamber.chair, ballot=third)
    found = entries()
    assert [entry.kind for entry in found] == ["undecided", "undecided", "adopted"]
    assert [entry.refers_to for entry in found] == [None, found[0], found[1]]
    assert {entry.relation for entry in found[1:]} == {EntryRelation.FOLLOWS}
    assert [bool(entry.number) for entry in found] == [False, False, True]
    assert register.verify(chamber.partnership).is_sound


def test_in_the_last_stage_the_chair_decides_a_tie():
    chamber = make_chamber(4, rules=DHRV)
    ballot = closed_ballot(chamber, "yynn")
    for _ in range(2):
        ballot = voted(chamber, go_on(chamber, ballot), "yynn")
    assert ballots.awaits_chair(ballot)
    ballot = ballots.break_tie(by=chamber.chair, ballot=ballot, choice="yes")
    assert ballot.outcome == "adopted"


def test_a_unanimous_first_ballot_ends_it():
    chamber = make_chamber(3, rules=DHRV)
    first = closed_ballot(chamber, "yyy")
    assert first.outcome == "adopted"
    with pytest.raises(ballots.WrongState, match="kein Wahlgang"):
        go_on(chamber, first)


def test_after_a_tie_the_next_ballot_waits_as_long_as_the_rules_say():
    chamber = make_chamber(2, rules=DSL)
    first = closed_ballot(chamber, "yn")
    assert first.outcome == "undecided"
    second = go_on(chamber, first)
    assert second.state == BallotState.DRAFT
    with pytest.raises(ballots.OpeningRefused, match=r"Fassung 1.*2\. Wahlgang frühestens am"):
        ballots.open_ballot(by=chamber.chair, ballot=second)
    day_before = first.closed_at + timedelta(days=13)
    with clock.frozen(day_before), pytest.raises(ballots.OpeningRefused):
        ballots.open_ballot(by=chamber.chair, ballot=second)
    with clock.frozen(first.closed_at + timedelta(days=14)):
        second = ballots.open_ballot(by=chamber.chair, ballot=second)
    assert second.own_rules.tie is Tie.CHAIR


def test_a_tie_without_stages_is_voted_on_anew_and_linked():
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    first = closed_ballot(chamber, "yn")
    assert first.outcome == "tie"
    second = voted(chamber, go_on(chamber, first), "yy")
    ballots.declare(by=chamber.chair, ballot=second)
    assert [entry.kind for entry in entries()] == ["tie", "adopted"]
    assert entries()[1].refers_to == entries()[0]


def test_the_next_ballot_keeps_the_rules_of_the_first_whatever_has_come_since():
    chamber = make_chamber(3, rules=DHRV)
    first = closed_ballot(chamber, "yyn")
    RuleSet.objects.filter(committee=chamber.committee).update(valid_until=clock.today())
    RuleSet.objects.create(
        committee=chamber.committee, version=2, settings=SIMPLE.to_data(), valid_from=clock.today() + timedelta(days=1)
    )
    with clock.frozen(clock.now() + timedelta(days=2)):
        second = go_on(chamber, first)
    assert (second.state, second.rule_set.version, second.rules) == (BallotState.OPEN, 1, DHRV)


def test_a_circular_one_needs_a_deadline_and_is_announced():
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    first = open_ballot(chamber)
    chamber.cast_all(first, "yn")
    first.refresh_from_db()
    with pytest.raises(ballots.WrongState, match="braucht eine Frist") as refused:
        go_on(chamber, first)
    assert refused.value.field == "deadline_at"
    second = go_on(chamber, first, deadline_at=clock.now() + timedelta(days=10))
    assert second.state == BallotState.OPEN


def test_nobody_continues_twice_and_the_database_refuses_it_too():
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    first = closed_ballot(chamber, "yn")
    go_on(chamber, first)
    with pytest.raises(ballots.WrongState, match="schon vorbereitet"):
        go_on(chamber, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        BallotFactory(committee=chamber.committee, continues=first, number=2)


def test_a_second_ballot_that_is_annulled_is_repeated_as_the_second():
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    first = closed_ballot(chamber, "yn")
    second = go_on(chamber, first)
    again = ballots.annul_and_repeat(by=chamber.chair, ballot=second, reason="Falscher Text").successor
    assert (again.number, again.continues, again.repeats) == (2, first, second)
    assert stages.follower_of(first) == again


def test_too_few_in_the_second_ballot_and_it_is_held_once_more():
    chamber = make_chamber(3, rules=DHRV)
    second = voted(chamber, go_on(chamber, closed_ballot(chamber, "yyn")), "y..")
    assert second.outcome == "no_quorum"
    again = go_on(chamber, second)
    assert (again.number, again.continues) == (2, second)


def test_who_holds_no_function_continues_nothing():
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    first = closed_ballot(chamber, "yn")
    with pytest.raises(ballots.NotAllowed):
        ballots.continue_ballot(by=chamber.delegates[0], ballot=first)


def test_a_motion_goes_on_only_with_the_last_ballot():
    from tests.factories.committees import RuleSetFactory
    from tests.factories.motions import make_house

    house = make_house()
    RuleSetFactory(committee=house.sk, rules=DHRV)
    motion = make_motion(house, committee=house.sk)
    referral = motion.referrals.get(committee=house.sk)
    meeting = MeetingFactory(committee=house.sk)

    def prepared():
        return ballots.draft_ballot(
            by=house.chair, committee=house.sk, title="T", text="t", way="meeting", meeting=meeting, referral=referral
        )

    def vote(ballot, choices):
        for partner, person, choice in zip(house.partners, house.sk_delegates, choices, strict=True):
            ballots.cast(
                by=person, ballot=ballot, partner=partner, choice=choice, token=f"{ballot.pk}{partner.pk}"[:60]
            )
        ballot.refresh_from_db()
        return ballots.close_ballot(by=house.chair, ballot=ballot)

    first = vote(ballots.open_ballot(by=house.chair, ballot=prepared()), ("yes", "yes", "no"))
    ballots.declare(by=house.chair, ballot=first)
    referral.refresh_from_db()
    motion.refresh_from_db()
    assert (referral.state, motion.state) == (ReferralState.SCHEDULED, MotionState.IN_TREATMENT)
    # Another ballot that is not the next one would begin from the start.
    with pytest.raises(ballots.OpeningRefused, match=r"folgt der 2\. Wahlgang"):
        ballots.open_ballot(by=house.chair, ballot=prepared())
    first.refresh_from_db()
    second = vote(ballots.continue_ballot(by=house.chair, ballot=first), ("yes", "yes", "yes"))
    ballots.declare(by=house.chair, ballot=second)
    referral.refresh_from_db()
    motion.refresh_from_db()
    assert (referral.state, motion.state) == (ReferralState.ADOPTED, MotionState.ADOPTED)


# --- the second invitation --------------------------------------------------------------------------------


LIFTED = replace(
    SIMPLE, quorum=Quorum(Turnout(Share(Compare.MORE_THAN, Fraction(1, 2)), 3), is_lifted_by_second_invitation=True)
)


@pytest.mark.parametrize(
    ("is_second", "is_carried", "outcome"),
    [(True, True, "adopted"), (True, False, "no_quorum"), (False, True, "no_quorum")],
)
def test_the_second_invitation_lifts_the_quorum_for_the_same_matter_only(is_second, is_carried, outcome):
    chamber = make_chamber(5, rules=LIFTED)
    before = MeetingFactory(
        committee=chamber.committee, state=MeetingState.CLOSED, starts_at=clock.now() - timedelta(days=20)
    )
    old = AgendaItem.objects.create(meeting=before, position=1, title="Umzug")
    meeting = MeetingFactory(committee=chamber.committee, is_second_invitation=is_second)
    item = AgendaItem.objects.create(
        meeting=meeting, position=1, title="Umzug", carried_from=old if is_carried else None
    )
    ballot = open_ballot(chamber, way="meeting", meeting=meeting, agenda_item=item)
    assert second_invitation.is_called_anew(ballot) == (is_second and is_carried)
    assert voted(chamber, ballot, "y....").outcome == outcome


def test_random_series_end_where_their_rules_say():
    """Random series of ballots: the numbers rise by one, only the last is a resolution."""
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(12):
        chamber = make_chamber(3, rules=DHRV)
        ballot = closed_ballot(chamber, "".join(rng.choice("yn") for _ in range(3)))
        for _ in range(4):
            if not ballots.can_continue(ballot):
                break
            ballot = voted(chamber, go_on(chamber, ballot), "".join(rng.choice("yn") for _ in range(3)))
        if ballot.outcome in ("adopted", "rejected"):
            ballots.declare(by=chamber.chair, ballot=ballot)
        chain = list(Ballot.objects.filter(committee=chamber.committee).order_by("number"))
        assert [one.number for one in chain] == list(range(1, len(chain) + 1)), seed
        assert all(one.outcome == "undecided" for one in chain[:-1]), seed
        assert len(chain) <= 3, seed
        assert register.verify(chamber.partnership).is_sound, seed


def test_the_invitation_says_for_which_items_it_is_the_second():
    chamber = make_chamber(3, rules=LIFTED)
    before = MeetingFactory(
        committee=chamber.committee, state=MeetingState.CLOSED, starts_at=clock.now() - timedelta(days=20)
    )
    old = AgendaItem.objects.create(meeting=before, position=1, title="Umzug")
    meeting = MeetingFactory(
        committee=chamber.committee,
        state=MeetingState.DRAFT,
        is_second_invitation=True,
        starts_at=clock.now() + timedelta(days=30),
        place="Rathaus",
    )
    AgendaItem.objects.create(meeting=meeting, position=1, title="Begrüßung")
    AgendaItem.objects.create(meeting=meeting, position=2, title="Umzug", carried_from=old)
    found = meetings.prepare(meeting)
    assert next(check for check in found.checks if check.key == "second").is_met
    meetings.invite(by=chamber.office, meeting=meeting)
    assert "zweite Einladung zu TOP 2." in text_of(OutboxMessage.objects.filter(kind="meeting_invitation").first())


def test_a_second_invitation_without_anything_called_anew_is_told_to_who_sends_it():
    chamber = make_chamber(3, rules=LIFTED)
    meeting = MeetingFactory(committee=chamber.committee, state=MeetingState.DRAFT, is_second_invitation=True)
    found = meetings.prepare(meeting)
    check = next(check for check in found.checks if check.key == "second")
    assert (check.is_met, check.is_blocking) == (False, False)
    assert second_invitation.notice(meeting, LIFTED) == ""
