"""Django's admin shows the books and changes nothing in them (L3)."""

import pytest
from django.urls import reverse

from fund.models import Posting
from tests.factories import UserFactory
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    person = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(person)
    return client


@pytest.mark.parametrize("model", ["fund", "pledge", "measure", "account", "posting"])
def test_lists_open_and_nothing_is_added_or_deleted(administrator, model):
    treasury = make_treasury()
    treasury.fill("1000")
    treasury.approve("600")
    listed = reverse(f"admin:fund_{model}_changelist")
    assert administrator.get(listed).status_code == 200
    assert administrator.get(reverse(f"admin:fund_{model}_add")).status_code == 403
    row = {
        "fund": treasury.fund,
        "pledge": treasury.fund.pledges.get(),
        "measure": treasury.fund.measures.get(),
        "account": treasury.fund.accounts.first(),
        "posting": treasury.fund.postings.first(),
    }[model]
    assert administrator.get(reverse(f"admin:fund_{model}_change", args=[row.pk])).status_code == 200
    assert administrator.post(reverse(f"admin:fund_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_posting_cannot_be_changed_in_the_admin(administrator):
    posting = make_treasury().fill("1000")
    answer = administrator.post(reverse("admin:fund_posting_change", args=[posting.pk]), {"amount": "1", "text": "x"})
    assert answer.status_code == 403
    assert Posting.objects.get(pk=posting.pk).amount == 1000
