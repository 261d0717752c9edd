"""What the database refuses by itself, on both engines (R3, V8 of reliability.md)."""

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from committees.enums import BallotState
from committees.models import Ballot, LateAnswer, Objection, Participation, RollEntry, Vote
from committees.services import ballots
from partnership import clock
from partnership.db import triggers
from tests.factories.committees import BallotFactory, closed_ballot, make_chamber, open_ballot
from tests.factories.ground import PartnerFactory

pytestmark = pytest.mark.django_db


def refused(deed):
    """The database refuses the deed, and the transaction around it goes on."""
    with pytest.raises(DatabaseError, match="konvent"), transaction.atomic():
        deed()


def vote(ballot, partner, person, **fields):
    values = {
        "choice": "yes",
        "capacity": "delegate",
        "cast_at": clock.now(),
        "token_hash": f"{partner.pk}{fields}"[:64],
    }
    return Vote.objects.create(ballot=ballot, partner=partner, cast_by=person, **{**values, **fields})


@pytest.fixture
def chamber():
    return make_chamber(3)


def test_every_guard_stands(chamber):
    assert set(triggers.names()) <= set(triggers.standing())


@pytest.mark.parametrize("state", ["draft", "closed", "declared", "annulled"])
def test_no_vote_goes_into_a_ballot_that_is_not_open(chamber, state):
    if state == "draft":
        ballot = BallotFactory(committee=chamber.committee)
        RollEntry.objects.create(ballot=ballot, partner=chamber.partners[2], partner_name="x")
    elif state == "annulled":
        ballot = open_ballot(chamber, way="meeting")
        ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="falsch")
    else:
        ballot = closed_ballot(chamber, "yy.")
        if state == "declared":
            ballots.declare(by=chamber.chair, ballot=ballot)
    refused(lambda: vote(ballot, chamber.partners[2], chamber.delegates[2]))
    refused(lambda: Participation.objects.create(ballot=ballot, partner=chamber.partners[2]))


def test_no_vote_for_who_is_not_on_the_roll_or_excluded(chamber):
    ballot = open_ballot(chamber)
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[0], reason="befangen")
    for partner in (chamber.partners[0], PartnerFactory(partnership=chamber.partnership)):
        refused(lambda partner=partner: vote(ballot, partner, chamber.chair))
        refused(lambda partner=partner: Participation.objects.create(ballot=ballot, partner=partner))


def test_a_revision_must_follow_the_one_it_replaces(chamber):
    ballot = open_ballot(chamber)
    partner, person = chamber.partners[0], chamber.delegates[0]
    vote(ballot, partner, person)
    refused(lambda: vote(ballot, partner, person, revision=3, replaced="yes"))
    refused(lambda: vote(ballot, partner, person, revision=2, replaced="no"))
    vote(ballot, partner, person, revision=2, replaced="yes", choice="no")


def test_a_second_first_vote_is_impossible(chamber):
    ballot = open_ballot(chamber)
    vote(ballot, chamber.partners[0], chamber.delegates[0])
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
        vote(ballot, chamber.partners[0], chamber.delegates[0], choice="no")


def test_votes_participations_objections_and_late_answers_are_for_ever(chamber):
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    Objection.objects.create(
        ballot=ballot, partner=chamber.partners[1], person=chamber.chair, reason="x", objected_at=clock.now()
    )
    LateAnswer.objects.create(
        ballot=ballot, partner=chamber.partners[2], person=chamber.chair, choice="no", answered_at=clock.now()
    )
    for rows in (Vote.objects, Participation.objects, Objection.objects, LateAnswer.objects):
        refused(lambda rows=rows: rows.update(partner=chamber.partners[2]))
        refused(lambda rows=rows: rows.all()._raw_delete("default"))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "anders"},
        {"text": "anders"},
        {"text_hash": "0" * 64},
        {"rules_frozen": {}},
        {"roll_size": 1},
        {"deadline_at": None},
        {"way": "meeting"},
        {"opened_at": None},
    ],
)
def test_what_opening_froze_stays(chamber, changes):
    ballot = open_ballot(chamber)
    refused(lambda: Ballot.objects.filter(pk=ballot.pk).update(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"counts": {}},
        {"verdict": {}},
        {"outcome": "rejected"},
        {"closed_at": None},
        {"close_cause": "early"},
        {"chair_choice": "no"},
        {"title": "anders"},
    ],
)
def test_what_closing_counted_stays(chamber, changes):
    ballot = closed_ballot(chamber, "yyn")
    refused(lambda: Ballot.objects.filter(pk=ballot.pk).update(**changes))


@pytest.mark.parametrize("before", BallotState.values)
@pytest.mark.parametrize("after", BallotState.values)
def test_no_step_that_the_life_of_a_ballot_does_not_have(before, after):
    from committees.rules import lifecycles

    chamber = make_chamber(5)
    ballot = BallotFactory(committee=chamber.committee)
    if before != "draft":
        secrecy = {"form": "secret", "secrecy": "separated"} if before == "counting" else {}
        ballot = open_ballot(chamber, way="meeting", **secrecy)
    if before in ("closed", "declared", "disputed"):
        chamber.cast_all(ballot, "yyn")
        ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    if before not in ("draft", "open", "closed"):
        extra = {"declared_at": clock.now()} if before == "declared" else {}
        Ballot.objects.filter(pk=ballot.pk).update(state=before, **extra)
    if before != after and lifecycles.allowed(lifecycles.BALLOT, before, after) is None:
        refused(lambda: Ballot.objects.filter(pk=ballot.pk).update(state=after))


def test_only_a_draft_is_deleted(chamber):
    draft = BallotFactory(committee=chamber.committee)
    RollEntry.objects.create(ballot=draft, partner=chamber.partners[0], partner_name="x")
    draft.delete()
    for ballot in (open_ballot(chamber), closed_ballot(chamber, "yyn")):
        refused(lambda ballot=ballot: Ballot.objects.filter(pk=ballot.pk)._raw_delete("default"))


def test_the_roll_ends_with_the_ballot(chamber):
    ballot = open_ballot(chamber, way="meeting")
    newcomer = PartnerFactory(partnership=chamber.partnership)
    refused(lambda: RollEntry.objects.create(ballot=ballot, partner=newcomer, partner_name="x"))
    refused(lambda: RollEntry.objects.filter(ballot=ballot).update(weight=2))
    refused(lambda: RollEntry.objects.filter(ballot=ballot)._raw_delete("default"))
    chamber.cast_all(ballot, "yy.")
    refused(lambda: RollEntry.objects.filter(ballot=ballot, partner=chamber.partners[0]).update(is_excluded=True))
    ballots.close_ballot(by=chamber.chair, ballot=ballot)
    refused(lambda: RollEntry.objects.filter(ballot=ballot).update(is_excluded=True))
    refused(lambda: RollEntry.objects.filter(ballot=ballot).update(mark="x"))


@pytest.mark.postgres
@pytest.mark.parametrize("label", sorted(triggers.SEALED))
def test_no_sealed_table_is_emptied_at_once(label):
    table = apps.get_model(label)._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'TRUNCATE TABLE "{table}" CASCADE')
