from datetime import date

import pytest

from membership.models import Organisation
from membership.services import organisations
from tests.factories import OrganisationFactory, PartnershipFactory
from tests.factories.membership import make_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


def test_an_office_that_is_no_partner_is_known_in_its_partnership_only(partnership):
    other = make_manager(PartnershipFactory())
    body = organisations.create(by=None, partnership=partnership, name="Dataport AöR", kind="agency")
    assert list(Organisation.objects.visible_to(make_manager(partnership))) == [body]
    assert not Organisation.objects.visible_to(other).exists()


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"leitweg_id": "04011000-1234512345-07"}, "leitweg_id", "Prüfziffern"),
        ({"ags": "123"}, "ags", "acht Ziffern"),
        ({"ags": "02000000", "land": "MV"}, "ags", "Land"),
        ({"population": 5}, "population_on", "Stichtag"),
        ({"population_on": date(2024, 12, 31)}, "population", "Einwohnerzahl"),
        ({"population": 5, "population_on": date(2999, 1, 1)}, "population_on", "Zukunft"),
    ],
)
def test_entries_that_cannot_be_right_are_refused_with_their_field(partnership, values, field, sentence):
    body = OrganisationFactory()
    with pytest.raises(organisations.OrganisationRefused, match=sentence) as refusal:
        organisations.edit(by=None, organisation=body, partnership=partnership, **values)
    assert refusal.value.field == field


def test_an_entry_is_kept_in_its_written_form(partnership):
    body = OrganisationFactory(land="HB")
    organisations.edit(
        by=None, organisation=body, partnership=partnership, leitweg_id=" 04011000-1234512345-06 ", ags="4011000"
    )
    body.refresh_from_db()
    assert (body.leitweg_id, body.ags) == ("04011000-1234512345-06", "04011000")


def test_a_body_cannot_belong_to_itself(partnership):
    top = OrganisationFactory()
    part = OrganisationFactory(parent=top)
    with pytest.raises(organisations.OrganisationRefused, match="zu sich selbst"):
        organisations.edit(by=None, organisation=top, partnership=partnership, parent=part)


def test_nothing_but_the_named_fields_can_be_set(partnership):
    with pytest.raises(TypeError):
        organisations.edit(by=None, organisation=OrganisationFactory(), partnership=partnership, pk="x")
