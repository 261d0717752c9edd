"""Casting: who may, how often, and what a form sent twice gets (V3, V4, V7, Q4, Q9 of reliability.md)."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from committees.enums import DelegateKind
from committees.models import Ballot, Delegate, LateAnswer, Participation, Vote
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Abstention
from committees.services import ballots
from committees.services.ballots import casting
from membership.enums import Fact
from membership.models import YES, SeatShare, Standing
from partnership import clock
from partnership.access.ties import forget
from tests.factories.committees import DelegateFactory, make_chamber, open_ballot
from tests.factories.ground import LONG_AGO, OrganisationFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
SIMPLE = EQUAL_SIMPLE.rules


def rows():
    return Participation.objects.count(), Vote.objects.count()


def test_a_vote_leaves_a_participation_a_first_revision_and_a_receipt():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    receipt = chamber.cast(ballot, 0, "yes")
    vote = Vote.objects.get()
    assert (vote.revision, vote.choice, vote.replaced, vote.capacity) == (1, "yes", "", "delegate")
    assert (receipt.choice, receipt.revision, receipt.cast_at, receipt.is_repeat) == ("yes", 1, vote.cast_at, False)
    assert rows() == (1, 1)


def test_a_change_is_a_new_revision_and_the_old_one_stays():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    assert chamber.cast(ballot, 0, "abstain").revision == 2
    assert list(Vote.objects.values_list("revision", "choice", "replaced")) == [(1, "yes", ""), (2, "abstain", "yes")]
    assert Participation.objects.count() == 1


def test_no_change_where_the_rules_allow_none():
    chamber = make_chamber(2, rules=replace(SIMPLE, is_change_allowed=False))
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with pytest.raises(ballots.ChangeRefused, match="keine Änderung"):
        chamber.cast(ballot, 0, "no")
    assert rows() == (1, 1)


# --- V3: forged input -------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", ["", "maybe", "-1", "YES", "yes ", "x" * 1_000_000, "yes\x00", None, ["yes"]])
def test_what_is_no_choice_is_refused(choice):
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    with pytest.raises((ballots.InvalidChoice, TypeError)):
        chamber.cast(ballot, 0, choice)
    assert rows() == (0, 0)


def test_nobody_casts_for_another_partner():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    for person in (chamber.delegates[1], chamber.chair, chamber.office, UserFactory(is_superuser=True, is_staff=True)):
        with pytest.raises(ballots.NotEntitled):
            chamber.cast(ballot, 0, "yes", by=person)
    assert rows() == (0, 0)


def test_nobody_casts_for_a_partner_of_another_partnership_or_none():
    chamber, other = make_chamber(1), make_chamber(1)
    ballot = open_ballot(chamber)
    for partner in (other.partners[0].pk, uuid.uuid4()):
        with pytest.raises(ballots.NotEntitled):
            ballots.cast(by=chamber.delegates[0], ballot=ballot, partner=partner, choice="yes", token="t")
    with pytest.raises(Ballot.DoesNotExist):
        ballots.cast(by=chamber.delegates[0], ballot=uuid.uuid4(), partner=chamber.partners[0], choice="yes", token="t")
    assert rows() == (0, 0)


def test_no_vote_before_opening():
    chamber = make_chamber(1)
    from tests.factories.committees import BallotFactory

    with pytest.raises(ballots.NotEntitled):
        chamber.cast(BallotFactory(committee=chamber.committee), 0, "yes")


def test_no_abstention_where_the_rules_forbid_it():
    chamber = make_chamber(2, rules=replace(SIMPLE, abstention=Abstention.FORBIDDEN))
    ballot = open_ballot(chamber)
    with pytest.raises(ballots.InvalidChoice, match="keine Enthaltung"):
        chamber.cast(ballot, 0, "abstain")


# --- V4: the same form again ------------------------------------------------------------------------


def test_the_same_form_again_gets_the_same_receipt_even_after_closing():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    first = chamber.cast(ballot, 0, "yes", token="dieselbe")
    again = chamber.cast(ballot, 0, "yes", token="dieselbe")
    assert replace(again, is_repeat=False) == first
    chamber.cast(ballot, 1, "yes")
    ballot.refresh_from_db()
    assert ballot.state == "closed"
    assert replace(chamber.cast(ballot, 0, "yes", token="dieselbe"), is_repeat=False) == first
    assert rows() == (2, 2)


def test_a_used_token_opens_nothing_else():
    chamber = make_chamber(3, with_deputies=True)
    ballot, other = open_ballot(chamber), open_ballot(chamber)
    chamber.cast(ballot, 0, "yes", token="einmal")
    for attempt in (
        lambda: chamber.cast(ballot, 0, "no", token="einmal"),
        lambda: chamber.cast(other, 0, "yes", token="einmal"),
        lambda: chamber.cast(ballot, 1, "yes", token="einmal"),
        lambda: chamber.cast(ballot, 0, "yes", token="einmal", by=chamber.deputies[0]),
    ):
        with pytest.raises(ballots.TokenUsed):
            attempt()
    with pytest.raises(ballots.TokenUsed, match="Kennung"):
        ballots.cast(by=chamber.delegates[1], ballot=ballot, partner=chamber.partners[1], choice="yes", token="")
    assert rows() == (1, 1)


def test_what_the_database_refuses_becomes_an_answer_never_an_error(monkeypatch):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)

    def too_late(*args, **kwargs):
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(casting.Participation, "save", too_late)
    with pytest.raises(ballots.TokenUsed, match="im selben Augenblick"):
        chamber.cast(ballot, 0, "yes")
    assert rows() == (0, 0)


def test_changing_without_end_is_slowed_down_but_a_repeat_is_not(monkeypatch):
    monkeypatch.setattr(casting, "CHANGES_PER_WINDOW", 2)
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    chamber.cast(ballot, 0, "no")
    chamber.cast(ballot, 0, "yes", token="letzte")
    with pytest.raises(ballots.TooManyCasts) as refused:
        chamber.cast(ballot, 0, "no")
    assert refused.value.status == 429
    assert chamber.cast(ballot, 0, "yes", token="letzte").is_repeat


# --- V7: the deadline holds by itself ---------------------------------------------------------------


def test_the_deadline_holds_although_no_job_ran():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    with clock.frozen(ballot.deadline_at - timedelta(microseconds=1)):
        chamber.cast(ballot, 0, "yes")
    with clock.frozen(ballot.deadline_at), pytest.raises(ballots.DeadlinePassed):
        chamber.cast(ballot, 1, "yes")
    ballot.refresh_from_db()
    assert (ballot.state, rows()) == ("open", (1, 1))
    assert LateAnswer.objects.get().partner == chamber.partners[1]


def test_a_late_change_is_refused_but_is_no_late_answer():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with clock.frozen(ballot.deadline_at), pytest.raises(ballots.DeadlinePassed):
        chamber.cast(ballot, 0, "no")
    assert not LateAnswer.objects.exists()


# --- delegates and deputies, Q4 ---------------------------------------------------------------------


def test_a_deputy_never_overrides_the_delegate():
    chamber = make_chamber(2, with_deputies=True)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with pytest.raises(ballots.ChangeRefused, match="Stellvertretung"):
        chamber.cast(ballot, 0, "no", by=chamber.deputies[0])


def test_the_delegate_replaces_the_deputy_even_where_nothing_may_be_changed():
    chamber = make_chamber(2, with_deputies=True, rules=replace(SIMPLE, is_change_allowed=False))
    ballot = open_ballot(chamber)
    assert chamber.cast(ballot, 0, "no", by=chamber.deputies[0]).capacity == "deputy"
    assert chamber.cast(ballot, 0, "yes").capacity == "delegate"
    with pytest.raises(ballots.ChangeRefused):
        chamber.cast(ballot, 0, "no", by=chamber.deputies[0])
    assert rows() == (1, 2)


def test_a_new_delegate_casts_and_the_old_one_is_refused_at_once():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    old = chamber.delegates[0]
    Delegate.objects.filter(person=old).update(valid_until=clock.today())
    new = DelegateFactory(committee=chamber.committee, partner=chamber.partners[0], valid_from=clock.today()).person
    with pytest.raises(ballots.NotEntitled, match="vertreten diesen Partner"):
        chamber.cast(ballot, 0, "yes", by=old)
    assert chamber.cast(ballot, 0, "no", by=new).revision == 1


def test_a_mandate_that_begins_tomorrow_casts_nothing_today():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    tomorrow = clock.today() + timedelta(days=1)
    person = DelegateFactory(committee=chamber.committee, partner=chamber.partners[0], valid_from=tomorrow).person
    with pytest.raises(ballots.NotEntitled):
        chamber.cast(ballot, 0, "yes", by=person)


def test_two_bodies_that_share_a_seat_have_one_vote():
    chamber = make_chamber(2)
    partner = chamber.partners[0]
    SeatShare.objects.create(partner=partner, organisation=OrganisationFactory(), position=2)
    second = DelegateFactory(committee=chamber.committee, partner=partner, kind=DelegateKind.DEPUTY).person
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes", by=second)
    chamber.cast(ballot, 0, "no")
    assert Participation.objects.filter(partner=partner).count() == 1
    assert ballots.turnout(ballot) == 1
    assert ballots.running_tally(ballot) == {"yes": 0, "no": 1, "abstain": 0}


@pytest.mark.parametrize(("fact", "value"), [(Fact.STAGE, "ended"), (Fact.VOTING_RIGHT, "no"), (Fact.SUSPENSION, YES)])
def test_a_partner_that_lost_its_vote_meanwhile_casts_nothing(fact, value):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    partner = chamber.partners[0]
    Standing.objects.filter(partner=partner, fact=fact).update(valid_until=clock.today())
    Standing.objects.create(partner=partner, fact=fact, value=value, valid_from=clock.today())
    with pytest.raises(ballots.NotEntitled, match="kein Stimmrecht mehr"):
        chamber.cast(ballot, 0, "yes")


def test_a_partner_that_joined_after_opening_has_no_vote():
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    late = DelegateFactory(
        committee=chamber.committee, partner=PartnerFactory(partnership=chamber.partnership), valid_from=LONG_AGO
    )
    with pytest.raises(ballots.NotEntitled, match="nicht stimmberechtigt"):
        ballots.cast(by=late.person, ballot=ballot, partner=late.partner, choice="yes", token="t")


# --- cost -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partners", [1, 3, 60])
def test_a_cast_takes_at_most_a_dozen_statements_whatever_the_roll(partners):
    chamber = make_chamber(partners)
    ballot = open_ballot(chamber, way="meeting")
    forget(chamber.delegates[0])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        chamber.cast(ballot, 0, "yes")
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 12, "\n".join(statements)
