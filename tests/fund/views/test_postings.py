from uuid import uuid4

import pytest
from django.urls import reverse

from fund.models import Posting
from partnership import clock
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


def at(name, treasury, **kwargs):
    return reverse(f"fund:{name}", kwargs={"slug": treasury.slug, **kwargs})


def test_the_ledger_shows_the_balance_after_each_posting_under_any_filter(client):
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    treasury.pay(measure, "250", reference="RE 9")
    treasury.fill("100", partner=1)
    client.force_login(treasury.auditor)

    def shown(query):
        rows = client.get(at("posting_list", treasury) + query).context["page_obj"]
        return [(row.number, int(row.bank_after)) for row in rows]

    assert shown("") == [(4, 850), (3, 750), (2, 1000), (1, 1000)]
    assert shown("?sort=number&art=ein") == [(1, 1000), (4, 850)]
    assert shown("?art=aus") == [(3, 750)]
    assert shown("?art=zurueckgestellt") == [(2, 1000)]
    assert shown("?art=storno") == []
    assert shown("?q=RE 9") == [(3, 750)]
    assert shown("?q=2") == [(2, 1000)] or (2, 1000) in shown("?q=2")
    assert shown(f"?jahr={clock.today().year - 1}") == []
    page = client.get(at("posting_list", treasury)).content.decode()
    assert "Bestand 850,00\xa0€, davon frei 500,00\xa0€" in page
    assert "Stornieren" not in page


def test_a_payment_is_reversed_from_the_ledger(client):
    treasury = make_treasury()
    treasury.fill("1000")
    client.force_login(treasury.treasurer)
    assert at("posting_reverse", treasury, number=1) in client.get(at("posting_list", treasury)).content.decode()
    address = at("posting_reverse", treasury, number=1)
    assert "über 1.000,00\xa0€ stornieren?" in client.get(address).content.decode()
    assert client.post(address, {"reason": "", "key": uuid4()}).status_code == 422
    assert client.post(address, {"reason": "falsch", "key": uuid4()}).status_code == 302
    again = client.post(address, {"reason": "falsch", "key": uuid4()})
    assert again.status_code == 422
    assert "bereits storniert" in again.content.decode()
    page = client.get(at("posting_list", treasury)).content.decode()
    assert "storniert durch Nr. 2" in page
    assert Posting.objects.count() == 2


@pytest.mark.parametrize("number", [0, 7, 10**30])
def test_a_number_that_is_none_is_not_found(client, number):
    treasury = make_treasury()
    client.force_login(treasury.treasurer)
    assert client.get(at("posting_reverse", treasury, number=number)).status_code == 404


def test_the_ledger_is_exported_harmlessly(client):
    treasury = make_treasury()
    treasury.receive(treasury.pledge("1000"), "1000", reference="=1+1")
    client.force_login(treasury.auditor)
    text = client.get(at("posting_list", treasury) + "?export=csv").content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "1000,00" in text
    assert client.get(at("posting_list", treasury) + "?export=xlsx").content[:2] == b"PK"


def test_without_postings_the_ledger_says_how_it_begins(client):
    treasury = make_treasury()
    client.force_login(treasury.treasurer)
    assert "Noch nichts gebucht" in client.get(at("posting_list", treasury)).content.decode()


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_the_ledger_needs_the_same_few_queries_with_many_rows(client, django_assert_max_num_queries, rows):
    treasury = make_treasury(1)
    pledge = treasury.pledge("1000000")
    for _ in range(rows):
        treasury.receive(pledge, "10")
    client.force_login(treasury.treasurer)
    client.get(at("posting_list", treasury))
    with django_assert_max_num_queries(12):
        assert client.get(at("posting_list", treasury)).status_code == 200
