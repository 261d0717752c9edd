"""A partner nobody acts for gets no notice; the managing office learns of it."""

import pytest

from committees.models import Delegate
from committees.notifications.resolutions import unreached
from committees.services import ballots
from partnership.enums import Role
from partnership.models import OutboxMessage
from tests.factories.committees import make_chamber, open_ballot
from tests.factories.ground import UserFactory, appoint

pytestmark = pytest.mark.django_db


def test_everybody_reached_means_no_mail():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    for index in range(3):
        chamber.cast(ballot, index, "yes")
    ballots.declare(by=chamber.office, ballot=ballot)
    assert unreached(chamber.partnership) == []
    assert not OutboxMessage.objects.filter(kind="resolution.unreached").exists()


def test_the_office_learns_which_partner_has_nobody():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    for index in range(3):
        chamber.cast(ballot, index, "yes")
    Delegate.objects.filter(partner=chamber.partners[2]).delete()
    assert unreached(chamber.partnership) == [chamber.partners[2]]
    ballots.declare(by=chamber.office, ballot=ballot)
    assert OutboxMessage.objects.get(kind="resolution.unreached").recipient == chamber.office


def test_an_administrator_of_the_partner_is_enough():
    chamber = make_chamber(2)
    Delegate.objects.filter(partner=chamber.partners[1]).delete()
    appoint(UserFactory(), Role.PARTNER_ADMIN, chamber.partners[1])
    assert unreached(chamber.partnership) == []
