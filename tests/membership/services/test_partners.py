from datetime import date, timedelta

import pytest

from membership.enums import Fact, Stage
from membership.models import YES, Organisation, Partner, Standing
from membership.services import partners
from membership.signals import partner_ended
from partnership import clock
from partnership.access import ties
from partnership.access.ties import forget
from partnership.enums import Role
from partnership.models import AuditEvent
from tests.factories import LONG_AGO, OrganisationFactory, PartnerFactory, PartnershipFactory, UserFactory, appoint
from tests.factories.membership import make_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


def test_two_organisations_share_one_seat_known_or_new(partnership, manager):
    schwerin = OrganisationFactory(name="Landeshauptstadt Schwerin")
    partner = partners.create(
        by=manager,
        partnership=partnership,
        organisations=[schwerin, partners.NewOrganisation("Landkreis Ludwigslust-Parchim", "district", "MV")],
        valid_from=date(2018, 6, 7),
        is_in_fund=True,
    )
    assert partner.name == "Landeshauptstadt Schwerin mit Landkreis Ludwigslust-Parchim"
    assert partner.number == 1
    assert [share.organisation.name for share in partner.shares.all()] == [
        "Landeshauptstadt Schwerin",
        "Landkreis Ludwigslust-Parchim",
    ]
    assert list(Partner.objects.with_voting_right(clock.today())) == [partner]
    assert not Partner.objects.members(date(2018, 6, 6)).exists()
    assert set(Organisation.objects.visible_to(manager)) == set(Organisation.objects.all())
    assert AuditEvent.objects.filter(action="partner.created", actor=manager).count() == 1


def test_a_new_organisation_whose_name_is_known_is_taken_as_it_is(partnership, manager):
    known = OrganisationFactory(name="Stadt Remscheid")
    partner = partners.create(
        by=manager,
        partnership=partnership,
        organisations=[partners.NewOrganisation("stadt  remscheid", "city")],
        valid_from=LONG_AGO,
    )
    assert partner.shares.get().organisation == known


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"organisations": []}, "mindestens eine Organisation"),
        ({"name": "VORHANDEN"}, "gibt es bereits"),
        ({"number": 77}, "ist vergeben"),
    ],
)
def test_a_partner_that_contradicts_another_is_refused(partnership, manager, change, sentence):
    PartnerFactory(partnership=partnership, name="Vorhanden", number=77)
    values = {"organisations": [OrganisationFactory()], "valid_from": LONG_AGO} | change
    with pytest.raises(partners.PartnerRefused, match=sentence):
        partners.create(by=manager, partnership=partnership, **values)
    assert Partner.objects.count() == 1


def test_an_organisation_cannot_share_a_seat_with_itself(partnership, manager):
    body = OrganisationFactory()
    with pytest.raises(partners.PartnerRefused, match="nicht mit sich selbst"):
        partners.create(by=manager, partnership=partnership, organisations=[body, body], valid_from=LONG_AGO)


def test_a_fact_closes_the_one_before_and_overwrites_nothing(partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    day = date(2026, 1, 1)
    partners.record_standing(
        by=manager, partner=partner, fact=Fact.VOTING_RIGHT, value="no", valid_from=day, reason="Beschluss"
    )
    before, after = partner.standings.filter(fact=Fact.VOTING_RIGHT).order_by("valid_from")
    assert (before.value, before.valid_from, before.valid_until) == (YES, LONG_AGO, day)
    assert (after.value, after.valid_from, after.valid_until, after.recorded_by) == ("no", day, None, manager)
    assert Partner.objects.with_voting_right(day - timedelta(days=1)).filter(pk=partner.pk).exists()
    assert not Partner.objects.with_voting_right(day).filter(pk=partner.pk).exists()


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (LONG_AGO, None, "bereits „ja“ eingetragen. Was folgt, muss später beginnen"),
        (date(2010, 1, 1), date(2019, 1, 1), "bereits „ja“ eingetragen"),
        (date(2020, 1, 1), date(2020, 1, 1), "Ende liegt vor dem Anfang"),
    ],
)
def test_overlaps_are_refused_with_the_period_that_stands_there(partnership, manager, start, end, sentence):
    partner = PartnerFactory(partnership=partnership)
    with pytest.raises(partners.StandingRefused, match=sentence):
        partners.record_standing(
            by=manager, partner=partner, fact=Fact.VOTING_RIGHT, value="no", valid_from=start, valid_until=end
        )
    assert partner.standings.count() == 2


def test_a_closed_period_is_not_overwritten(partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    record = {"by": manager, "partner": partner, "fact": Fact.SUSPENSION, "value": YES}
    partners.record_standing(**record, valid_from=date(2020, 1, 1), valid_until=date(2020, 7, 1))
    with pytest.raises(partners.StandingRefused, match=r"Vom 01\.01\.2020 bis vor dem 01\.07\.2020"):
        partners.record_standing(**record, valid_from=date(2020, 6, 1))
    partners.record_standing(**record, valid_from=date(2020, 7, 1))


def test_saying_the_same_again_is_refused(partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    with pytest.raises(partners.StandingRefused, match="gilt bereits seit"):
        partners.record_standing(
            by=manager, partner=partner, fact=Fact.VOTING_RIGHT, value=YES, valid_from=clock.today()
        )


def test_a_stage_follows_the_table_of_steps_and_leaving_has_its_own_way(partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    with pytest.raises(partners.StandingRefused, match="Mitgliedschaft beenden"):
        partners.record_standing(
            by=manager, partner=partner, fact=Fact.STAGE, value=Stage.ENDED, valid_from=clock.today()
        )
    with pytest.raises(partners.StandingRefused, match="führt kein Schritt"):
        partners.record_standing(
            by=manager, partner=partner, fact=Fact.STAGE, value=Stage.LEAD, valid_from=clock.today()
        )
    partners.record_standing(
        by=manager, partner=partner, fact=Fact.STAGE, value=Stage.NOTICE_GIVEN, valid_from=clock.today()
    )
    assert Partner.objects.members(clock.today()).filter(pk=partner.pk).exists()


def test_the_end_of_a_membership_ends_all_rights_that_second_and_is_announced(partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    keeper = UserFactory()
    appoint(keeper, Role.PARTNER_ADMIN, partner)
    heard = []

    def listen(sender, **said):
        heard.append((said["partner"], said["on"], said["reason"]))

    partner_ended.connect(listen)
    try:
        partners.end_membership(by=manager, partner=partner, on=clock.today(), reason="Fusion")
    finally:
        partner_ended.disconnect(listen)
    assert heard == [(partner, clock.today(), "Fusion")]
    assert not Partner.objects.members(clock.today()).exists()
    assert Partner.objects.members(clock.today() - timedelta(days=1)).exists()
    assert not Standing.objects.valid(clock.today()).exclude(fact=Fact.STAGE).exists()
    forget(keeper)
    assert not ties(keeper).items
    with pytest.raises(partners.StandingRefused, match="kein Partner mehr"):
        partners.end_membership(by=manager, partner=partner, on=clock.today(), reason="Fusion")


def test_an_end_needs_a_reason_and_comes_after_the_beginning(partnership, manager):
    partner = PartnerFactory(partnership=partnership)
    with pytest.raises(partners.StandingRefused, match="Grund"):
        partners.end_membership(by=manager, partner=partner, on=clock.today(), reason=" ")
    with pytest.raises(partners.StandingRefused, match="begann erst"):
        partners.end_membership(by=manager, partner=partner, on=date(2001, 1, 1), reason="Fusion")


def test_a_partner_administrator_is_appointed_once(partnership, manager):
    partner, person = PartnerFactory(partnership=partnership), UserFactory()
    partners.appoint_administrator(by=manager, partner=partner, email=person.email.upper(), name="")
    assert ties(person).holds(Role.PARTNER_ADMIN, on=partner)
