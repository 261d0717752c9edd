"""Who opens which page of the fund: 404 for strangers, 403 for those who see but may not (A1, A3)."""

import pytest
from django.urls import reverse

from fund.models import Posting
from partnership.enums import Role
from tests.factories import PartnershipFactory, UserFactory, appoint
from tests.factories.fund import make_treasury

pytestmark = pytest.mark.django_db

PAGES = (
    "fund_detail",
    "fund_update",
    "officer_create",
    "officer_end",
    "pledge_list",
    "pledge_create",
    "pledge_update",
    "pledge_withdraw",
    "payment_create",
    "measure_list",
    "measure_create",
    "measure_detail",
    "measure_update",
    "measure_approve",
    "measure_pay",
    "measure_finish",
    "measure_cancel",
    "posting_list",
    "posting_reverse",
)
OPEN = {"fund_detail", "measure_list", "measure_detail"}
OWN = {"pledge_list", "pledge_create", "pledge_update", "pledge_withdraw"}
MEASURES = {"measure_create", "measure_update", "measure_approve", "measure_finish", "measure_cancel"}
TREASURER = {"payment_create", "measure_pay", "posting_reverse"}
OFFICE = {"fund_update", "officer_create", "officer_end"}
ALLOWED = {
    "office": OPEN | OWN | MEASURES | OFFICE | {"posting_list"},
    "treasurer": OPEN | OWN | MEASURES | TREASURER | {"posting_list"},
    "auditor": OPEN | {"pledge_list", "posting_list"},
    "admin": OPEN | OWN,
    "delegate": OPEN | {"pledge_list"},
    "member": OPEN,
}
# What a person may not even know to exist.
HIDDEN = {
    "other_admin": {"pledge_update", "pledge_withdraw", "payment_create"},
    "member": {"pledge_update", "pledge_withdraw", "payment_create"},
}


@pytest.fixture
def scene():
    treasury = make_treasury()
    pledge = treasury.pledge("1000")
    treasury.receive(pledge, "1000")
    measure = treasury.approve("600")
    officer = treasury.fund.partnership.appointments.get(role=Role.AUDITOR)
    return treasury, {
        "officer_end": {"pk": officer.pk},
        **{name: {"pk": pledge.pk} for name in ("pledge_update", "pledge_withdraw", "payment_create")},
        **{name: {"pk": measure.pk} for name in PAGES if name.startswith("measure_") and name[8:] not in LISTS},
        "posting_reverse": {"number": 1},
    }


LISTS = ("list", "create")


def address(treasury, name, keys):
    return reverse(f"fund:{name}", kwargs={"slug": treasury.slug, **keys.get(name, {})})


def person(treasury, role):
    if role == "delegate":
        return treasury.house.delegate
    if role in ("member", "other_admin"):
        found = UserFactory()
        subject = treasury.partnership if role == "member" else treasury.partners[1]
        appoint(found, Role.PRODUCT_MANAGER if role == "member" else Role.PARTNER_ADMIN, subject)
        return found
    return getattr(treasury, role)


@pytest.mark.parametrize("role", ALLOWED)
def test_each_role_opens_its_pages_and_no_other(client, scene, role):
    treasury, keys = scene
    client.force_login(person(treasury, role))
    answers = {name: client.get(address(treasury, name, keys)).status_code for name in PAGES}
    hidden = HIDDEN.get(role, set())
    assert answers == {name: 200 if name in ALLOWED[role] else 404 if name in hidden else 403 for name in PAGES}


def test_the_admin_of_another_partner_does_not_learn_of_a_pledge(client, scene):
    treasury, keys = scene
    client.force_login(person(treasury, "other_admin"))
    for name in HIDDEN["other_admin"]:
        assert client.get(address(treasury, name, keys)).status_code == 404
    page = client.get(address(treasury, "pledge_list", keys)).content.decode()
    assert treasury.partners[0].name not in page


def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(client, scene):
    treasury, keys = scene
    for name in PAGES:
        assert client.get(address(treasury, name, keys)).status_code == 302
    stranger = UserFactory()
    appoint(stranger, Role.MANAGING_OFFICE, PartnershipFactory())
    client.force_login(stranger)
    for name in PAGES:
        assert client.get(address(treasury, name, keys)).status_code == 404


def test_rows_of_another_fund_are_not_found_under_this_one(client, scene):
    treasury, keys = scene
    other = make_treasury()
    appoint(treasury.treasurer, Role.TREASURER, other.fund)
    client.force_login(treasury.treasurer)
    for name in ("measure_detail", "measure_pay", "payment_create", "pledge_update"):
        assert client.get(address(other, name, keys)).status_code == 404
    assert client.get(address(other, "posting_reverse", keys)).status_code == 404


@pytest.mark.parametrize("role", ["auditor", "delegate", "member"])
def test_the_auditor_and_others_write_nothing(client, scene, role):
    """The auditor reads all and writes nothing."""
    treasury, keys = scene
    client.force_login(person(treasury, role))
    for name in PAGES:
        if name not in OPEN | {"pledge_list", "posting_list"}:
            assert client.post(address(treasury, name, keys), {"reason": "x"}).status_code in (403, 404)
    for name in ("fund_detail", "posting_list", "pledge_list", "measure_list", "measure_detail"):
        assert client.post(address(treasury, name, keys)).status_code in (403, 405)
    assert Posting.objects.count() == 2


def test_an_ended_function_ends_at_the_next_request(client, scene):
    treasury, keys = scene
    client.force_login(treasury.treasurer)
    assert client.get(address(treasury, "posting_list", keys)).status_code == 200
    from partnership.services import appointments

    appointments.end(by=treasury.office, appointment=treasury.treasurer.appointments.get())
    assert client.get(address(treasury, "posting_list", keys)).status_code == 404
