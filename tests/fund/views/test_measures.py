from uuid import uuid4

import pytest
from django.urls import reverse

from fund.enums import MeasureState
from fund.models import Measure, Posting
from partnership import clock
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


def at(name, treasury, **kwargs):
    return reverse(f"fund:{name}", kwargs={"slug": treasury.slug, **kwargs})


def test_a_measure_from_proposal_to_its_end(client):
    treasury = make_treasury()
    treasury.fill("1000")
    resolution, rejected = treasury.resolve(), treasury.resolve("Abgelehnt", choices="nny")
    client.force_login(treasury.office)
    client.post(at("measure_create", treasury), {"title": "Codepflege", "description": "**Wichtig**", "budget": "600"})
    measure = Measure.objects.get()
    assert (measure.state, measure.created_by) == (MeasureState.PROPOSED, treasury.office)
    client.post(at("measure_update", treasury, pk=measure.pk), {"title": "Codepflege 1", "budget": "500,50"})
    approve = at("measure_approve", treasury, pk=measure.pk)
    form = client.get(approve).context["form"]
    assert resolution in form.fields["resolution"].queryset
    assert rejected not in form.fields["resolution"].queryset
    assert client.post(approve, {"resolution": rejected.pk}).status_code == 422
    assert client.post(approve, {"resolution": resolution.pk}).status_code == 302
    client.force_login(treasury.treasurer)
    pay = at("measure_pay", treasury, pk=measure.pk)
    data = {"amount": "400", "payee": "Muster GmbH", "booked_on": clock.today(), "reference": "RE 1", "key": uuid4()}
    assert "Gebucht als Nummer 3" in client.post(pay, data, follow=True).content.decode()
    refused = client.post(pay, data | {"key": uuid4()})
    assert refused.status_code == 422
    assert "nur noch 100,50\xa0€ bewilligt" in refused.content.decode()
    assert refused.context["form"]["payee"].value() == "Muster GmbH"
    finish = at("measure_finish", treasury, pk=measure.pk)
    assert "100,50\xa0€" in client.get(finish).content.decode()
    assert client.post(finish).status_code == 302
    page = client.get(at("measure_detail", treasury, pk=measure.pk)).content.decode()
    assert resolution.number in page
    assert "<strong>Wichtig</strong>" not in page  # the edit left the description empty
    assert pay not in page


def test_more_than_is_free_is_not_approved_and_the_form_says_why(client):
    treasury = make_treasury()
    treasury.fill("100")
    measure, resolution = treasury.propose("600"), treasury.resolve()
    client.force_login(treasury.office)
    answer = client.post(at("measure_approve", treasury, pk=measure.pk), {"resolution": resolution.pk})
    assert answer.status_code == 422
    assert "nur 100,00\xa0€ verfügbar" in answer.content.decode()


def test_giving_up_asks_for_the_reason(client):
    treasury = make_treasury()
    measure = treasury.propose()
    client.force_login(treasury.office)
    address = at("measure_cancel", treasury, pk=measure.pk)
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "anders gelöst"}).status_code == 302
    measure.refresh_from_db()
    assert measure.state == MeasureState.CANCELLED
    again = client.post(address, {"reason": "anders gelöst"})
    assert again.status_code == 422
    assert "aufgegeben" in again.content.decode()


def test_fields_nobody_offered_are_ignored(client):
    """A7."""
    treasury, other = make_treasury(), make_treasury()
    resolution = treasury.resolve()
    client.force_login(treasury.office)
    client.post(
        at("measure_create", treasury),
        {
            "title": "Pflege",
            "budget": "10",
            "state": "approved",
            "resolution": resolution.pk,
            "fund": other.fund.pk,
            "created_by": treasury.admin.pk,
        },
    )
    measure = Measure.objects.get()
    assert (measure.state, measure.resolution, measure.fund, measure.created_by) == (
        MeasureState.PROPOSED,
        None,
        treasury.fund,
        treasury.office,
    )
    assert not Posting.objects.exists()


def test_only_those_who_read_the_books_see_the_postings_of_a_measure(client):
    treasury = make_treasury()
    treasury.fill("1000")
    measure = treasury.approve("600")
    treasury.pay(measure, "10", payee="Geheime GmbH")
    address = at("measure_detail", treasury, pk=measure.pk)
    client.force_login(treasury.auditor)
    assert "Geheime GmbH" in client.get(address).content.decode()
    client.force_login(treasury.house.delegate)
    page = client.get(address).content.decode()
    assert "Geheime GmbH" not in page
    assert "590,00\xa0€" in page


def test_a_confidential_resolution_is_offered_only_to_its_readers(client):
    treasury = make_treasury()
    treasury.fill("1000")
    measure, secret = treasury.propose(), treasury.resolve("Geheim", is_confidential=True)
    client.force_login(treasury.treasurer)
    form = client.get(at("measure_approve", treasury, pk=measure.pk)).context["form"]
    assert secret not in form.fields["resolution"].queryset
    client.force_login(treasury.office)
    form = client.get(at("measure_approve", treasury, pk=measure.pk)).context["form"]
    assert secret in form.fields["resolution"].queryset


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_lists_need_the_same_few_queries_with_many_rows(client, django_assert_max_num_queries, rows):
    treasury = make_treasury(1)
    for number in range(rows):
        measure = treasury.propose("10", title=f"Maßnahme {number}")
    client.force_login(treasury.treasurer)
    for address in (at("measure_list", treasury), at("measure_detail", treasury, pk=measure.pk)):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
    assert client.get(at("measure_list", treasury) + "?q=Maßnahme 0&sort=-remaining").context["paginator"].count == 1
    empty = client.get(at("measure_list", treasury) + "?stand=done").content.decode()
    assert "Keine Maßnahme passt" in empty
