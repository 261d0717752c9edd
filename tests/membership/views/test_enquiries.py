import pytest
from django.urls import reverse

from membership.enums import EnquiryState
from membership.models import Enquiry
from partnership.models import OutboxMessage
from tests.factories import PartnershipFactory
from tests.factories.membership import EnquiryFactory, make_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def manager(partnership, client):
    person = make_manager(partnership)
    client.force_login(person)
    return person


def address(name, partnership, **more):
    return reverse(f"membership:{name}", kwargs={"slug": partnership.slug} | more)


def test_an_enquiry_is_answered_closed_and_reopened(client, partnership, manager):
    enquiry = EnquiryFactory(partnership=partnership, organisation="Gemeinde Müsterdorf")
    url = address("enquiry_detail", partnership, pk=enquiry.pk)
    assert "Wir möchten beitreten." in client.get(url).content.decode()
    data = {"text": "Gern.", "state": "closed", "organisation": "Andere", "handled_by": "x"}
    assert client.post(url, data).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer, enquiry.organisation) == (
        EnquiryState.ANSWERED, "Gern.", "Gemeinde Müsterdorf",
    )  # fmt: skip
    assert OutboxMessage.objects.get().to_address == enquiry.email
    client.post(address("enquiry_close", partnership, pk=enquiry.pk))
    assert Enquiry.objects.get().state == EnquiryState.CLOSED
    assert client.post(url, {"text": "Noch etwas"}).status_code == 422
    client.post(address("enquiry_reopen", partnership, pk=enquiry.pk))
    assert Enquiry.objects.get().state == EnquiryState.ANSWERED
    assert client.get(address("enquiry_close", partnership, pk=enquiry.pk)).status_code == 405


def test_the_list_is_filtered_sorted_and_exported(client, partnership, manager):
    EnquiryFactory(partnership=partnership, organisation="Alpha")
    EnquiryFactory(partnership=partnership, organisation="Beta", state=EnquiryState.CLOSED)
    page = client.get(address("enquiry_list", partnership) + "?stand=new&q=alp&sort=organisation")
    assert "Alpha" in page.content.decode()
    assert "Beta" not in page.content.decode()
    assert "Beta" in client.get(address("enquiry_list", partnership) + "?export=csv").content.decode()


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_the_list_costs_the_same_whatever_its_length(client, partnership, manager, rows, django_assert_max_num_queries):
    EnquiryFactory.create_batch(rows, partnership=partnership)
    with django_assert_max_num_queries(12):
        client.get(address("enquiry_list", partnership))


@pytest.mark.parametrize("name", ["enquiry_detail", "enquiry_close", "enquiry_reopen"])
def test_an_enquiry_to_another_partnership_answers_as_an_absent_one(client, partnership, manager, name):
    foreign = EnquiryFactory()
    url = address(name, partnership, pk=foreign.pk)
    assert client.post(url, {"text": "x"}).status_code == 404
    assert Enquiry.objects.get().state == EnquiryState.NEW
