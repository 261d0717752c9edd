from datetime import timedelta

import pytest
from django.urls import reverse

from committees.enums import CommitteeKind, MeetingState
from committees.models import CircleMember, Committee
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment
from tests.factories import LONG_AGO, OrganisationFactory, PartnerFactory, PartnershipFactory, UserFactory, appoint
from tests.factories.committees import CommitteeFactory, DelegateFactory, MeetingFactory, RuleSetFactory
from tests.factories.membership import make_manager, make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def office(partnership, client):
    person = make_office(partnership)
    client.force_login(person)
    return person


def address(name, partnership, **more):
    return reverse(f"committees:{name}", kwargs={"slug": partnership.slug} | more)


def page(client, committee):
    return client.get(address("committee_detail", committee.partnership, pk=committee.pk))


def test_the_list_shows_the_pillars_and_who_leads_them(client, partnership, office):
    committee = CommitteeFactory(
        partnership=partnership,
        name="Strategisches Komitee",
        management_organisation=OrganisationFactory(name="Dataport AöR"),
    )
    appoint(UserFactory(name="Vera Vorsitz"), Role.CHAIR, committee)
    circle = CommitteeFactory(partnership=partnership, name="Produktpflege", kind=CommitteeKind.ROLE_CIRCLE)
    CircleMember.objects.create(committee=circle, name="Leo Leitung", is_lead=True, valid_from=LONG_AGO)
    CommitteeFactory(name="Fremdes Gremium")
    text = client.get(address("committee_list", partnership)).content.decode()
    for words in ("Strategisches Komitee", "Dataport AöR", "Vera Vorsitz", "Produktpflege", "Leo Leitung"):
        assert words in text
    assert "Fremdes Gremium" not in text


def test_an_empty_list_says_what_to_do(client, partnership, office):
    assert "Noch kein Gremium" in client.get(address("committee_list", partnership)).content.decode()


def test_the_page_of_a_committee_shows_rules_in_words_delegates_and_gaps(client, partnership, office):
    committee = CommitteeFactory(partnership=partnership, purpose="- Kontrolliert die Ausrichtung")
    RuleSetFactory(committee=committee)
    sent = DelegateFactory(committee=committee, partner=PartnerFactory(partnership=partnership, name="Mit")).person
    PartnerFactory(partnership=partnership, name="Ohne")
    MeetingFactory(committee=committee, title="Kommende Sitzung", state=MeetingState.INVITED)
    response = page(client, committee)
    text = response.content.decode()
    for words in ("Kontrolliert die Ausrichtung", "Jeder Partner hat eine Stimme.", sent.name, "Kommende Sitzung"):
        assert words in text
    assert response.context["gap_count"] == 1
    assert [(seat["name"], bool(seat["delegates"])) for seat in response.context["seats"]] == [
        ("Mit", True),
        ("Ohne", False),
    ]
    export = client.get(response.request["PATH_INFO"] + "?export=csv").content.decode("utf-8-sig")
    assert sent.email in export
    assert "Ohne" in export


def test_a_committee_without_rules_says_so(client, partnership, office):
    assert "noch keine Verfahrensregeln" in page(client, CommitteeFactory(partnership=partnership)).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_the_pages_cost_the_same_whatever_their_length(
    client, partnership, office, rows, django_assert_max_num_queries
):
    committee = CommitteeFactory(partnership=partnership)
    RuleSetFactory(committee=committee)
    circle = CommitteeFactory(partnership=partnership, kind=CommitteeKind.ROLE_CIRCLE)
    for n in range(rows):
        DelegateFactory(committee=committee, partner=PartnerFactory(partnership=partnership))
        MeetingFactory(committee=committee)
        CircleMember.objects.create(
            committee=circle,
            name=f"M{n}",
            person=UserFactory(),
            organisation=OrganisationFactory(),
            valid_from=LONG_AGO,
        )
        appoint(UserFactory(), Role.SECRETARY, committee)
        CommitteeFactory(partnership=partnership, recommends_to=committee, kind=CommitteeKind.RECOMMENDS)
    for url in (
        address("committee_list", partnership),
        address("committee_detail", partnership, pk=committee.pk),
        address("committee_detail", partnership, pk=circle.pk),
        address("committee_update", partnership, pk=committee.pk),
    ):
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200


def test_the_office_sets_a_committee_up_and_nothing_else_is_written(client, partnership, office):
    other = PartnershipFactory()
    data = {
        "name": "Technisches Komitee", "code": "TK", "kind": "decides", "state": "active", "position": "2",
        "partnership": other.pk, "partnership_id": other.pk, "created_by": "x", "is_staff": "on", "weight": "3",
    }  # fmt: skip
    response = client.post(address("committee_create", partnership), data)
    committee = Committee.objects.get()
    assert response.url == committee.get_absolute_url()
    assert committee.partnership == partnership
    foreign = CommitteeFactory()
    response = client.post(
        address("committee_update", partnership, pk=committee.pk), data | {"recommends_to": foreign.pk}
    )
    assert response.status_code == 422
    response = client.post(address("committee_update", partnership, pk=committee.pk), data | {"code": "?!"})
    assert "Das Kürzel besteht aus Buchstaben und Ziffern" in response.content.decode()


def test_chair_and_secretary_are_appointed_and_ended(client, partnership, office):
    committee = CommitteeFactory(partnership=partnership)
    url = address("committee_appoint", partnership, pk=committee.pk)
    data = {"role": "chair", "email": "vera@example.org", "name": "Vera", "valid_from": str(clock.today())}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"role": "managing_office"}).status_code == 422
    assert "hat die Funktion" in client.post(url, data).content.decode()
    made = Appointment.objects.get(role=Role.CHAIR)
    end = address("committee_dismiss", partnership, pk=committee.pk, appointment=made.pk)
    assert "Funktion „Vorsitz“ von Vera beenden?" in client.get(end).content.decode()
    assert client.post(end, {"on": str(clock.today())}).status_code == 302
    made.refresh_from_db()
    assert made.valid_until == clock.today()
    other = CommitteeFactory(partnership=partnership)
    crossed = address("committee_dismiss", partnership, pk=other.pk, appointment=made.pk)
    assert client.get(crossed).status_code == 404


def test_product_management_keeps_the_members_of_a_circle(client, partnership):
    client.force_login(make_manager(partnership))
    circle = CommitteeFactory(partnership=partnership, kind=CommitteeKind.ROLE_CIRCLE)
    url = address("circle_member_create", partnership, pk=circle.pk)
    assert client.post(url, {"name": "Mara", "valid_from": str(clock.today()), "committee": "x"}).status_code == 302
    member = CircleMember.objects.get()
    assert member.committee == circle
    end = address("circle_member_end", partnership, pk=circle.pk, member=member.pk)
    assert "Mitarbeit von Mara beenden?" in client.get(end).content.decode()
    day = clock.today() + timedelta(days=3)
    assert client.post(end, {"on": str(day)}).status_code == 302
    assert CircleMember.objects.get().valid_until == day
    voting = CommitteeFactory(partnership=partnership)
    assert client.get(address("circle_member_create", partnership, pk=voting.pk)).status_code == 404
    crossed = CommitteeFactory(partnership=partnership, kind=CommitteeKind.ROLE_CIRCLE)
    assert client.get(address("circle_member_end", partnership, pk=crossed.pk, member=member.pk)).status_code == 404


@pytest.mark.parametrize(
    "name", ["committee_detail", "committee_update", "committee_appoint", "circle_member_create", "rule_set_detail"]
)
def test_a_committee_of_another_partnership_answers_as_an_absent_one(client, partnership, office, name):
    foreign = CommitteeFactory(kind=CommitteeKind.ROLE_CIRCLE)
    assert client.get(address(name, partnership, pk=foreign.pk)).status_code == 404
    assert client.get(address(name, foreign.partnership, pk=foreign.pk)).status_code == 404


@pytest.mark.parametrize("name", ["committee_update", "committee_appoint", "rule_set_create"])
def test_a_delegate_reads_but_does_not_change(client, name):
    committee = CommitteeFactory()
    client.force_login(DelegateFactory(committee=committee).person)
    assert page(client, committee).status_code == 200
    assert client.get(address(name, committee.partnership, pk=committee.pk)).status_code == 403
    assert client.post(address(name, committee.partnership, pk=committee.pk)).status_code == 403
