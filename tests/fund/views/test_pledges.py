from uuid import uuid4

import pytest
from django.urls import reverse

from fund.enums import PledgeState
from fund.models import Pledge, Posting
from partnership import clock
from tests.factories import PartnerFactory
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


def at(name, treasury, **kwargs):
    return reverse(f"fund:{name}", kwargs={"slug": treasury.slug, **kwargs})


def test_an_admin_promises_changes_and_withdraws(client):
    treasury = make_treasury()
    client.force_login(treasury.admin)
    year = clock.today().year
    data = {"partner": treasury.partners[0].pk, "year": year, "amount": "1.000,50", "is_named": "on"}
    answer = client.post(at("pledge_create", treasury), data, follow=True)
    assert "sagt für" in answer.content.decode()
    pledge = Pledge.objects.get()
    assert (str(pledge.amount), pledge.is_named, pledge.pledged_by) == ("1000.50", True, treasury.admin)
    assert 'value="1.000,50"' in client.get(at("pledge_update", treasury, pk=pledge.pk)).content.decode()
    client.post(at("pledge_update", treasury, pk=pledge.pk), {"amount": "2000"})
    changed = Pledge.objects.get(state=PledgeState.PLEDGED)
    assert (changed.amount, changed.is_named) == (2000, False)
    ask = client.get(at("pledge_withdraw", treasury, pk=changed.pk)).content.decode()
    assert "2.000,00\xa0€ zurückziehen?" in ask
    client.post(at("pledge_withdraw", treasury, pk=changed.pk))
    assert not Pledge.objects.filter(state=PledgeState.PLEDGED).exists()
    assert client.get(at("pledge_update", treasury, pk=changed.pk)).status_code == 404


def test_only_the_own_partner_is_offered_and_taken(client):
    treasury = make_treasury()
    client.force_login(treasury.admin)
    form = client.get(at("pledge_create", treasury)).context["form"]
    assert list(form.fields["partner"].queryset) == [treasury.partners[0]]
    data = {"partner": treasury.partners[1].pk, "year": clock.today().year, "amount": "10"}
    assert client.post(at("pledge_create", treasury), data).status_code == 422
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    "text", ["0.1+0.2", "1e3", "\u0661\u0660", "-0", "1" + "0" * 18, "1,005", "", "\x00", "9" * 4000]
)
def test_a_wrong_amount_is_refused_with_a_sentence_and_nothing_is_lost(client, text):
    """L5."""
    treasury = make_treasury()
    client.force_login(treasury.admin)
    data = {"partner": treasury.partners[0].pk, "year": clock.today().year + 1, "amount": text}
    answer = client.post(at("pledge_create", treasury), data)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors["amount"]
    assert (form["amount"].value(), form["year"].value()) == (text, str(clock.today().year + 1))
    assert not Pledge.objects.exists()


def test_fields_nobody_offered_are_ignored(client):
    """A7."""
    treasury = make_treasury()
    client.force_login(treasury.admin)
    pledge = treasury.pledge("100")
    client.post(
        at("pledge_update", treasury, pk=pledge.pk),
        {
            "amount": "200",
            "is_named": "on",
            "partner": treasury.partners[1].pk,
            "year": 1999,
            "state": "withdrawn",
            "pledged_by": treasury.office.pk,
            "fund": str(uuid4()),
            "paid": "200",
        },
    )
    found = Pledge.objects.get(state=PledgeState.PLEDGED)
    assert (found.amount, found.partner, found.year, found.pledged_by) == (
        200,
        treasury.partners[0],
        pledge.year,
        treasury.admin,
    )


def payment(**fields):
    return {"amount": "100", "booked_on": clock.today(), "reference": "Auszug 1", "key": uuid4(), **fields}


def test_the_treasurer_books_a_payment_once_however_often_the_form_is_sent(client):
    treasury = make_treasury()
    pledge = treasury.pledge("100")
    client.force_login(treasury.treasurer)
    address, data = at("payment_create", treasury, pk=pledge.pk), payment()
    assert 'value="100,00"' in client.get(address).content.decode()
    for _ in range(2):
        answer = client.post(address, data, follow=True)
        assert "Gebucht als Nummer 1" in answer.content.decode()
    assert Posting.objects.count() == 1


def test_an_overpayment_is_warned_about_and_can_be_confirmed(client):
    treasury = make_treasury()
    pledge = treasury.pledge("100")
    client.force_login(treasury.treasurer)
    address, data = at("payment_create", treasury, pk=pledge.pk), payment(amount="150")
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "Bestätigen Sie unten" in answer.content.decode()
    assert answer.context["form"]["amount"].value() == "150"
    assert client.post(address, data | {"accept_overpayment": "on"}).status_code == 302


@pytest.mark.parametrize("key", ["", "nix"])
def test_a_form_without_its_token_books_nothing(client, key):
    treasury = make_treasury()
    pledge = treasury.pledge("100")
    client.force_login(treasury.treasurer)
    assert client.post(at("payment_create", treasury, pk=pledge.pk), payment(key=key)).status_code == 422
    assert not Posting.objects.exists()


def test_fields_nobody_offered_are_ignored_in_a_payment(client):
    """A7."""
    treasury = make_treasury()
    pledge, other = treasury.pledge("100"), treasury.pledge("100", partner=1)
    client.force_login(treasury.treasurer)
    client.post(
        at("payment_create", treasury, pk=pledge.pk),
        payment(pledge=other.pk, number=77, booked_by=treasury.office.pk, debit=1, credit=1, bank_after="5"),
    )
    posting = Posting.objects.get()
    assert (posting.number, posting.pledge, posting.booked_by, posting.bank_after) == (
        1,
        pledge,
        treasury.treasurer,
        100,
    )


# --- the list --------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_year_partner_and_what_is_paid(client):
    treasury = make_treasury()
    year = clock.today().year
    treasury.fill("100", partner=0)
    treasury.pledge("200", partner=1)
    treasury.pledge("300", partner=0, year=year + 1)
    client.force_login(treasury.auditor)

    def amounts(query):
        return sorted(int(row.amount) for row in client.get(at("pledge_list", treasury) + query).context["page_obj"])

    assert amounts("") == [100, 200, 300]
    assert amounts(f"?jahr={year}") == [100, 200]
    assert amounts("?stand=paid") == [100]
    assert amounts(f"?stand=open&jahr={year}") == [200]
    assert amounts(f"?q={treasury.partners[1].name}") == [200]
    assert amounts("?stand=withdrawn") == []
    assert amounts("?jahr=abc") == []


def test_the_export_cannot_act_as_a_formula(client):
    treasury = make_treasury()
    partner = treasury.partners[0]
    partner.name = "=HYPERLINK(1)"
    partner.save()
    treasury.pledge("1234.50")
    client.force_login(treasury.auditor)
    text = client.get(at("pledge_list", treasury) + "?export=csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "1234,50" in text
    assert client.get(at("pledge_list", treasury) + "?export=xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_the_list_needs_the_same_few_queries_with_many_rows(client, django_assert_max_num_queries, rows):
    treasury = make_treasury(1)
    for number in range(rows):
        partner = PartnerFactory(partnership=treasury.partnership, number=100 + number)
        Pledge.objects.create(
            fund=treasury.fund, partner=partner, year=clock.today().year, amount=10, pledged_at=clock.now()
        )
    client.force_login(treasury.treasurer)
    client.get(at("pledge_list", treasury))
    with django_assert_max_num_queries(12):
        page = client.get(at("pledge_list", treasury))
    assert len(page.context["page_obj"]) == min(rows, 50)
