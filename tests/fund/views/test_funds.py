import pytest
from django.urls import reverse

from fund.models import Fund, Pledge
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment
from tests.factories import PartnerFactory, UserFactory, appoint
from tests.factories.fund import make_treasury
from tests.factories.motions import make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db


def at(name, partnership, **kwargs):
    return reverse(f"fund:{name}", kwargs={"slug": partnership.slug, **kwargs})


def test_without_a_fund_the_page_says_so_and_the_office_is_led_on(client):
    house = make_house()
    client.force_login(house.delegate)
    page = client.get(at("fund_detail", house.partnership))
    assert "Noch kein Fonds" in page.content.decode()
    assert at("fund_create", house.partnership) not in page.content.decode()
    client.force_login(house.office)
    assert at("fund_create", house.partnership) in client.get(at("fund_detail", house.partnership)).content.decode()
    for name in ("pledge_list", "posting_list", "measure_list", "pledge_create", "fund_update"):
        assert client.get(at(name, house.partnership)).status_code == 404


def test_the_office_sets_the_fund_up_with_its_resolution(client):
    house = make_house()
    resolution = vote_through(house, make_motion(house, committee=house.sk), house.sk)
    client.force_login(house.office)
    address = at("fund_create", house.partnership)
    refused = client.post(address, {"name": "Fonds", "purpose": "", "resolution": resolution.pk})
    assert refused.status_code == 422
    assert 'value="Fonds"' in refused.content.decode()
    answer = client.post(address, {"name": "Fonds", "purpose": "Codepflege", "resolution": resolution.pk})
    assert answer.status_code == 302
    fund = Fund.objects.get()
    assert (fund.created_by_resolution, fund.accounts.count()) == (resolution, 2)
    again = client.post(address, {"name": "Noch einer", "purpose": "Codepflege"})
    assert "bereits einen Fonds" in again.content.decode()


def test_the_overview_tells_who_contributes_but_not_how_much(client):
    treasury = make_treasury()
    treasury.pledge("123.45", partner=0)
    treasury.pledge("200", partner=1, is_named=False)
    client.force_login(treasury.house.tk_delegates[2])
    page = client.get(at("fund_detail", treasury.partnership)).content.decode()
    assert "2 von 3 Partnern beteiligen sich" in page
    assert treasury.partners[0].name in page
    assert treasury.partners[1].name in page
    assert treasury.partners[2].name not in page.split("Wer sich")[1]
    assert "123,45" not in page
    assert at("posting_list", treasury.partnership) not in page


def test_the_own_pledge_stands_on_the_overview_and_only_the_admin_may_change_it(client):
    treasury = make_treasury()
    pledge = treasury.pledge("123.45")
    change = at("pledge_update", treasury.partnership, pk=pledge.pk)
    client.force_login(treasury.admin)
    page = client.get(at("fund_detail", treasury.partnership)).content.decode()
    assert "123,45" in page
    assert change in page
    client.force_login(treasury.house.delegate)
    page = client.get(at("fund_detail", treasury.partnership)).content.decode()
    assert "123,45" in page
    assert change not in page


def test_figures_stand_as_chart_and_as_table(client):
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    treasury.pay(measure, "250")
    client.force_login(treasury.house.delegate)
    response = client.get(at("fund_detail", treasury.partnership))
    row = response.context["years"][0]
    assert (row.year, row.partners, row.promised, row.received, row.spent) == (clock.today().year, 1, 1000, 1000, 250)
    page = response.content.decode()
    assert page.count('<svg class="kv-chart__svg"') == 4
    assert "750,00\xa0€" in page
    assert "350,00\xa0€" in page


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_the_overview_needs_the_same_few_queries_with_many_rows(client, django_assert_max_num_queries, rows):
    treasury = make_treasury(2)
    for number in range(rows):
        partner = PartnerFactory(partnership=treasury.partnership, number=100 + number)
        Pledge.objects.create(
            fund=treasury.fund, partner=partner, year=clock.today().year, amount=10, pledged_at=clock.now()
        )
        treasury.propose("10", title=f"Maßnahme {number}")
    for person in (treasury.office, treasury.admin):
        client.force_login(person)
        client.get(at("fund_detail", treasury.partnership))
        with django_assert_max_num_queries(12):
            assert client.get(at("fund_detail", treasury.partnership)).status_code == 200


def test_the_office_appoints_and_ends_treasurer_and_auditor(client):
    treasury = make_treasury()
    client.force_login(treasury.office)
    data = {"role": "auditor", "email": "neu@stadt.example", "name": "Nina Neu", "valid_from": clock.today()}
    assert client.post(at("officer_create", treasury.partnership), data).status_code == 302
    made = Appointment.objects.get(person__email="neu@stadt.example")
    assert (made.role, made.subject) == (Role.AUDITOR, treasury.fund)
    both = client.post(at("officer_create", treasury.partnership), data | {"role": "treasurer"})
    assert both.status_code == 422
    assert "nicht zugleich" in both.content.decode()
    end = at("officer_end", treasury.partnership, pk=made.pk)
    assert "Nina Neu" in client.get(end).content.decode()
    assert client.post(end, {"on": clock.today()}).status_code == 302
    made.refresh_from_db()
    assert made.valid_until == clock.today()


def test_the_office_function_cannot_be_ended_on_the_funds_page(client):
    treasury = make_treasury()
    client.force_login(treasury.office)
    office = treasury.office.appointments.get()
    assert client.get(at("officer_end", treasury.partnership, pk=office.pk)).status_code == 404


def test_fields_nobody_offered_are_ignored(client):
    """A7: the office changes name and purpose, whatever else is sent."""
    treasury = make_treasury()
    resolution = treasury.resolve("Fonds errichten")
    other = make_treasury()
    client.force_login(treasury.office)
    client.post(
        at("fund_update", treasury.partnership),
        {
            "name": "Neu",
            "purpose": "Pflege",
            "partnership": other.partnership.pk,
            "created_by_resolution": resolution.pk,
            "is_staff": "1",
            "pk": other.fund.pk,
        },
    )
    fund = Fund.objects.get(pk=treasury.fund.pk)
    assert (fund.name, fund.partnership, fund.created_by_resolution) == ("Neu", treasury.partnership, None)
    assert Fund.objects.get(pk=other.fund.pk).name == "Entwicklungsfonds"


def test_the_menu_leads_to_the_fund(client):
    treasury = make_treasury()
    member = UserFactory()
    appoint(member, Role.PRODUCT_MANAGER, treasury.partnership)
    client.force_login(member)
    page = client.get(at("measure_list", treasury.partnership)).content.decode()
    assert f'href="{at("fund_detail", treasury.partnership)}"' in page
