import pytest
from django.urls import reverse

from membership.models import Contact
from tests.factories import PartnerFactory
from tests.factories.membership import ContactFactory, make_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(client):
    contact = ContactFactory(name="Frieda Finanz")
    client.force_login(make_manager(contact.partner.partnership))
    return contact


def address(name, partner, **more):
    return reverse(f"membership:{name}", kwargs={"slug": partner.partnership.slug, "pk": partner.pk} | more)


def test_a_contact_is_corrected_and_stays_with_its_partner(client, contact):
    other = PartnerFactory(partnership=contact.partner.partnership)
    url = address("contact_update", contact.partner, contact=contact.pk)
    assert "Frieda Finanz" in client.get(url).content.decode()
    data = {"role": "press", "name": "Petra Presse", "phone": "040 1", "partner": str(other.pk)}
    assert client.post(url, data).status_code == 302
    found = Contact.objects.get()
    assert (found.name, found.role, found.partner) == ("Petra Presse", "press", contact.partner)


def test_a_contact_without_a_way_to_reach_it_is_refused(client, contact):
    response = client.post(address("contact_create", contact.partner), {"role": "press", "name": "Stumm"})
    assert response.status_code == 422
    assert "E-Mail-Adresse oder eine Telefonnummer" in response.content.decode()


def test_removing_asks_once(client, contact):
    url = address("contact_delete", contact.partner, contact=contact.pk)
    assert "Frieda Finanz als Ansprechperson entfernen?" in client.get(url).content.decode()
    assert Contact.objects.exists()
    assert client.post(url).status_code == 302
    assert not Contact.objects.exists()


@pytest.mark.parametrize("name", ["contact_update", "contact_delete"])
def test_a_contact_of_another_partner_answers_as_an_absent_one(client, contact, name):
    sibling = ContactFactory(partner=PartnerFactory(partnership=contact.partner.partnership))
    url = address(name, contact.partner, contact=sibling.pk)
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert Contact.objects.count() == 2
