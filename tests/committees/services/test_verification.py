"""The nightly recount (R7): what somebody changed in the database reaches people within one run."""

import pytest
from django.db import connection

from committees.enums import BallotState
from committees.models import Ballot, Vote
from committees.services import ballots
from committees.tasks import recount_and_verify
from partnership.db.triggers import lifted
from partnership.models import Heartbeat, OutboxMessage
from partnership.services import readiness
from tests.committees.services.test_ballots import text_of
from tests.factories.committees import closed_ballot, make_chamber
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


def tamper(sql, *values):
    """As somebody with the rights of the owner of the tables could."""
    connection.check_constraints()
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        connection.check_constraints()


def change_one_vote(ballot):
    vote = Vote.objects.filter(ballot=ballot, choice="yes").first()
    tamper("UPDATE committees_vote SET choice = 'no' WHERE id = %s", vote.pk)


def alarms():
    return OutboxMessage.objects.filter(kind="register.alarm")


@pytest.fixture
def chamber():
    UserFactory(name="Adele Admin", is_superuser=True)
    return make_chamber(3)


def test_nothing_is_said_where_all_agrees(chamber):
    ballots.declare(by=chamber.chair, ballot=closed_ballot(chamber, "yyn"))
    closed_ballot(chamber, "yan")
    assert recount_and_verify() == 0
    assert not alarms().exists()
    assert "register" not in readiness.problems()


def test_a_changed_vote_of_a_closed_ballot_makes_it_disputed_within_one_run(chamber):
    ballot = closed_ballot(chamber, "yyn")
    change_one_vote(ballot)
    assert recount_and_verify() == 1
    ballot.refresh_from_db()
    assert ballot.state == BallotState.DISPUTED
    with pytest.raises(ballots.WrongState):
        ballots.declare(by=chamber.chair, ballot=ballot)
    assert {message.recipient.name for message in alarms()} == {"Adele Admin", chamber.office.name}
    assert f"Abstimmung „{ballot.title}“" in text_of(alarms().first())
    assert OutboxMessage.objects.filter(kind="ballot.disputed").exists()
    assert "register" in readiness.problems()


def test_a_changed_vote_of_a_declared_ballot_is_told_once_and_stays_red_until_it_is_right(chamber):
    ballot = closed_ballot(chamber, "yyn")
    ballots.declare(by=chamber.chair, ballot=ballot)
    vote = Vote.objects.filter(ballot=ballot, choice="yes").first()
    change_one_vote(ballot)
    assert recount_and_verify() > 0
    assert alarms().count() == 2
    recount_and_verify()
    assert alarms().count() == 2
    ballot.refresh_from_db()
    assert ballot.state == BallotState.DECLARED
    assert Heartbeat.objects.get(name="register").detail == chamber.partnership.slug
    tamper("UPDATE committees_vote SET choice = 'yes' WHERE id = %s", vote.pk)
    assert recount_and_verify() == 0
    assert "register" not in readiness.problems()


def test_changed_counts_are_found_although_the_votes_are_whole(chamber):
    ballot = closed_ballot(chamber, "yyn")
    counts = '{"roll":3,"yes":3,"no":0,"abstained":0,"missing":0,"excluded":0,"present":null}'
    tamper(
        "UPDATE committees_ballot SET counts = %s WHERE id = %s",
        counts,
        Ballot._meta.pk.get_db_prep_value(ballot.pk, connection),
    )
    assert recount_and_verify() == 1


def test_a_changed_verdict_is_found(chamber):
    ballot = closed_ballot(chamber, "yyn")
    data = {**ballot.verdict, "count": {**ballot.counts, "yes": 3, "no": 0}}
    with lifted():
        Ballot.objects.filter(pk=ballot.pk).update(verdict=data)
        connection.check_constraints()
    assert recount_and_verify() == 1


def test_the_title_of_a_confidential_ballot_never_leaves_the_portal(chamber):
    ballot = closed_ballot(chamber, "yyn", title="Geheime Sache", is_confidential=True)
    change_one_vote(ballot)
    recount_and_verify()
    assert "Geheime Sache" not in text_of(alarms().first())


def test_only_what_can_be_an_alarm_is_one():
    with pytest.raises(ValueError, match="No alarm"):
        readiness.raise_alarm("weather", "rain")
