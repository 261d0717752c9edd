"""Rights that end are gone at the next request: other open browsers, copied links (N2, A6, A10)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from committees.models import Delegate
from committees.services import delegates
from membership.enums import Fact, Stage
from membership.models import YES
from membership.services import partners
from partnership import clock
from partnership.models import Appointment, User
from partnership.services import appointments, documents
from tests.access.visitor import address, outcome, undone
from tests.access.world import PASSWORD

pytestmark = pytest.mark.django_db


def browsers(person, count=2):
    """Several open sessions of one person."""
    found = []
    for _ in range(count):
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        found.append(client)
    return found


def links(world):
    """What a delegate has copied: the ballot, the meeting, its papers, calendar entry, an attachment."""
    own = world.own
    return [
        address(name, own, {"pk": thing})
        for name, thing in (
            ("committees:ballot_detail", "ballot"),
            ("committees:meeting_detail", "meeting"),
            ("committees:meeting_papers", "meeting"),
            ("committees:meeting_calendar", "meeting"),
            ("committees:motion_pdf", "motion"),
            ("committees:ballot_download", "ballot_declared"),
            ("partnership:document_download", "paper_file"),
            ("partnership:document_download", "paper_secret_file"),
            ("partnership:document_download", "attachment_secret"),
        )
    ]


def answers(client, urls):
    return {outcome(client.get(url)) for url in urls}


def delegation(world, role):
    return Delegate.objects.get(person=world.own.people[role], valid_until__isnull=True)


def test_a_delegate_whose_delegation_ends_is_outside_at_the_next_request(world):
    with undone():
        person = world.own.people["delegate_other"]
        first, second = browsers(person)
        readable = [url for url in links(world) if str(world.own.attachment_secret.pk) not in url]
        assert answers(first, readable) == {"ok"}
        delegates.end(by=world.own.office, delegate=delegation(world, "delegate_other"))
        assert answers(first, links(world)) == answers(second, links(world)) == {"404"}


def test_the_people_of_a_partner_that_leaves_are_outside_at_the_next_request(world):
    with undone():
        sessions = [browsers(world.own.people[role], 1)[0] for role in ("delegate_other", "admin_other")]
        page = address("portal:partner_detail", world.own, {"pk": "partner_other"})
        assert [outcome(client.get(page)) for client in sessions] == ["ok", "ok"]
        partners.end_membership(
            by=world.own.office, partner=world.own.partner_other, on=clock.today(), reason="Kündigung"
        )
        assert [outcome(client.get(page)) for client in sessions] == ["404", "404"]


def test_a_stage_that_ends_membership_is_enough(world):
    """Also where a list import or a correction wrote the stage and nobody ended the delegation."""
    with undone():
        person = world.own.people["delegate_other"]
        client = browsers(person, 1)[0]
        partner = world.own.partner_other
        partner.standings.filter(fact=Fact.STAGE).update(valid_until=clock.today())
        partner.standings.create(fact=Fact.STAGE, value=Stage.EXCLUDED, valid_from=clock.today())
        assert answers(client, links(world)) == {"404"}


def test_a_partner_suspended_reads_on_and_casts_no_vote(world):
    with undone():
        person = world.own.people["delegate_other"]
        client = browsers(person, 1)[0]
        partner = world.own.partner_other
        partner.standings.create(
            fact=Fact.SUSPENSION, value=YES, valid_from=clock.today() - timedelta(days=1), recorded_by=world.own.office
        )
        ballot = world.own.ballot
        assert outcome(client.get(ballot.get_absolute_url())) == "ok"
        client.post(
            address("committees:ballot_vote", world.own, {"pk": "ballot"}),
            {"partner": str(partner.pk), "choice": "yes", "token": "a" * 32, "confirmed": "on"},
        )
        assert not ballot.votes.filter(partner=partner).exists()


def test_an_appointment_that_ends_takes_its_pages_along(world):
    with undone():
        person = world.own.people["secretary"]
        first, second = browsers(person)
        edit = address("committees:agenda_edit", world.own, {"pk": "meeting"})
        assert outcome(first.get(edit)) == "ok"
        appointments.end(by=world.own.office, appointment=Appointment.objects.get(person=person))
        assert outcome(first.get(edit)) == outcome(second.get(edit)) == "404"


def test_an_appointment_that_runs_out_by_its_date_needs_no_routine(world):
    with undone():
        person = world.own.people["secretary"]
        client = browsers(person, 1)[0]
        edit = address("committees:agenda_edit", world.own, {"pk": "meeting"})
        Appointment.objects.filter(person=person).update(valid_until=clock.today())
        assert outcome(client.get(edit)) == "404"


def test_a_disabled_account_is_signed_out_everywhere(world):
    with undone():
        person = world.own.people["delegate"]
        first, second = browsers(person)
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert answers(first, links(world)) == answers(second, links(world)) <= {"login", "404"}
        signed = Client().post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        assert "_auth_user_id" not in signed.client.session


def test_a_new_password_ends_every_other_session(world):
    with undone():
        person = world.own.people["delegate"]
        first, second = browsers(person)
        person = User.objects.get(pk=person.pk)
        person.set_password("ganz-neues-passwort-2")
        person.save()
        desk = reverse("portal:desk")
        assert outcome(first.get(desk)) == outcome(second.get(desk)) == "login"


def test_a_new_password_set_in_one_browser_ends_the_others(world):
    with undone():
        person = world.own.people["delegate"]
        other = browsers(person, 1)[0]
        acting = Client()
        acting.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        new = "ganz-neues-passwort-3"
        answer = acting.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
        assert answer.status_code == 302
        assert User.objects.get(pk=person.pk).check_password(new)
        assert outcome(other.get(reverse("portal:desk"))) == "login"


def test_a_copied_link_says_nothing_to_whoever_is_signed_out(world):
    stranger = Client(raise_request_exception=False)
    assert answers(stranger, links(world)) <= {"login", "404"}


def test_a_withdrawn_document_is_gone_for_copied_links(world):
    with undone():
        client = browsers(world.own.people["delegate"], 1)[0]
        url = address("partnership:document_download", world.own, {"pk": "document"})
        response = client.get(url)
        assert outcome(response) == "ok"
        assert "no-store" in response["Cache-Control"]
        documents.withdraw(by=world.own.office, document=world.own.document)
        assert outcome(client.get(url)) == "404"


def test_the_session_has_a_new_key_after_signing_in_and_out(world):
    with undone():
        client = Client()
        client.get(reverse("account_login"))
        client.cookies["sessionid"] = "vonaussenvorgegebenerschluessel1"
        client.post(reverse("account_login"), {"login": world.own.people["delegate"].email, "password": PASSWORD})
        after = client.cookies["sessionid"].value
        assert after
        assert after != "vonaussenvorgegebenerschluessel1"
        old = Client()
        old.cookies["sessionid"] = after
        client.post(reverse("account_logout"))
        assert outcome(old.get(reverse("portal:desk"))) == "login"
