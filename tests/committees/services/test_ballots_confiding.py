"""Who sees a ballot may become fewer while it runs, never more; its rules stand."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from committees.enums import BallotState
from committees.models import Ballot
from committees.rules.presets import VWVFG
from committees.services import ballots
from partnership.models import AuditEvent
from tests.factories.committees import closed_ballot, make_chamber, open_ballot
from tests.factories.membership import make_manager

pytestmark = pytest.mark.django_db


def test_an_open_ballot_is_made_confidential_and_stays_so():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    outsider = make_manager(chamber.partnership)
    assert Ballot.objects.visible_to(outsider).exists()
    ballots.make_confidential(by=chamber.chair, ballot=ballot)
    assert not Ballot.objects.visible_to(make_manager(chamber.partnership)).exists()
    assert AuditEvent.objects.filter(action="ballot.made_confidential").exists()
    with pytest.raises(ballots.WrongState, match="bereits vertraulich"):
        ballots.make_confidential(by=chamber.chair, ballot=ballot)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.update(is_confidential=False)
    ballot = ballots.close_ballot(by=chamber.chair, ballot=closed_or_voted(chamber, ballot))
    assert ballot.is_confidential


def closed_or_voted(chamber, ballot):
    """The ballot with one vote missing, asked to end early by another person."""
    chamber.cast(ballot, 0, "yes")
    return ballots.request_early_close(by=chamber.office, ballot=ballot, reason="Eilt")


def test_only_who_conducts_makes_a_ballot_confidential():
    chamber = make_chamber(1)
    with pytest.raises(ballots.NotAllowed):
        ballots.make_confidential(by=chamber.delegates[0], ballot=open_ballot(chamber))


def test_a_declared_ballot_keeps_who_sees_it():
    chamber = make_chamber(2)
    ballot = closed_ballot(chamber, "yn")
    ballots.make_confidential(by=chamber.chair, ballot=ballot)
    other = closed_ballot(chamber, "yy")
    ballots.declare(by=chamber.chair, ballot=other)
    with pytest.raises(ballots.WrongState, match="nichts mehr"):
        ballots.make_confidential(by=chamber.chair, ballot=other)


def test_neither_rules_nor_the_view_of_the_tally_change_under_an_open_ballot():
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    shown = {**ballot.rules_frozen, "is_tally_visible": True}
    for rules in (VWVFG.rules.to_data(), shown):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(rules_frozen=rules)


def test_the_page_asks_once_and_offers_it_only_where_it_helps(client):
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    client.force_login(chamber.chair)
    confide = reverse("committees:ballot_confide", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk})
    assert confide in client.get(ballot.get_absolute_url()).content.decode()
    assert "lässt sich nicht zurückholen" in client.get(confide).content.decode()
    assert client.post(confide).status_code == 302
    ballot.refresh_from_db()
    assert (ballot.is_confidential, ballot.state) == (True, BallotState.OPEN)
    assert confide not in client.get(ballot.get_absolute_url()).content.decode()
