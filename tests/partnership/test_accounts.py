from datetime import timedelta

import pytest
from django.urls import reverse

from partnership import clock
from partnership.enums import Role
from partnership.models import AccountInvitation, OutboxMessage, User
from partnership.services import accounts
from tests.factories import PartnershipFactory, UserFactory, appoint

pytestmark = pytest.mark.django_db

GOOD = "ein-langer-satz-zum-merken"


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="haus")


@pytest.fixture
def office(partnership):
    person = UserFactory(name="Büro")
    appoint(person, Role.MANAGING_OFFICE, partnership)
    return person


def invite(office, partnership, email="neu@example.org", target="/tisch/"):
    person = accounts.invite(by=office, email=email, name="Neu", partnership=partnership, target=target)
    return person, link_in(OutboxMessage.objects.filter(recipient=person).latest("created_at"))


def link_in(message):
    import email as mail
    from email import policy

    text = mail.message_from_bytes(bytes(message.mime), policy=policy.default).get_body(("plain",)).get_content()
    return next(word for word in text.split() if "/konto/einladung/" in word).split("8000", 1)[1]


def test_an_invited_person_sets_a_password_and_lands_on_the_page_the_mail_was_about(client, office, partnership):
    person, link = invite(office, partnership, target="/p/haus/")
    response = client.post(link, {"password1": GOOD, "password2": GOOD})
    assert response.status_code == 302
    assert response.url == "/p/haus/"
    assert client.get(reverse("profile")).status_code == 200
    person.refresh_from_db()
    assert person.check_password(GOOD)


def test_a_link_works_once(client, office, partnership):
    _person, link = invite(office, partnership)
    client.post(link, {"password1": GOOD, "password2": GOOD})
    client.logout()
    response = client.post(link, {"password1": GOOD + "2", "password2": GOOD + "2"})
    assert response.status_code == 302
    assert reverse("account_login") in response.url


def test_an_expired_link_sends_a_new_one_at_the_press_of_a_button_and_not_before(client, office, partnership):
    person, link = invite(office, partnership)
    AccountInvitation.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    before = OutboxMessage.objects.count()
    assert "abgelaufen" in client.get(link).content.decode()
    assert OutboxMessage.objects.count() == before
    assert "unterwegs" in client.post(link).content.decode()
    fresh = link_in(OutboxMessage.objects.filter(recipient=person).latest("created_at"))
    assert fresh != link
    assert client.post(fresh, {"password1": GOOD, "password2": GOOD}).status_code == 302


def test_a_newer_invitation_ends_the_older_one(client, office, partnership):
    person, link = invite(office, partnership)
    accounts.send_invitation(by=office, person=person, partnership=partnership)
    response = client.post(link, {"password1": GOOD, "password2": GOOD})
    person.refresh_from_db()
    assert not person.has_usable_password(), response.content.decode()


@pytest.mark.parametrize("password", ["kurz", "passwort", "123456789012"])
def test_a_weak_password_is_refused_with_a_sentence_and_the_link_stays_good(client, office, partnership, password):
    _person, link = invite(office, partnership)
    response = client.post(link, {"password1": password, "password2": password})
    assert response.status_code == 422
    assert client.post(link, {"password1": GOOD, "password2": GOOD}).status_code == 302


def test_an_unknown_link_is_not_found(client):
    assert client.get(reverse("invitation_accept", kwargs={"secret": "nix"})).status_code == 404


def test_a_target_on_another_site_is_replaced(office, partnership):
    person, _link = invite(office, partnership, target="https://boese.example/")
    assert person.invitations.latest("created_at").target == "/tisch/"


def test_addresses_are_one_account_whatever_their_case(office, partnership):
    first, _link = invite(office, partnership, email="Neu@Example.org")
    second, _link = invite(office, partnership, email="neu@example.ORG")
    assert first == second


def test_the_office_sees_who_never_signed_in_and_invites_again_in_bulk(client, office, partnership):
    person, _link = invite(office, partnership)
    appoint(person, Role.PRODUCT_MANAGER, partnership)
    client.force_login(office)
    page = client.get(reverse("partnership:person_list", kwargs={"slug": "haus"}) + "?never=on")
    assert "neu@example.org" in page.content.decode()
    before = OutboxMessage.objects.count()
    client.post(
        reverse("partnership:person_reinvite", kwargs={"slug": "haus"}), {"person": [str(person.pk), str(office.pk)]}
    )
    assert OutboxMessage.objects.count() == before + 1


def test_a_stranger_cannot_be_invited_again_by_id(client, office, partnership):
    stranger = User.objects.create_user("fremd@example.org", "Fremd")
    client.force_login(office)
    client.post(reverse("partnership:person_reinvite", kwargs={"slug": "haus"}), {"person": [str(stranger.pk)]})
    assert not OutboxMessage.objects.filter(recipient=stranger).exists()


def test_nobody_signs_up_alone(client):
    client.post(reverse("account_signup"), {"email": "x@example.org", "password1": GOOD, "password2": GOOD})
    assert not User.objects.filter(email="x@example.org").exists()


def test_password_reset_answers_alike_for_known_and_unknown_addresses(client, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    known = UserFactory(email="da@example.org")
    answers = [
        client.post(reverse("account_reset_password"), {"email": address}, HTTP_HOST="localhost")
        for address in ("da@example.org", "weg@example.org")
    ]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    (message,) = OutboxMessage.objects.all()
    assert message.recipient == known
    # N8: the link goes by the site's address, not by the Host header.
    assert b"http://127.0.0.1:8000/konto/passwort/neu/" in bytes(message.mime).replace(b"=\r\n", b"")


def test_the_reset_link_sets_a_new_password(client):
    import email as mail
    from email import policy

    UserFactory(email="da@example.org")
    client.post(reverse("account_reset_password"), {"email": "da@example.org"})
    parsed = mail.message_from_bytes(bytes(OutboxMessage.objects.get().mime), policy=policy.default)
    link = next(w for w in parsed.get_body(("plain",)).get_content().split() if "/passwort/neu/" in w)
    page = client.get(link.split("8000", 1)[1], follow=True)
    assert page.status_code == 200
    client.post(page.redirect_chain[-1][0], {"password1": GOOD, "password2": GOOD})
    assert User.objects.get(email="da@example.org").check_password(GOOD)


def test_a_signed_in_person_changes_their_profile_and_nothing_else(client):
    person = UserFactory()
    client.force_login(person)
    client.post(
        reverse("profile"),
        {
            "name": "Neuer Name",
            "language": "en",
            "time_zone": "Europe/Berlin",
            "is_staff": "on",
            "is_superuser": "on",
            "email": "anders@example.org",
        },
    )
    person.refresh_from_db()
    assert person.name == "Neuer Name"
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert person.email != "anders@example.org"


def test_sessions_end_after_idling_and_after_ten_hours(client, settings):
    from unittest import mock

    from django.utils import timezone

    person = UserFactory()
    client.force_login(person)
    assert client.get(reverse("profile")).status_code == 200
    start = timezone.now()
    with mock.patch("partnership.middleware.timezone.now", return_value=start + timedelta(minutes=29)):
        assert client.get(reverse("profile")).status_code == 200
    with mock.patch("partnership.middleware.timezone.now", return_value=start + timedelta(minutes=62)):
        assert client.get(reverse("profile")).status_code == 302


def test_a_session_dies_with_the_password_and_with_the_account(client):
    person = UserFactory()
    client.force_login(person)
    person.set_password("anders-anders-anders")
    person.save()
    assert client.get(reverse("profile")).status_code == 302
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get(reverse("profile")).status_code == 302
