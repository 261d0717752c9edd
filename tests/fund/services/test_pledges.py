"""What partners promise."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from fund.enums import PledgeState
from fund.models import Pledge
from fund.queries import supporters
from fund.services import books, pledges
from membership.services import partners
from partnership import clock
from partnership.models import AuditEvent
from tests.factories import PartnerFactory, PartnershipFactory
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


def promise(treasury, by, partner=0, amount="500", year=None):
    return pledges.create(
        by=by,
        fund=treasury.fund,
        partner=treasury.partners[partner],
        year=year or clock.today().year,
        amount=Decimal(amount),
    )


def test_an_admin_promises_for_the_own_partner_only():
    treasury = make_treasury()
    pledge = promise(treasury, treasury.admin)
    assert (pledge.pledged_by, pledge.state) == (treasury.admin, PledgeState.PLEDGED)
    with pytest.raises(pledges.NotYourPartner, match="die Sie verwalten"):
        promise(treasury, treasury.admin, partner=1)
    with pytest.raises(pledges.NotYourPartner):
        promise(treasury, treasury.house.delegate)
    with pytest.raises(pledges.NotYourPartner):
        promise(treasury, treasury.auditor)


def test_office_and_treasurer_promise_on_behalf_of_any_partner_of_the_partnership():
    treasury = make_treasury()
    promise(treasury, treasury.office)
    promise(treasury, treasury.treasurer, partner=1)
    with pytest.raises(pledges.NotYourPartner, match="gehört nicht zu der Partnerschaft"):
        pledges.create(
            by=treasury.office,
            fund=treasury.fund,
            partner=PartnerFactory(partnership=PartnershipFactory()),
            year=clock.today().year,
            amount=Decimal(5),
        )


def test_there_is_one_pledge_a_year():
    treasury = make_treasury()
    pledge = promise(treasury, treasury.admin)
    with pytest.raises(pledges.PledgeRefused, match="bereits eine Zusage vor"):
        promise(treasury, treasury.admin)
    pledge.pk = None
    pledge._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.create(
            fund=pledge.fund, partner=pledge.partner, year=pledge.year, amount=1, pledged_at=clock.now()
        )


@pytest.mark.parametrize("offset", [-2, 3])
def test_years_far_off_are_refused(offset):
    treasury = make_treasury()
    with pytest.raises(pledges.PledgeRefused, match="für die Jahre"):
        promise(treasury, treasury.admin, year=clock.today().year + offset)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_an_impossible_amount_is_refused(amount):
    treasury = make_treasury()
    with pytest.raises(books.BookingRefused):
        promise(treasury, treasury.admin, amount=amount)


def test_who_is_no_member_any_more_cannot_promise():
    treasury = make_treasury()
    partners.end_membership(by=treasury.office, partner=treasury.partners[1], on=clock.today(), reason="Austritt")
    with pytest.raises(pledges.PledgeRefused, match="kein Partner"):
        promise(treasury, treasury.treasurer, partner=1)


def test_a_change_withdraws_the_old_pledge_and_makes_a_new_one():
    treasury = make_treasury()
    old = promise(treasury, treasury.admin)
    new = pledges.change(by=treasury.admin, pledge=old, amount=Decimal(700), is_named=False)
    old.refresh_from_db()
    assert (old.state, old.withdrawn_by, old.amount) == (PledgeState.WITHDRAWN, treasury.admin, 500)
    assert (new.state, new.amount, new.is_named) == (PledgeState.PLEDGED, 700, False)
    with pytest.raises(pledges.PledgeRefused, match="inzwischen geändert"):
        pledges.change(by=treasury.admin, pledge=old, amount=Decimal(1), is_named=True)
    assert AuditEvent.objects.get(action="pledge.changed").details["before"] == "500.00"


def test_what_was_paid_stays_paid_through_a_change():
    treasury = make_treasury()
    old = promise(treasury, treasury.admin)
    treasury.receive(old, "300")
    with pytest.raises(pledges.PledgeRefused, match="bereits 300,00\xa0€"):
        pledges.change(by=treasury.admin, pledge=old, amount=Decimal("299.99"), is_named=True)
    new = pledges.change(by=treasury.admin, pledge=old, amount=Decimal(300), is_named=True)
    with pytest.raises(pledges.PledgeRefused, match="nicht mehr zurückziehen"):
        pledges.withdraw(by=treasury.admin, pledge=new)


def test_an_unpaid_pledge_can_be_withdrawn_and_made_again():
    treasury = make_treasury()
    pledges.withdraw(by=treasury.admin, pledge=promise(treasury, treasury.admin))
    promise(treasury, treasury.admin, amount="5")
    assert Pledge.objects.filter(state=PledgeState.WITHDRAWN).count() == 1


# --- supporters ------------------------------------------------------------------------------------------


def test_supporters_are_counted_and_named_only_if_they_agreed():
    treasury = make_treasury(5)
    year = clock.today().year
    for number, is_named in ((0, True), (1, False), (2, True)):
        treasury.pledge("10", partner=number, is_named=is_named)
    treasury.pledge("10", partner=3, year=year + 1)
    hidden = treasury.partners[2]
    hidden.is_listed = False
    hidden.save()
    found = supporters(treasury.partnership, year)
    assert (found.fund, found.year, found.count, found.total) == (treasury.fund, year, 3, 5)
    assert found.named == [treasury.partners[0].name]


def test_a_partnership_without_a_fund_has_no_supporters():
    partner = PartnerFactory()
    found = supporters(partner.partnership, 2026)
    assert (found.fund, found.count, found.total, found.named) == (None, 0, 1, [])


def test_who_left_counts_neither_here_nor_there():
    treasury = make_treasury(3)
    treasury.pledge("10", partner=2)
    partners.end_membership(by=treasury.office, partner=treasury.partners[2], on=clock.today(), reason="Austritt")
    found = supporters(treasury.partnership, clock.today().year)
    assert (found.count, found.total, found.named) == (0, 2, [])
