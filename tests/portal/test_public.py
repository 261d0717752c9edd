import time

import pytest
from django.core import signing
from django.urls import reverse

from committees.models import CircleMember
from membership.models import Enquiry
from partnership.enums import Role
from partnership.models import Feedback, OutboxMessage, SiteText
from tests.factories import PartnerFactory, PartnershipFactory, UserFactory, appoint
from tests.factories.committees import CommitteeFactory
from tests.factories.ground import LONG_AGO, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="haus", name="Haus der Karten", purpose="Gemeinsam Karten bauen.")


def opened(seconds_ago=10):
    return signing.dumps(int(time.time()) - seconds_ago, salt="public-form")


def enquiry(**changes):
    return {
        "kind": "join",
        "organisation": "Stadt Musterhausen",
        "name": "Erika Muster",
        "email": "erika@example.org",
        "message": "Wir möchten beitreten.",
        "is_informed": "on",
        "opened": opened(),
        **changes,
    }


def test_the_front_door_lists_public_partnerships_only(client, partnership):
    PartnershipFactory(name="Geheimer Bund", is_public=False)
    page = client.get(reverse("portal:home")).content.decode()
    assert "Haus der Karten" in page
    assert "Geheimer Bund" not in page


def test_a_partnership_that_is_not_public_is_not_there(client):
    PartnershipFactory(slug="geheim", is_public=False)
    absent = client.get("/p/gibt-es-nicht/")
    foreign = client.get("/p/geheim/")
    assert absent.status_code == foreign.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_public_page_counts_partners_with_the_day_in_constant_queries(
    client, partnership, count, django_assert_max_num_queries
):
    for number in range(count):
        PartnerFactory(partnership=partnership, name=f"Stadt {number}")
    with django_assert_max_num_queries(12):
        page = client.get(reverse("portal:partnership_public", kwargs={"slug": "haus"})).content.decode()
    assert "Gemeinsam Karten bauen." in page
    assert "Stadt 0" in page
    assert "(Stand:" in page


def test_an_enquiry_becomes_a_record_and_mails_to_product_management_and_enquirer(client, partnership):
    manager = UserFactory(email="pm@example.org")
    appoint(manager, Role.PRODUCT_MANAGER, partnership)
    response = client.post(reverse("portal:enquiry_create", kwargs={"slug": "haus"}), enquiry())
    assert response.status_code == 302
    found = Enquiry.objects.get()
    assert (found.organisation, found.partnership) == ("Stadt Musterhausen", partnership)
    assert {"pm@example.org", "erika@example.org"} <= set(OutboxMessage.objects.values_list("to_address", flat=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"homepage": "http://spam.example"},
        {"opened": None},
        {"opened": "gefälscht"},
        {"email": "keine"},
        {"name": ""},
    ],
    ids=["trap", "too fast", "forged", "no address", "no name"],
)
def test_a_bad_enquiry_is_refused_and_keeps_what_was_typed(client, partnership, changes):
    if "opened" in changes and changes["opened"] is None:
        changes = {"opened": opened(0)}
    response = client.post(reverse("portal:enquiry_create", kwargs={"slug": "haus"}), enquiry(**changes))
    assert response.status_code == 422
    assert "Wir möchten beitreten." in response.content.decode()
    assert not Enquiry.objects.exists()


def test_an_empty_enquiry_is_told_what_is_missing_not_that_it_came_too_fast(client, partnership):
    response = client.post(reverse("portal:enquiry_create", kwargs={"slug": "haus"}), {"opened": opened(0)})
    assert response.status_code == 422
    assert "sehr schnell" not in response.content.decode()


def test_who_leads_a_role_circle_is_named_once(client, partnership):
    lead = OrganisationFactory(name="Landesbetrieb Karte")
    circle = CommitteeFactory(partnership=partnership, kind="role_circle", lead_organisation=lead)
    for organisation in (lead, OrganisationFactory(name="Stadt Zweitrat")):
        CircleMember.objects.create(
            committee=circle, name="Leo Leitung", organisation=organisation, is_lead=True, valid_from=LONG_AGO
        )
    page = client.get(reverse("portal:partnership_public", kwargs={"slug": "haus"})).content.decode()
    assert page.count("Landesbetrieb Karte") == 1
    assert "Stadt Zweitrat" in page


def test_feedback_is_kept_and_mailed_to_the_operator(client, settings):
    settings.SITE_CONTACT_EMAIL = "betrieb@example.org"
    response = client.post(
        reverse("portal:feedback"), {"message": "Der Kontrast ist schwach.", "page": "/tisch/", "opened": opened()}
    )
    assert response.status_code == 302
    assert Feedback.objects.get().message == "Der Kontrast ist schwach."
    assert OutboxMessage.objects.get().to_address == "betrieb@example.org"


@pytest.mark.parametrize("name", ["imprint", "privacy", "accessibility"])
def test_legal_pages_show_what_the_operator_wrote_else_say_that_nobody_did(client, name):
    url = reverse(f"portal:{name}")
    assert client.get(url).status_code == 200
    key = {"imprint": "impressum", "privacy": "datenschutz", "accessibility": "barrierefreiheit"}[name]
    SiteText.objects.create(key=key, title="Eigener Titel", body="**fett** <script>alert(1)</script>")
    page = client.get(url).content.decode()
    assert "Eigener Titel" in page
    assert "<strong>fett</strong>" in page
    assert "<script>alert" not in page
