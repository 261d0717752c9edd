from datetime import timedelta

import pytest

from committees.enums import CommitteeKind
from committees.models import CircleMember, Committee
from committees.services import committees
from membership.models import Organisation
from partnership import clock
from partnership.access import ties
from partnership.access.ties import forget
from partnership.enums import Role
from partnership.models import User
from tests.factories import OrganisationFactory, PartnershipFactory
from tests.factories.committees import CommitteeFactory, DelegateFactory
from tests.factories.membership import make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


def create(partnership, **values):
    return committees.create(
        by=None, partnership=partnership, **{"name": "Komitee", "code": "sk", "kind": CommitteeKind.DECIDES} | values
    )


def test_a_committee_is_set_up_and_its_offices_are_known_in_the_partnership(partnership):
    dataport = OrganisationFactory(name="Dataport AöR")
    committee = create(partnership, management_organisation=dataport)
    assert committee.code == "SK"
    assert list(Organisation.objects.visible_to(make_office(partnership))) == [dataport]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "vorhanden"}, "name"),
        ({"name": "  "}, "name"),
        ({"code": "v1"}, "code"),
        ({"code": "a b"}, "code"),
        ({"is_adoption_required": True}, "is_adoption_required"),
    ],
)
def test_what_contradicts_another_committee_is_refused_with_its_field(partnership, values, field):
    CommitteeFactory(partnership=partnership, name="Vorhanden", code="V1")
    with pytest.raises(committees.CommitteeRefused) as refusal:
        create(partnership, **values)
    assert refusal.value.field == field
    assert Committee.objects.count() == 1


def test_recommendations_go_to_a_deciding_committee_of_the_same_partnership_and_not_in_a_circle(partnership):
    target = create(partnership)
    advising = create(partnership, name="TK", code="TK", kind=CommitteeKind.RECOMMENDS, recommends_to=target)
    for way, sentence in (
        ({"recommends_to": CommitteeFactory()}, "anderen Partnerschaft"),
        ({"recommends_to": advising}, "beschließendes Gremium"),
        ({"kind": CommitteeKind.ROLE_CIRCLE, "recommends_to": target}, "Nur Gremien"),
    ):
        with pytest.raises(committees.CommitteeRefused, match=sentence):
            create(partnership, **{"name": "Neu", "code": "N", "kind": CommitteeKind.RECOMMENDS} | way)
    second = create(partnership, name="Rat", code="R", recommends_to=target)
    with pytest.raises(committees.CommitteeRefused, match="im Kreis"):
        committees.edit(by=None, committee=target, recommends_to=second)


def test_kind_and_code_stay_once_they_are_used(partnership):
    committee = create(partnership)
    committees.edit(by=None, committee=committee, kind=CommitteeKind.RECOMMENDS)
    DelegateFactory(committee=committee)
    committee.refresh_from_db()
    with pytest.raises(committees.CommitteeRefused, match="Art lässt sich nicht mehr ändern"):
        committees.edit(by=None, committee=committee, kind=CommitteeKind.DECIDES)


def test_unknown_fields_are_never_written(partnership):
    with pytest.raises(TypeError):
        create(partnership, partnership_id=PartnershipFactory().pk)


def test_circle_members_come_and_go_with_or_without_account(partnership):
    circle = CommitteeFactory(partnership=partnership, kind=CommitteeKind.ROLE_CIRCLE)
    named = committees.add_circle_member(by=None, committee=circle, name="Nur ein Name", is_lead=True)
    member = committees.add_circle_member(by=None, committee=circle, name="Mara", email="mara@example.org")
    person = User.objects.get(email="mara@example.org")
    assert ties(person).holds("member", on=circle)
    for again in ({"name": "Mara", "email": "mara@example.org"}, {"name": "nur ein name"}):
        with pytest.raises(committees.CommitteeRefused, match="arbeitet hier bereits mit"):
            committees.add_circle_member(by=None, committee=circle, **again)
    committees.end_circle_member(by=None, member=member)
    forget(person)
    assert not ties(person).items
    assert list(CircleMember.objects.valid(clock.today())) == [named]
    with pytest.raises(committees.CommitteeRefused, match="bereits beendet"):
        committees.end_circle_member(by=None, member=member)
    committees.end_circle_member(by=None, member=named, on=clock.today() + timedelta(days=5))


def test_a_voting_committee_takes_delegates_not_members(partnership):
    with pytest.raises(committees.CommitteeRefused, match="entsenden die Partner"):
        committees.add_circle_member(by=None, committee=create(partnership), name="Mara")


def test_a_chair_is_appointed_by_address_and_invited(partnership):
    committee = create(partnership)
    made = committees.appoint(by=None, committee=committee, role=Role.CHAIR, email="vera@example.org", name="Vera")
    assert ties(made.person).holds(Role.CHAIR, on=committee)
