import pytest

from membership.enums import EnquiryState
from membership.models import Enquiry
from membership.services import enquiries
from partnership.models import OutboxMessage
from tests.factories import PartnershipFactory
from tests.factories.membership import EnquiryFactory, make_manager

pytestmark = pytest.mark.django_db

TOLD = {
    "kind": "join",
    "organisation": "Gemeinde Musterdorf",
    "name": "Ida Interesse",
    "email": "ida@example.org",
    "message": "Wir möchten beitreten.\nGeheimwort Zebra",
}


def test_an_enquiry_is_a_record_and_mails_to_product_management_and_the_enquirer():
    partnership = PartnershipFactory(enquiry_email="anfragen@example.org")
    manager = make_manager(partnership)
    enquiry = enquiries.receive(partnership=partnership, **TOLD)
    assert Enquiry.objects.get().state == EnquiryState.NEW
    mails = {mail.to_address: mail for mail in OutboxMessage.objects.all()}
    assert set(mails) == {manager.email, "anfragen@example.org", "ida@example.org"}
    assert b"Zebra" not in bytes(mails["ida@example.org"].mime)
    assert str(enquiry.pk).encode() in bytes(mails[manager.email].mime).replace(b"=\n", b"")


def test_without_product_management_the_office_is_told():
    partnership = PartnershipFactory()
    enquiries.receive(partnership=partnership, **TOLD)
    assert OutboxMessage.objects.filter(to_address=partnership.office_email).exists()


def test_an_unknown_kind_is_refused():
    with pytest.raises(enquiries.EnquiryRefused):
        enquiries.receive(partnership=PartnershipFactory(), **TOLD | {"kind": "admin"})


def test_the_same_answer_goes_out_once_and_a_closed_enquiry_takes_none():
    enquiry = EnquiryFactory()
    manager = make_manager(enquiry.partnership)
    for _ in range(2):
        enquiries.answer(by=manager, enquiry=enquiry, text="Gern, rufen Sie an.")
    assert OutboxMessage.objects.filter(kind="enquiry_answered", to_address="ida@example.org").count() == 1
    enquiries.close(by=manager, enquiry=enquiry)
    with pytest.raises(enquiries.EnquiryRefused, match="bereits erledigt"):
        enquiries.answer(by=manager, enquiry=enquiry, text="Noch etwas.")
    assert enquiries.reopen(by=manager, enquiry=enquiry).state == EnquiryState.ANSWERED
