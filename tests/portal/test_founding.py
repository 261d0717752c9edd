import pytest
from django.urls import reverse

from committees.models import Committee, RuleSet
from partnership.access import ties
from partnership.enums import Role
from partnership.models import Appointment, OutboxMessage, Partnership, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/einrichten/"


def plan(**changes):
    data = {
        "name": "Kooperation Karten",
        "short_name": "KK",
        "slug": "karten",
        "land": "HH",
        "office_name": "Büro",
        "office_email": "buero@example.org",
        "person_name": "Greta Büro",
        "person_email": "greta@example.org",
        "password1": "ein-langer-satz-zum-merken",
        "password2": "ein-langer-satz-zum-merken",
        "gremien-TOTAL_FORMS": "3",
        "gremien-INITIAL_FORMS": "2",
        "gremien-0-name": "Strategisches Komitee",
        "gremien-0-code": "SK",
        "gremien-0-kind": "decides",
        "gremien-0-preset": "equal_simple",
        "gremien-1-name": "Technisches Komitee",
        "gremien-1-code": "TK",
        "gremien-1-kind": "recommends",
        "gremien-1-preset": "vwvfg",
        "gremien-1-recommends_to": "SK",
        "gremien-2-kind": "decides",
        "gremien-2-preset": "vwvfg",
        "personen-TOTAL_FORMS": "2",
        "personen-INITIAL_FORMS": "0",
        "personen-0-name": "Vera Vorsitz",
        "personen-0-email": "vera@example.org",
        "personen-0-role": "chair",
        "personen-0-committee": "SK",
        "personen-1-role": "chair",
    }
    return data | changes


def test_an_empty_installation_is_set_up_in_the_browser_and_signed_in(client, settings):
    settings.KONVENT_OPEN_SETUP = True
    assert client.get(URL).status_code == 200
    response = client.post(URL, plan())
    assert response.status_code == 302, response.content.decode()
    partnership = Partnership.objects.get()
    strategic, technical = Committee.objects.order_by("position")
    assert technical.recommends_to == strategic
    assert RuleSet.objects.count() == 2
    office = User.objects.get(email="greta@example.org")
    assert ties(office).holds(Role.MANAGING_OFFICE, on=partnership)
    assert ties(User.objects.get(email="vera@example.org")).holds(Role.CHAIR, on=strategic)
    assert OutboxMessage.objects.get().to_address == "vera@example.org"
    assert client.get(reverse("portal:desk")).status_code == 200


def test_once_somebody_has_an_account_the_door_is_shut(client, settings):
    settings.KONVENT_OPEN_SETUP = True
    UserFactory()
    assert client.get(URL).status_code == 403
    assert client.post(URL, plan()).status_code == 403
    assert not Partnership.objects.exists()


def test_in_production_only_administrators_set_up(client, settings):
    settings.KONVENT_OPEN_SETUP = False
    assert client.get(URL).status_code == 403
    client.force_login(User.objects.create_superuser("admin@example.org", "geheim-geheim-geheim"))
    assert client.get(URL).status_code == 200
    data = plan()
    del data["password1"], data["password2"]
    assert client.post(URL, data).status_code == 302
    assert not User.objects.get(email="greta@example.org").has_usable_password()
    assert OutboxMessage.objects.filter(to_address="greta@example.org").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password2": "anders"}, "nicht gleich"),
        ({"password1": "kurz", "password2": "kurz"}, "12"),
        ({"slug": "mit leer"}, "slug"),
        ({"gremien-1-code": "SK"}, "dasselbe Kürzel"),
        ({"gremien-1-code": "FÄ"}, "nur Großbuchstaben"),
        ({"gremien-1-recommends_to": "XX"}, "XX"),
        ({"personen-0-committee": ""}, "Kürzel"),
        ({"personen-0-email": "keine"}, "E-Mail"),
        ({"name": ""}, "name"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_whole_and_loses_nothing(client, settings, changes, sentence):
    settings.KONVENT_OPEN_SETUP = True
    response = client.post(URL, plan(**changes))
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "buero@example.org" in page
    assert "Technisches Komitee" in page
    assert not Partnership.objects.exists()
    assert not User.objects.exists()
    assert not Appointment.objects.exists()
