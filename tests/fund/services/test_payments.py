"""Money that comes in."""

import email
import email.policy
from datetime import date, timedelta
from uuid import uuid4

import pytest

from fund.models import Posting
from fund.queries import balance, paid
from fund.services import books, payments, pledges
from membership.enums import ContactRole
from membership.models import Contact
from partnership import clock
from partnership.models import AuditEvent, OutboxMessage
from partnership.services import outbox
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


def test_a_payment_raises_the_balance_and_stands_on_its_pledge():
    treasury = make_treasury()
    pledge = treasury.pledge("1000")
    posting = treasury.receive(pledge, "400.50", reference="Auszug 7")
    assert (posting.number, posting.debit.kind, posting.credit.kind) == (1, "bank", "free")
    assert (posting.pledge, posting.reference, posting.bank_after) == (pledge, "Auszug 7", posting.amount)
    assert (balance(treasury.fund).bank, paid(treasury.fund, pledge.partner_id, pledge.year)) == (
        posting.amount,
        posting.amount,
    )
    assert AuditEvent.objects.get(action="posting.booked").actor == treasury.treasurer


def test_the_same_form_sent_twice_books_once():
    treasury = make_treasury()
    pledge, key = treasury.pledge("1000"), uuid4()
    first = treasury.receive(pledge, "1000", key=key)
    assert treasury.receive(pledge, "1000", key=key) == first
    assert Posting.objects.count() == 1
    with pytest.raises(books.AlreadyBooked, match="Buchung 1"):
        treasury.receive(pledge, "999", key=key)


def test_more_than_was_promised_must_be_confirmed():
    treasury = make_treasury()
    pledge = treasury.pledge("100")
    treasury.receive(pledge, "60")
    with pytest.raises(payments.Overpaid, match="mit dieser Zahlung wären 110,00\xa0€ eingegangen") as caught:
        treasury.receive(pledge, "50")
    assert caught.value.field == "accept_overpayment"
    treasury.receive(pledge, "50", accept_overpayment=True)
    assert balance(treasury.fund).bank == 110


@pytest.mark.parametrize(
    ("day", "says"), [(clock.today() + timedelta(days=1), "in der Zukunft"), (date(1999, 12, 31), "zu weit zurück")]
)
def test_a_day_that_cannot_be_is_refused(day, says):
    treasury = make_treasury()
    with pytest.raises(books.BookingRefused, match=says) as caught:
        treasury.receive(treasury.pledge("100"), "100", booked_on=day)
    assert caught.value.field == "booked_on"


def test_nothing_is_booked_on_a_pledge_that_was_withdrawn():
    treasury = make_treasury()
    pledge = treasury.pledge("100")
    pledges.withdraw(by=treasury.treasurer, pledge=pledge)
    with pytest.raises(payments.PaymentRefused, match="geändert oder zurückgezogen"):
        treasury.receive(pledge, "100")


def test_the_partner_is_thanked_once_per_address():
    treasury = make_treasury()
    partner = treasury.partners[0]
    Contact.objects.create(partner=partner, role=ContactRole.FINANCE, name="Kämmerei", email="geld@stadt.example")
    Contact.objects.create(partner=partner, role=ContactRole.FINANCE, name="Admin", email=treasury.admin.email.upper())
    Contact.objects.create(partner=partner, role=ContactRole.PRESS, name="Presse", email="presse@stadt.example")
    OutboxMessage.objects.all().delete()
    treasury.fill("1234.50")
    mails = OutboxMessage.objects.filter(kind="fund.payment_received")
    assert sorted(mails.values_list("to_address", flat=True)) == sorted([treasury.admin.email, "geld@stadt.example"])
    text = (
        email.message_from_bytes(bytes(mails.first().mime), policy=email.policy.default)
        .get_body(("plain",))
        .get_content()
    )
    assert "1.234,50" in text
    assert "Vielen Dank" in text
    assert mails.first().subject.startswith("[Muster]") or "Muster" in mails.first().subject


def test_who_left_the_partnership_gets_no_thanks_any_more():
    treasury = make_treasury()
    treasury.fill("100")
    mail = OutboxMessage.objects.get(kind="fund.payment_received")
    check = outbox.entitlement(mail.entitlement)
    assert check(mail) is None
    for appointment in treasury.admin.appointments.all():
        appointment.valid_until = clock.today()
        appointment.save()
    assert "wirkt an der Partnerschaft nicht mehr mit" in check(OutboxMessage.objects.get(pk=mail.pk))
