from datetime import date, timedelta

import pytest
from django.urls import reverse

from committees.enums import DelegateKind
from membership.enums import Fact, OrganisationKind
from membership.models import Partner
from membership.services import partners
from partnership import clock
from partnership.enums import Role
from tests.factories import LONG_AGO, PartnerFactory, PartnershipFactory, UserFactory, appoint
from tests.factories.committees import CommitteeFactory, DelegateFactory
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


def listed(partnership, query=""):
    return reverse("membership:partner_list", kwargs={"slug": partnership.slug}) + query


def address(name, partner, **more):
    return reverse(f"membership:{name}", kwargs={"slug": partner.partnership.slug, "pk": partner.pk} | more)


def names(response):
    return [row["partner"].name for row in response.context["rows"]]


def test_the_list_shows_the_members_of_any_day(client, partnership, manager):
    stays = PartnerFactory(partnership=partnership, name="Bleibt")
    goes = PartnerFactory(partnership=partnership, name="Geht")
    partners.end_membership(by=manager, partner=goes, on=clock.today(), reason="Fusion")
    assert names(client.get(listed(partnership))) == [stays.name]
    yesterday = clock.today() - timedelta(days=1)
    assert names(client.get(listed(partnership, f"?am={yesterday}"))) == [stays.name, goes.name]
    german = f"?am={yesterday:%d.%m.%Y}"
    assert names(client.get(listed(partnership, german))) == [stays.name, goes.name]
    assert names(client.get(listed(partnership, "?umfang=alle"))) == [stays.name, goes.name]
    assert names(client.get(listed(partnership, "?am=2001-01-01"))) == []
    assert client.get(listed(partnership, "?am=unsinn")).status_code == 200


def test_the_list_is_searched_filtered_and_sorted(client, partnership, manager):
    committee = CommitteeFactory(partnership=partnership)
    first = PartnerFactory(partnership=partnership, number=1, name="Zeta")
    second = PartnerFactory(partnership=partnership, number=4711, name="Alpha")
    body = second.shares.get().organisation
    body.kind, body.land, body.name = OrganisationKind.DISTRICT, "MV", "Landkreis Wismar-Übersee"
    body.save()
    DelegateFactory(committee=committee, partner=first)
    DelegateFactory(committee=committee, partner=second, kind=DelegateKind.DEPUTY)
    partners.record_standing(by=manager, partner=second, fact=Fact.VOTING_RIGHT, value="no", valid_from=clock.today())
    partners.record_standing(
        by=manager, partner=second, fact=Fact.FUND_PARTICIPATION, value="yes", valid_from=clock.today()
    )
    for query, expected in (
        ("?q=übersee", ["Alpha"]),
        ("?q=4711", ["Alpha"]),
        ("?art=district", ["Alpha"]),
        ("?land=MV", ["Alpha"]),
        ("?stimmrecht=yes", ["Zeta"]),
        ("?stimmrecht=no", ["Alpha"]),
        ("?fonds=yes", ["Alpha"]),
        ("?fonds=no", ["Zeta"]),
        (f"?ohne={committee.pk}", ["Alpha"]),
        ("?sort=name", ["Alpha", "Zeta"]),
        ("?sort=-number", ["Alpha", "Zeta"]),
        ("?sort=-kind", ["Alpha", "Zeta"]),
        ("?sort=password", ["Zeta", "Alpha"]),
        ("?ohne=unsinn", []),
    ):
        assert names(client.get(listed(partnership, query))) == expected, query


def test_a_shared_seat_is_one_line_whatever_it_is_sorted_by(client, partnership, manager):
    partners.create(
        by=manager,
        partnership=partnership,
        organisations=[partners.NewOrganisation("Stadt", "city", "MV"), partners.NewOrganisation("Kreis", "district")],
        valid_from=LONG_AGO,
    )
    for query in ("", "?sort=kind", "?sort=land", "?q=kreis", "?art=district"):
        assert names(client.get(listed(partnership, query))) == ["Stadt mit Kreis"]


def test_columns_are_chosen_in_the_address_and_exported_without_formulas(client, partnership, manager):
    partner = PartnerFactory(partnership=partnership, name="=1+1")
    delegate = DelegateFactory(committee=CommitteeFactory(partnership=partnership, code="SK"), partner=partner)
    page = client.get(listed(partnership, "?spalten=stage&spalten=delegates"))
    assert [label for label, _cell in page.context["rows"][0]["cells"]] == ["Mitgliedschaft", "Vertretungen"]
    assert f"SK: {delegate.person.name}" in page.content.decode()
    export = client.get(listed(partnership, "?export=csv&q=1"))
    assert export["Content-Type"].startswith("text/csv")
    assert ";'=1+1;" in export.content.decode("utf-8-sig")
    assert client.get(listed(partnership, "?export=xlsx")).content.startswith(b"PK")


def test_an_empty_list_says_what_to_do(client, partnership, manager):
    assert "Noch kein Partner" in client.get(listed(partnership)).content.decode()
    assert "Kein Partner passt" in client.get(listed(partnership, "?q=nichts")).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_the_list_costs_the_same_whatever_its_length(client, partnership, manager, rows, django_assert_max_num_queries):
    committee = CommitteeFactory(partnership=partnership)
    for _ in range(rows):
        DelegateFactory(committee=committee, partner=PartnerFactory(partnership=partnership))
    with django_assert_max_num_queries(12):
        assert client.get(listed(partnership)).status_code == 200
    with django_assert_max_num_queries(12):
        client.get(listed(partnership, "?export=csv"))


def test_a_partner_is_entered_with_a_new_and_a_known_organisation(client, partnership, manager):
    known = PartnerFactory(partnership=partnership).shares.get().organisation
    response = client.post(
        reverse("membership:partner_create", kwargs={"slug": partnership.slug}),
        {
            "new_name": "Stadt Müsterhausen",
            "new_kind": "city",
            "new_land": "MV",
            "is_shared": "on",
            "second": known.pk,
            "valid_from": "2026-01-01",
            "has_voting_right": "on",
            "is_listed": "on",
        },
    )
    partner = Partner.objects.get(name__startswith="Stadt Müsterhausen mit")
    assert response.url == partner.get_absolute_url()
    assert partner.standings.get(fact=Fact.VOTING_RIGHT).valid_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Bitte wählen Sie eine Organisation aus oder nennen Sie unten eine neue."),
        ({"new_name": "Stadt"}, "Bitte wählen Sie die Art der neuen Organisation."),
        (
            {"new_name": "Stadt", "new_kind": "city", "second_name": "Kreis"},
            "Bitte bestätigen Sie, dass sich zwei Organisationen den Sitz teilen.",
        ),
        ({"new_name": "Stadt", "new_kind": "city", "name": "Vorhanden"}, "gibt es bereits"),
    ],
)
def test_a_wrong_entry_is_told_and_nothing_typed_is_lost(client, partnership, manager, data, sentence):
    PartnerFactory(partnership=partnership, name="Vorhanden")
    url = reverse("membership:partner_create", kwargs={"slug": partnership.slug})
    response = client.post(url, {"valid_from": "2026-01-01", "note": "Meine Notiz"} | data)
    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert "Meine Notiz" in text
    assert Partner.objects.count() == 1


def test_a_partner_is_edited_but_keeps_what_the_form_does_not_ask(client, partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    other = PartnershipFactory()
    body = partner.shares.get().organisation
    response = client.post(
        address("partner_update", partner),
        {
            "name": "Neuer Name", "note": "", "organisation": body.pk,
            "partnership": other.pk, "number": "999", "id": "00000000-0000-0000-0000-000000000000",
            "is_staff": "on", "weight": "5", "created_by": manager.pk,
        },
    )  # fmt: skip
    assert response.status_code == 302
    changed = Partner.objects.get()
    assert (changed.name, changed.is_listed) == ("Neuer Name", False)
    assert (changed.pk, changed.number, changed.partnership) == (partner.pk, partner.number, partnership)


def test_a_fact_is_recorded_and_an_overlap_told(client, partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    url = address("standing_create", partner)
    assert "Heute gilt" in client.get(url + "?tatsache=voting_right").content.decode()
    data = {"fact": "voting_right", "value": "no", "valid_from": "2026-05-01", "reason": "Beschluss"}
    assert client.post(url, data | {"recorded_by": "x", "partner": "y"}).status_code == 302
    assert partner.standings.filter(fact=Fact.VOTING_RIGHT, value="no", recorded_by=manager).exists()
    response = client.post(url, data | {"valid_from": "2020-01-01"})
    assert response.status_code == 422
    assert "überschrieben" in response.content.decode() or "später beginnen" in response.content.decode()
    assert client.post(url, data | {"value": "active"}).status_code == 422


def test_ending_a_membership_asks_once_and_names_the_partner(client, partnership, manager):
    partner = PartnerFactory(partnership=partnership, name="Stadt Endstadt")
    url = address("partner_end", partner)
    assert "Mitgliedschaft von „Stadt Endstadt“ beenden?" in client.get(url).content.decode()
    assert client.post(url, {"on": str(clock.today())}).status_code == 422
    assert client.post(url, {"on": str(clock.today()), "reason": "Fusion"}).status_code == 302
    assert not Partner.objects.members(clock.today()).exists()


PAGES = ["partner_update", "standing_create", "partner_end", "contact_create", "partner_admin_create"]


@pytest.mark.parametrize("name", PAGES)
def test_a_partner_of_another_partnership_answers_as_an_absent_one(client, partnership, manager, name):
    foreign = PartnerFactory()
    both = {"slug": partnership.slug, "pk": foreign.pk}
    for kwargs in (both, {"slug": foreign.partnership.slug, "pk": foreign.pk}):
        url = reverse(f"membership:{name}", kwargs=kwargs)
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "x"}).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_member_sees_the_list_but_changes_nothing(client, partnership, name):
    partner = PartnerFactory(partnership=partnership)
    member = DelegateFactory(committee=CommitteeFactory(partnership=partnership), partner=partner).person
    client.force_login(member)
    assert client.get(listed(partnership)).status_code == 200
    assert client.get(address(name, partner)).status_code == 403
    assert client.post(address(name, partner)).status_code == 403


def test_a_partner_administrator_keeps_its_own_partner_only(client, partnership):
    own, other = PartnerFactory(partnership=partnership), PartnerFactory(partnership=partnership)
    keeper = UserFactory()
    appoint(keeper, Role.PARTNER_ADMIN, own)
    client.force_login(keeper)
    data = {"role": "finance", "name": "Frieda Finanz", "email": "frieda@example.org"}
    assert client.post(address("contact_create", own), data).status_code == 302
    assert client.post(address("contact_create", other), data).status_code == 403
    assert client.get(address("partner_update", own)).status_code == 403


def test_an_administrator_of_a_partner_is_invited_and_ended(client, partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    url = address("partner_admin_create", partner)
    data = {"email": "neu@example.org", "name": "Nele Neu", "valid_from": str(clock.today()), "role": "chair"}
    assert client.post(url, data).status_code == 302
    from partnership.models import Appointment

    made = Appointment.objects.get(person__email="neu@example.org")
    assert made.role == Role.PARTNER_ADMIN
    end = address("partner_admin_end", partner, appointment=made.pk)
    assert "Nele Neu" in client.get(end).content.decode()
    assert client.post(end, {"on": str(clock.today())}).status_code == 302
    made.refresh_from_db()
    assert made.valid_until == clock.today()
    stranger = PartnerFactory(partnership=partnership)
    assert client.get(address("partner_admin_end", stranger, appointment=made.pk)).status_code == 404
