"""Conflicts of interest: who is concerned has no vote, and is counted apart (facts.md 6, rule 43)."""

from dataclasses import replace

import pytest

from committees.enums import BallotWay
from committees.models import Conflict, RollEntry
from committees.rules.presets import EQUAL_SIMPLE
from committees.services import ballots
from committees.services.ballots import NotAllowed, NotEntitled, RollRefused, WrongState
from tests.factories.committees import BallotFactory, MeetingFactory, make_chamber, open_ballot

pytestmark = pytest.mark.django_db
BY_BODY = replace(EQUAL_SIMPLE.rules, is_conflict_decided_by_body=True)


def in_meeting(chamber):
    meeting = MeetingFactory(committee=chamber.committee)
    ballot = BallotFactory(committee=chamber.committee, way=BallotWay.MEETING, meeting=meeting, deadline_at=None)
    return ballots.open_ballot(by=chamber.chair, ballot=ballot)


def declared(chamber, ballot, index=0):
    return ballots.declare_conflict(
        by=chamber.delegates[index], ballot=ballot, partner=chamber.partners[index], reason="Auftrag an uns"
    )


def is_excluded(ballot, partner):
    return RollEntry.objects.get(ballot=ballot, partner=partner).is_excluded


def test_a_partner_that_declares_its_conflict_does_not_vote_and_is_counted_apart():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    assert declared(chamber, ballot).state == "found"
    with pytest.raises(NotEntitled, match="Befangenheit"):
        chamber.cast(ballot, 0, "yes")
    chamber.cast(ballot, 1, "yes")
    chamber.cast(ballot, 2, "yes")
    ballot.refresh_from_db()
    assert (ballot.counts["excluded"], ballot.counts["yes"], ballot.outcome) == (1, 2, "adopted")


def test_where_the_rules_say_so_the_body_decides_without_the_partner():
    chamber = make_chamber(4, rules=BY_BODY)
    ballot = in_meeting(chamber)
    conflict = declared(chamber, ballot)
    assert (conflict.state, is_excluded(ballot, chamber.partners[0])) == ("stated", False)
    with pytest.raises(WrongState, match="noch nicht entschieden"):
        ballots.close_ballot(by=chamber.chair, ballot=ballot)
    with pytest.raises(RollRefused, match="sind es 3"):
        ballots.decide_conflict(by=chamber.chair, conflict=conflict, votes_for=3, votes_against=1)
    with pytest.raises(NotAllowed):
        ballots.decide_conflict(by=chamber.delegates[0], conflict=conflict, votes_for=0, votes_against=3)
    conflict = ballots.decide_conflict(by=chamber.chair, conflict=conflict, votes_for=2, votes_against=1)
    assert (conflict.state, is_excluded(ballot, chamber.partners[0])) == ("found", True)
    with pytest.raises(WrongState, match="bereits entschieden"):
        ballots.decide_conflict(by=chamber.chair, conflict=conflict, votes_for=0, votes_against=3)


@pytest.mark.parametrize(("votes_for", "votes_against"), [(1, 1), (0, 3)])
def test_a_tie_or_a_majority_against_leaves_the_vote(votes_for, votes_against):
    chamber = make_chamber(4, rules=BY_BODY)
    ballot = in_meeting(chamber)
    conflict = ballots.state_conflict(
        by=chamber.chair, ballot=ballot, partner=chamber.partners[0], reason="Auftrag an den Partner"
    )
    ballots.decide_conflict(by=chamber.chair, conflict=conflict, votes_for=votes_for, votes_against=votes_against)
    assert chamber.cast(ballot, 0, "yes").choice == "yes"


def test_the_chair_alone_excludes_nobody_where_the_body_decides():
    chamber = make_chamber(3, rules=BY_BODY)
    with pytest.raises(RollRefused, match="entscheidet das Gremium"):
        ballots.exclude_partner(
            by=chamber.chair, ballot=open_ballot(chamber), partner=chamber.partners[0], reason="Auftrag"
        )


def test_nobody_declares_for_another_partner_twice_or_after_voting():
    chamber = make_chamber(4)
    ballot = open_ballot(chamber)
    with pytest.raises(NotEntitled):
        ballots.declare_conflict(by=chamber.delegates[1], ballot=ballot, partner=chamber.partners[0], reason="x")
    declared(chamber, ballot)
    with pytest.raises(RollRefused, match="bereits eine Befangenheit"):
        declared(chamber, ballot)
    chamber.cast(ballot, 1, "yes")
    with pytest.raises(RollRefused, match="bereits abgestimmt"):
        declared(chamber, ballot, 1)
    with pytest.raises(WrongState, match="Grund"):
        ballots.declare_conflict(by=chamber.delegates[2], ballot=ballot, partner=chamber.partners[2], reason="  ")
    assert Conflict.objects.count() == 1
