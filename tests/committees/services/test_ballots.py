"""The life of a ballot, step by step."""

from datetime import timedelta

import pytest

from committees.enums import BallotState
from committees.models import Participation, Resolution, Vote
from committees.services import ballots
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories.committees import make_chamber, open_ballot

pytestmark = pytest.mark.django_db


def test_a_circular_ballot_is_opened_voted_on_closed_and_declared():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    assert (ballot.state, ballot.roll_size) == (BallotState.OPEN, 3)
    assert OutboxMessage.objects.filter(kind="ballot.opened").count() == 3
    chamber.cast_all(ballot, "yy")
    with clock.frozen(ballot.deadline_at + timedelta(seconds=1)):
        assert ballots.close_due() == 1
        ballot.refresh_from_db()
        assert (ballot.state, ballot.outcome, ballot.close_cause) == ("closed", "adopted", "deadline")
        resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert resolution.number.endswith("-001")
    assert ballot.counts["yes"] == 2
    assert ballot.counts["missing"] == 1
    assert OutboxMessage.objects.filter(kind="resolution.declared").count() == 3


def test_a_circular_ballot_closes_by_itself_when_all_have_voted():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yny")
    ballot.refresh_from_db()
    assert (ballot.state, ballot.close_cause, ballot.outcome) == ("closed", "complete", "adopted")
    assert (Participation.objects.count(), Vote.objects.count(), Resolution.objects.count()) == (3, 3, 0)
