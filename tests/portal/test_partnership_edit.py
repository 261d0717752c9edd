import pytest
from django.urls import reverse

from partnership.enums import Role
from tests.factories import PartnershipFactory, UserFactory, appoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="haus", name="Haus")


def fields(partnership, **changes):
    return {
        "name": partnership.name,
        "short_name": partnership.short_name,
        "state": "active",
        "land": "HH",
        "minimum_partners": "2",
        "office_email": "buero@example.org",
        "purpose": "Neuer Zweck",
        "is_public": "on",
        **changes,
    }


def url():
    return reverse("portal:partnership_edit", kwargs={"slug": "haus"})


def test_the_office_edits_the_public_texts(client, partnership):
    office = UserFactory()
    appoint(office, Role.MANAGING_OFFICE, partnership)
    client.force_login(office)
    assert client.post(url(), fields(partnership, slug="geraubt")).status_code == 302
    partnership.refresh_from_db()
    assert (partnership.purpose, partnership.slug) == ("Neuer Zweck", "haus")


def test_a_bad_entry_is_refused_and_nothing_typed_is_lost(client, partnership):
    office = UserFactory()
    appoint(office, Role.MANAGING_OFFICE, partnership)
    client.force_login(office)
    response = client.post(url(), fields(partnership, office_email="keine", name="Getippter Name"))
    assert response.status_code == 422
    assert "Getippter Name" in response.content.decode()
    partnership.refresh_from_db()
    assert partnership.name == "Haus"


def test_product_management_does_not_edit_it(client, partnership):
    manager = UserFactory()
    appoint(manager, Role.PRODUCT_MANAGER, partnership)
    client.force_login(manager)
    assert client.get(url()).status_code == 403


def test_strangers_find_nothing(client, partnership):
    client.force_login(UserFactory())
    assert client.get(url()).status_code == 404
