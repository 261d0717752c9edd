"""A circular vote from the office's desk to the register, as people do it in the browser."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from committees.models import Ballot, Resolution
from committees.services import register
from committees.tasks import close_due_ballots, recount_and_verify, remind_voters
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories.committees import make_chamber

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(response.content.decode().split())


def vote(client, person, ballot, partner, choice):
    """Sign in, choose on the ballot's page, confirm: what the page says in the end."""
    client.force_login(person)
    page = client.get(ballot.get_absolute_url())
    assert f"Sie stimmen ab für {partner.name}" in text(page)
    action = re.search(r'action="([^"]+/stimme/)"', page.content.decode())[1]
    confirm = client.get(action, {"partner": str(partner.pk), "choice": choice})
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', confirm.content.decode()))
    return text(client.post(action, hidden, follow=True))


def test_from_the_offices_desk_to_the_register(client):
    chamber = make_chamber(4, with_deputies=True, code="SK")
    client.force_login(chamber.office)
    deadline = clock.now() + timedelta(days=14)
    prepared = client.post(
        reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug}),
        {
            "committee": str(chamber.committee.pk),
            "title": "Arbeitsprogramm 2027",
            "text": "Das Arbeitsprogramm 2027 wird **beschlossen**.",
            "way": "circular",
            "form": "roll_call",
            "deadline_at": f"{deadline:%Y-%m-%d} 12:00",
        },
        follow=True,
    )
    assert "Prüfen Sie den Text und eröffnen Sie sie dann." in text(prepared)
    ballot = Ballot.objects.get()
    opened = client.post(
        reverse("committees:ballot_open", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk}), follow=True
    )
    assert "Die Abstimmung ist eröffnet." in text(opened)
    assert OutboxMessage.objects.filter(kind="ballot.opened").count() == 8

    # The first delegate votes, the deputy of the second does, then the second delegate overrides.
    page = vote(client, chamber.delegates[0], ballot, chamber.partners[0], "yes")
    assert "Stimme abgegeben" in page
    assert "1 von 4 Partnern hat abgestimmt" in page
    assert "Stimme abgegeben" in vote(client, chamber.deputies[1], ballot, chamber.partners[1], "no")
    assert "(Fassung 2)" in vote(client, chamber.delegates[1], ballot, chamber.partners[1], "yes")

    # Two days before the end only those are reminded whose partner has not voted.
    ballot.refresh_from_db()
    with clock.frozen(ballot.deadline_at - timedelta(days=2)):
        assert remind_voters() == 4
    assert "Stimme abgegeben" in vote(client, chamber.delegates[2], ballot, chamber.partners[2], "abstain")

    # The deadline passes; the schedule closes, the chair declares with one click.
    with clock.frozen(ballot.deadline_at + timedelta(minutes=1)):
        assert close_due_ballots() == 1
        client.force_login(chamber.chair)
        closed = client.get(ballot.get_absolute_url())
        assert "Die Vorlage ist angenommen." in text(closed)
        declared = client.post(
            reverse("committees:ballot_declare", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk}),
            follow=True,
        )
    resolution = Resolution.objects.get()
    assert f"Festgestellt: {resolution.number} steht im Beschlussregister." in text(declared)
    assert resolution.number.startswith("SK-")
    assert OutboxMessage.objects.filter(kind="resolution.declared").count() == 8
    assert register.verify(chamber.partnership).is_sound
    assert recount_and_verify() == 0
