import pytest
from django.urls import reverse

from membership.models import Organisation
from partnership.enums import Role
from tests.factories import OrganisationFactory, PartnerFactory, PartnershipFactory, UserFactory, appoint
from tests.factories.membership import make_manager

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


def test_a_body_is_entered_listed_searched_and_exported(client, partnership, manager):
    data = {"name": "Dataport AöR", "kind": "agency", "land": "SH", "leitweg_id": "04011000-1234512345-06"}
    assert client.post(address("organisation_create", partnership), data).status_code == 302
    page = client.get(address("organisation_list", partnership) + "?q=data&art=agency&sort=-name")
    assert "Dataport AöR" in page.content.decode()
    assert "04011000-1234512345-06" in page.content.decode()
    assert "Dataport AöR" in client.get(address("organisation_list", partnership) + "?export=csv").content.decode()


def test_wrong_check_digits_are_told_at_the_field_and_kept(client, partnership, manager):
    body = PartnerFactory(partnership=partnership).shares.get().organisation
    url = address("organisation_update", partnership, pk=body.pk)
    data = {"name": body.name, "kind": body.kind, "leitweg_id": "04011000-1234512345-07"}
    response = client.post(url, data)
    assert response.status_code == 422
    assert "Prüfziffern" in response.context["form"].errors["leitweg_id"][0]
    assert 'value="04011000-1234512345-07"' in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_the_list_costs_the_same_whatever_its_length(client, partnership, manager, rows, django_assert_max_num_queries):
    for _ in range(rows):
        OrganisationFactory().partnerships.add(partnership)
    with django_assert_max_num_queries(12):
        client.get(address("organisation_list", partnership))


def test_a_body_of_another_partnership_answers_as_an_absent_one(client, partnership, manager):
    foreign = PartnerFactory().shares.get().organisation
    url = address("organisation_update", partnership, pk=foreign.pk)
    assert client.get(url).status_code == 404
    assert client.post(url, {"name": "x", "kind": "city"}).status_code == 404


def test_a_partner_administrator_keeps_its_own_body_but_not_its_name_and_kind(client, partnership):
    partner, other = PartnerFactory(partnership=partnership), PartnerFactory(partnership=partnership)
    keeper = UserFactory()
    appoint(keeper, Role.PARTNER_ADMIN, partner)
    client.force_login(keeper)
    body = partner.shares.get().organisation
    url = address("partner_organisation_update", partnership, pk=partner.pk, organisation=body.pk)
    assert client.get(url).status_code == 200
    data = {"website": "https://www.example.org", "name": "Umbenannt", "kind": "land", "parent": str(body.pk)}
    assert client.post(url, data).status_code == 302
    found = Organisation.objects.get(pk=body.pk)
    assert (found.website, found.name, found.kind, found.parent) == (
        "https://www.example.org", body.name, body.kind, None,
    )  # fmt: skip
    stranger = other.shares.get().organisation
    crossed = address("partner_organisation_update", partnership, pk=partner.pk, organisation=stranger.pk)
    assert client.get(crossed).status_code == 404
    foreign = address("partner_organisation_update", partnership, pk=other.pk, organisation=stranger.pk)
    assert client.get(foreign).status_code == 403
