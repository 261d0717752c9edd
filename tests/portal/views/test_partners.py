import pytest
from django.urls import reverse

from committees.services import ballots
from membership.enums import Fact
from membership.services import contacts, partners
from partnership import clock
from partnership.enums import Role
from tests.factories import PartnerFactory, PartnershipFactory, UserFactory, appoint
from tests.factories.committees import BallotFactory, CommitteeFactory, DelegateFactory, make_chamber
from tests.factories.membership import ContactFactory, make_manager

pytestmark = pytest.mark.django_db


def address(name, partner):
    return reverse(f"portal:{name}", kwargs={"slug": partner.partnership.slug, "pk": partner.pk})


def own(partnership, query=""):
    return reverse("portal:own_organisation", kwargs={"slug": partnership.slug}) + query


@pytest.fixture
def partner():
    return PartnerFactory(partnership=PartnershipFactory(), name="Schwerin mit Ludwigslust-Parchim")


@pytest.fixture
def manager(partner, client):
    person = make_manager(partner.partnership)
    client.force_login(person)
    return person


def test_the_page_shows_seat_standing_people_and_contacts(client, partner, manager):
    committee = CommitteeFactory(partnership=partner.partnership, name="Strategisches Komitee")
    CommitteeFactory(partnership=partner.partnership, name="Technisches Komitee")
    person = DelegateFactory(committee=committee, partner=partner).person
    ContactFactory(partner=partner, name="Frieda Finanz")
    partners.record_standing(
        by=manager, partner=partner, fact=Fact.VOTING_RIGHT, value="no", valid_from=clock.today(), reason="Verzug"
    )
    response = client.get(address("partner_detail", partner))
    text = response.content.decode()
    for words in (partner.name, "Strategisches Komitee", person.name, "fehlt", "Frieda Finanz", "Verzug"):
        assert words in text
    assert dict(response.context["facts"])[Fact.VOTING_RIGHT.label] == "nein"
    assert len(response.context["events"]) == 3


def test_counted_open_votes_are_shown_and_running_ones_are_not(client):
    chamber = make_chamber(3)
    client.force_login(chamber.delegates[2])
    counted, running = (
        BallotFactory(committee=chamber.committee, title=title) for title in ("Gezählte Sache", "Laufende Sache")
    )
    for ballot in (counted, running):
        ballots.open_ballot(by=chamber.chair, ballot=ballot)
        chamber.cast(ballot, 0, "no")
    chamber.cast(counted, 0, "yes", token="00000000-0000-0000-0000-000000000009")
    for index in (1, 2):
        chamber.cast(counted, index, "no")
    text = client.get(address("partner_votes", chamber.partners[0])).content.decode()
    assert "Gezählte Sache" in text
    assert "Laufende Sache" not in text
    assert text.count(">Ja<") == 1
    assert ">Nein<" not in text


def test_the_history_is_for_those_who_keep_the_partner(client, partner, manager):
    contacts.add(by=manager, partner=partner, role="press", name="Petra Presse", email="p@example.org")
    partners.edit(by=manager, partner=partner, name="Umbenannt", is_listed=False, note="")
    text = client.get(address("partner_history", partner)).content.decode()
    assert "Petra Presse" in text
    assert "Schwerin mit Ludwigslust-Parchim → Umbenannt" in text
    committee = CommitteeFactory(partnership=partner.partnership)
    client.force_login(DelegateFactory(committee=committee).person)
    assert client.get(address("partner_history", partner)).status_code == 403
    assert "Geschichte" not in client.get(address("partner_detail", partner)).content.decode()


@pytest.mark.parametrize("name", ["partner_detail", "partner_votes", "partner_history"])
def test_a_partner_of_another_partnership_answers_as_an_absent_one(client, manager, partner, name):
    foreign = PartnerFactory()
    url = reverse(f"portal:{name}", kwargs={"slug": partner.partnership.slug, "pk": foreign.pk})
    assert client.get(url).status_code == 404
    assert client.get(address(name, foreign)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_the_pages_cost_the_same_whatever_their_length(client, partner, manager, rows, django_assert_max_num_queries):
    for _ in range(rows):
        committee = CommitteeFactory(partnership=partner.partnership)
        DelegateFactory(committee=committee, partner=partner)
        ContactFactory(partner=partner)
        person = UserFactory()
        appoint(person, Role.PARTNER_ADMIN, partner)
        contacts.add(by=manager, partner=partner, role="press", name="P", email="p@example.org")
    for name in ("partner_detail", "partner_votes", "partner_history"):
        with django_assert_max_num_queries(12):
            assert client.get(address(name, partner)).status_code == 200
    client.force_login(person)
    with django_assert_max_num_queries(12):
        assert client.get(own(partner.partnership)).status_code == 200


def test_our_organisation_shows_each_partner_one_administers(client, partner):
    second = PartnerFactory(partnership=partner.partnership, name="Zweiter Partner")
    third = PartnerFactory(partnership=partner.partnership, name="Dritter Partner")
    keeper = UserFactory()
    for mine in (partner, second):
        appoint(keeper, Role.PARTNER_ADMIN, mine)
    client.force_login(keeper)
    page = client.get(own(partner.partnership))
    assert page.context["partner"] == partner
    assert "Dritter Partner" not in page.content.decode()
    assert client.get(own(partner.partnership, f"?partner={second.pk}")).context["partner"] == second
    assert client.get(own(partner.partnership, f"?partner={third.pk}")).context["partner"] == partner


def test_who_administers_nobody_is_told_so(client, partner, manager):
    assert client.get(own(partner.partnership)).status_code == 403
    assert client.get(own(PartnershipFactory())).status_code == 404
