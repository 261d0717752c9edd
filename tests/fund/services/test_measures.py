"""What the fund pays for."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from committees.enums import EntryKind
from committees.services import register
from fund.enums import MeasureState
from fund.models import Measure, Posting
from fund.queries import balance, carrying_resolutions, with_remaining
from fund.services import books, funds, measures
from partnership import clock
from partnership.enums import Role
from partnership.services import appointments
from tests.factories import UserFactory
from tests.factories.fund import make_treasury
from tests.factories.motions import make_house

pytestmark = pytest.mark.django_db


def test_an_adopted_resolution_sets_the_budget_aside():
    treasury = make_treasury()
    treasury.fill("1000")
    resolution = treasury.resolve()
    measure = treasury.approve("600", resolution)
    assert (measure.state, measure.resolution) == (MeasureState.APPROVED, resolution)
    assert (balance(treasury.fund).bank, balance(treasury.fund).free, balance(treasury.fund).bound) == (1000, 400, 600)
    assert Posting.objects.get(number=2).reference == resolution.number


def test_no_more_is_approved_than_is_free():
    treasury = make_treasury()
    treasury.fill("1000")
    treasury.approve("600")
    with pytest.raises(books.BookingRefused, match="nur 400,00\xa0€ verfügbar, gebraucht werden 400,01\xa0€"):
        treasury.approve("400.01")
    assert Measure.objects.filter(state=MeasureState.APPROVED).count() == 1


def test_a_resolution_that_was_rejected_or_belongs_to_others_carries_nothing():
    treasury, other = make_treasury(), make_house()
    treasury.fill("1000")
    rejected = treasury.resolve("Abgelehntes", choices="nny")
    assert rejected.kind == EntryKind.REJECTED
    from tests.factories.motions import make_motion, vote_through

    foreign = vote_through(other, make_motion(other, committee=other.sk), other.sk)
    for resolution in (rejected, foreign):
        with pytest.raises(measures.NotResolved, match="kein geltender Beschluss") as caught:
            treasury.approve("10", resolution)
        assert caught.value.field == "resolution"


def test_an_annulled_resolution_carries_nothing_and_nothing_more_is_paid_on_it():
    treasury = make_treasury()
    treasury.fill("1000")
    resolution = treasury.resolve()
    measure = treasury.approve("600", resolution)
    register.append(
        by=treasury.office,
        kind=EntryKind.ANNULLED,
        committee=resolution.committee,
        title=resolution.title,
        text="",
        reason="Ladungsfehler",
        refers_to=resolution,
        numbered=False,
    )
    assert not carrying_resolutions(treasury.partnership).exists()
    with pytest.raises(measures.NotResolved):
        treasury.approve("100", resolution)
    with pytest.raises(measures.NotResolved, match="gilt nicht mehr"):
        treasury.pay(measure, "10")
    measures.cancel(by=treasury.office, measure=measure, reason="Beschluss ungültig")
    assert balance(treasury.fund).free == 1000


def test_measures_of_one_resolution_stay_within_the_amount_its_motion_names():
    treasury = make_treasury()
    treasury.fill("1000")
    resolution = treasury.resolve(amount=Decimal(500))
    treasury.approve("300", resolution)
    with pytest.raises(measures.NotResolved, match="bewilligt 500,00\xa0€; davon sind noch 200,00\xa0€ frei"):
        treasury.approve("200.01", resolution)
    treasury.approve("200", resolution)


def test_a_measure_is_paid_up_to_its_budget():
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    treasury.pay(measure, "599.99", reference="RE 1")
    with pytest.raises(books.BookingRefused, match="nur noch 0,01\xa0€ bewilligt") as caught:
        treasury.pay(measure, "0.02")
    assert caught.value.field == "amount"
    treasury.pay(measure, "0.01")
    found = with_remaining(Measure.objects.all()).get()
    assert (found.remaining, found.spent) == (0, 600)
    assert balance(treasury.fund).bank == 400


def test_the_same_payment_sent_twice_is_booked_once():
    treasury = make_treasury()
    treasury.fill("1000")
    measure, key = treasury.approve("600"), uuid4()
    assert treasury.pay(measure, "600", key=key) == treasury.pay(measure, "600", key=key)
    assert balance(treasury.fund).bank == 400


def test_a_key_of_another_booking_is_no_key():
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    taken = Posting.objects.get(number=1).idempotency_key
    with pytest.raises(books.AlreadyBooked):
        treasury.pay(measure, "1", key=taken)


@pytest.mark.parametrize("step", ["proposed", "done", "cancelled"])
def test_only_an_approved_measure_is_paid(step):
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.propose() if step == "proposed" else treasury.approve()
    if step == "done":
        measures.finish(by=treasury.office, measure=measure)
    if step == "cancelled":
        measures.cancel(by=treasury.office, measure=measure, reason="anders gelöst")
    with pytest.raises(measures.MeasureRefused, match="Bezahlt wird nur"):
        treasury.pay(measure, "1")


def test_what_a_finished_measure_did_not_need_is_free_again():
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    treasury.pay(measure, "250")
    measures.finish(by=treasury.office, measure=measure)
    assert (balance(treasury.fund).bank, balance(treasury.fund).free) == (750, 750)
    with pytest.raises(measures.MeasureRefused, match="abgeschlossen"):
        measures.cancel(by=treasury.office, measure=measure, reason="zu spät")
    assert books.faults(treasury.fund) == []


def test_a_measure_is_given_up_with_a_reason():
    treasury = make_treasury()
    measure = treasury.propose()
    with pytest.raises(measures.MeasureRefused, match="Grund"):
        measures.cancel(by=treasury.office, measure=measure, reason="")
    measures.cancel(by=treasury.office, measure=measure, reason="anders gelöst")
    assert not Posting.objects.exists()


def test_an_approved_measure_cannot_be_edited():
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    with pytest.raises(measures.MeasureRefused, match="bereits entschieden"):
        measures.edit(by=treasury.office, measure=measure, title="Größer", budget=Decimal(900))


def test_the_database_knows_no_approval_without_a_resolution():
    treasury = make_treasury()
    measure = treasury.propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(state=MeasureState.APPROVED)


# --- the fund itself -------------------------------------------------------------------------------------


def test_a_partnership_has_one_fund():
    treasury = make_treasury()
    with pytest.raises(funds.FundRefused, match="bereits einen Fonds"):
        funds.set_up(by=treasury.office, partnership=treasury.partnership, name="Zweiter", purpose="Anderes")


def test_the_resolution_that_created_the_fund_can_be_named_later_but_not_exchanged():
    treasury = make_treasury()
    first, second = treasury.resolve("Fonds errichten"), treasury.resolve("Etwas anderes")
    fund = funds.edit(by=treasury.office, fund=treasury.fund, name="Fonds", purpose="Pflege", resolution=first)
    assert fund.created_by_resolution == first
    with pytest.raises(funds.FundRefused, match="steht fest"):
        funds.edit(by=treasury.office, fund=fund, name="Fonds", purpose="Pflege", resolution=second)


def test_nobody_keeps_and_checks_the_same_books():
    treasury = make_treasury()
    with pytest.raises(appointments.AppointmentRefused, match="nicht zugleich"):
        funds.appoint_officer(by=treasury.office, fund=treasury.fund, role=Role.AUDITOR, email=treasury.treasurer.email)
    person = UserFactory()
    made = funds.appoint_officer(by=treasury.office, fund=treasury.fund, role=Role.AUDITOR, email=person.email)
    assert (made.person, made.valid_from) == (person, clock.today())
