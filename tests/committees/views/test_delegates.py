from datetime import timedelta

import pytest
from django.urls import reverse

from committees.enums import DelegateKind
from committees.models import Delegate
from partnership import clock
from partnership.enums import Role
from tests.factories import PartnerFactory, UserFactory, appoint
from tests.factories.committees import CommitteeFactory, DelegateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory()


@pytest.fixture
def partner(committee):
    return PartnerFactory(partnership=committee.partnership)


@pytest.fixture
def keeper(partner, client):
    person = UserFactory()
    appoint(person, Role.PARTNER_ADMIN, partner)
    client.force_login(person)
    return person


def address(name, partnership, pk):
    return reverse(f"committees:{name}", kwargs={"slug": partnership.slug, "pk": pk})


def test_a_partner_administrator_sends_a_new_person(client, committee, partner, keeper):
    url = address("delegate_create", partner.partnership, partner.pk)
    form = client.get(f"{url}?gremium={committee.pk}&als=deputy").context["form"]
    assert (form["committee"].value(), form["kind"].value()) == (str(committee.pk), "deputy")
    other = PartnerFactory(partnership=committee.partnership)
    data = {
        "committee": committee.pk, "kind": "delegate", "email": "nele@example.org", "name": "Nele Neu",
        "valid_from": str(clock.today()), "partner": other.pk, "appointed_by": "x", "person": keeper.pk,
    }  # fmt: skip
    assert client.post(url, data).url == partner.get_absolute_url()
    made = Delegate.objects.get()
    assert (made.partner, made.person.email, made.appointed_by) == (partner, "nele@example.org", keeper)
    response = client.post(url, data | {"email": "zweite@example.org", "name": "Zweite"})
    assert response.status_code == 422
    assert "hat im Gremium" in response.content.decode()
    assert "zweite@example.org" in response.content.decode()


def test_a_committee_of_another_partnership_cannot_be_chosen(client, partner, keeper):
    url = address("delegate_create", partner.partnership, partner.pk)
    data = {"kind": "delegate", "email": "a@example.org", "name": "A", "valid_from": str(clock.today())}
    assert client.post(url, data | {"committee": CommitteeFactory().pk}).status_code == 422
    assert not Delegate.objects.exists()


def test_handover_and_end(client, committee, partner, keeper):
    delegate = DelegateFactory(committee=committee, partner=partner)
    day = clock.today() + timedelta(days=7)
    url = address("delegate_hand_over", partner.partnership, delegate.pk)
    assert client.post(url, {"email": "neu@example.org", "name": "Nele", "on": str(day)}).status_code == 302
    follower = Delegate.objects.get(person__email="neu@example.org")
    assert (follower.valid_from, follower.kind) == (day, DelegateKind.DELEGATE)
    url = address("delegate_end", partner.partnership, follower.pk)
    text = client.get(url).content.decode()
    assert "Vertretung von Nele beenden?" in text
    assert "keine Vertretung, bis eine neue eingetragen ist" in text
    assert client.post(url, {"on": str(day + timedelta(days=1)), "reason": "Elternzeit"}).status_code == 302
    follower.refresh_from_db()
    assert (follower.valid_until, follower.end_reason) == (day + timedelta(days=1), "Elternzeit")


@pytest.mark.parametrize("name", ["delegate_hand_over", "delegate_end"])
def test_people_of_other_partners_are_out_of_reach(client, committee, partner, keeper, name):
    neighbour = DelegateFactory(committee=committee)
    stranger = DelegateFactory()
    assert client.get(address(name, partner.partnership, neighbour.pk)).status_code == 403
    assert client.get(address(name, partner.partnership, stranger.pk)).status_code == 404
    data = {"on": str(clock.today()), "email": "a@example.org", "name": "A"}
    assert client.post(address(name, partner.partnership, neighbour.pk), data).status_code == 403
    assert client.post(address(name, partner.partnership, stranger.pk), data).status_code == 404
    assert Delegate.objects.filter(valid_until__isnull=True).count() == 2
