"""Yes, subject to one's own council (Gremienvorbehalt): when the resolution takes effect."""

import uuid
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from committees.models import Effect, Reservation, Resolution
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Reservation as ReservationRule
from committees.services import ballots, register, reservations
from committees.services.ballots import InvalidChoice
from committees.services.reservations import ReservationRefused
from fund.queries import carrying_resolutions
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories.committees import make_chamber, open_ballot

pytestmark = pytest.mark.django_db
WITH = replace(EQUAL_SIMPLE.rules, reservation=ReservationRule(is_allowed=True, days=60))


def cast(chamber, ballot, index, choice="yes", council=""):
    return ballots.cast(
        by=chamber.delegates[index],
        ballot=ballot,
        partner=chamber.partners[index],
        choice=choice,
        token=str(uuid.uuid4()),
        council=council,
    )


def adopted(*votes):
    """A declared ballot; each vote is (choice, council)."""
    chamber = make_chamber(len(votes), rules=WITH)
    ballot = open_ballot(chamber)
    for index, (choice, council) in enumerate(votes):
        cast(chamber, ballot, index, choice, council)
    return chamber, ballots.declare(by=chamber.office, ballot=ballot)


def held(resolution, index):
    return list(reservations.of(resolution.ballot))[index]


def settle(chamber, resolution, index, *, is_lifted):
    reservation = held(resolution, index)
    person = chamber.person(reservation.partner)
    return reservations.settle(by=person, reservation=reservation, is_lifted=is_lifted, note="SR 12/2026")


def kinds():
    return list(Resolution.objects.order_by("position").values_list("kind", flat=True))


def test_a_resolution_waits_until_every_council_has_agreed():
    chamber, resolution = adopted(("yes", "Stadtrat"), ("yes", "Kreistag"), ("no", ""))
    effect = Effect.objects.get()
    assert (effect.due_on, effect.settled_at) == (resolution.resolved_on + timedelta(days=60), None)
    assert list(carrying_resolutions(chamber.partnership)) == []
    settle(chamber, resolution, 0, is_lifted=True)
    effect.refresh_from_db()
    assert effect.settled_at is None
    settle(chamber, resolution, 1, is_lifted=True)
    effect.refresh_from_db()
    assert effect.is_effective is True
    assert kinds() == ["adopted", "effective"]
    assert register.verify(chamber.partnership).findings == ()
    assert list(carrying_resolutions(chamber.partnership)) == [resolution]
    assert OutboxMessage.objects.filter(kind="resolution.effect").exists()


def test_a_council_that_refuses_turns_the_yes_into_a_no():
    chamber, resolution = adopted(("yes", "Stadtrat"), ("yes", ""), ("no", ""))
    settle(chamber, resolution, 0, is_lifted=False)
    assert Effect.objects.get().is_effective is False
    assert kinds() == ["adopted", "lapsed"]
    assert list(carrying_resolutions(chamber.partnership)) == []


def test_where_the_majority_stands_without_it_a_refusal_does_not_stop_the_resolution():
    chamber, resolution = adopted(("yes", "Stadtrat"), ("yes", ""), ("yes", ""))
    settle(chamber, resolution, 0, is_lifted=False)
    assert Effect.objects.get().is_effective is True


def test_the_day_passes_and_the_resolution_takes_effect():
    _chamber, _resolution = adopted(("yes", "Stadtrat"), ("yes", ""))
    effect = Effect.objects.get()
    last_day = clock.now().replace(hour=12) + timedelta(days=60)
    with clock.frozen(last_day):
        assert reservations.settle_due() == 0
    with clock.frozen(last_day + timedelta(days=1)):
        assert reservations.settle_due() == 1
        assert reservations.settle_due() == 0
    effect.refresh_from_db()
    assert effect.is_effective is True
    assert Reservation.objects.get().state == "lapsed"


def test_those_still_open_are_reminded_once_per_occasion():
    chamber, _resolution = adopted(("yes", "Stadtrat"), ("yes", ""))
    due_on = Effect.objects.get().due_on
    noon = datetime.combine(due_on, time(12), tzinfo=clock.now().tzinfo)
    for days, expected in ((20, 0), (14, 1), (10, 0), (3, 1), (0, 0)):
        with clock.frozen(noon - timedelta(days=days)):
            assert reservations.remind_due() == expected
    assert {mail.recipient for mail in OutboxMessage.objects.filter(kind="reservation.reminder")} == {
        chamber.delegates[0]
    }


def test_a_changed_vote_takes_its_reservation_with_it():
    chamber = make_chamber(3, rules=WITH)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0, council="Stadtrat")
    cast(chamber, ballot, 0)
    cast(chamber, ballot, 1)
    cast(chamber, ballot, 2)
    ballots.declare(by=chamber.office, ballot=ballot)
    assert not Effect.objects.exists()
    assert Reservation.objects.count() == 1
    assert not Reservation.objects.counting().exists()


def test_without_the_rule_or_with_a_no_there_is_no_reservation():
    chamber = make_chamber(2)
    with pytest.raises(InvalidChoice, match="Vorbehalt"):
        cast(chamber, open_ballot(chamber), 0, council="Stadtrat")
    chamber = make_chamber(2, rules=WITH)
    with pytest.raises(InvalidChoice, match="nur bei einem Ja"):
        cast(chamber, open_ballot(chamber), 0, "no", council="Stadtrat")


def test_only_the_partners_own_people_settle_and_only_once():
    chamber, resolution = adopted(("yes", "Stadtrat"), ("yes", "Kreistag"))
    for stranger in (chamber.delegates[1], chamber.office, chamber.chair):
        with pytest.raises(ReservationRefused, match="vertritt"):
            reservations.settle(by=stranger, reservation=held(resolution, 0), is_lifted=True)
    settle(chamber, resolution, 0, is_lifted=True)
    with pytest.raises(ReservationRefused, match="bereits entschieden"):
        settle(chamber, resolution, 0, is_lifted=False)


def test_the_database_keeps_what_is_settled():
    chamber, resolution = adopted(("yes", "Stadtrat"), ("yes", ""))
    settle(chamber, resolution, 0, is_lifted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.update(state="refused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Effect.objects.update(is_effective=False)


def test_the_register_says_with_which_reservation_a_partner_voted():
    _chamber, resolution = adopted(("yes", "Stadtrat"), ("yes", ""))
    votes = register.part(resolution, "votes")
    assert [vote.get("reservation") for vote in votes].count("Stadtrat") == 1
