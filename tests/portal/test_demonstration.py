from datetime import datetime
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from committees.enums import BallotState, MeetingState, ReferralState
from committees.models import Ballot, Committee, Meeting, Referral, Resolution
from committees.services import meetings
from membership.models import Partner
from partnership import clock
from partnership.models import OutboxMessage, Partnership, User
from portal.demo.content import CHAIR, CONTRIBUTORS, PERSONAS
from tests.factories import PartnershipFactory

BERLIN = ZoneInfo("Europe/Berlin")

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "today",
    [datetime(2027, 1, 2, 8, tzinfo=BERLIN), datetime(2028, 10, 29, 23, 50, tzinfo=BERLIN)],
    ids=["after new year", "summer time ends, a Sunday shortly before midnight"],
)
def test_the_demonstration_is_whole_on_any_day(today, capsys):
    with mock.patch("django.utils.timezone.now", return_value=today):
        call_command("demo")
        call_command("verify_register")
        call_command("verify_ledger")
        assert Partner.objects.members(clock.today()).count() == 34
        assert Partner.objects.get(name__startswith="Schwerin").organisations.count() == 2
        assert Committee.objects.count() == 5
        assert set(Meeting.objects.values_list("state", flat=True)) == {
            MeetingState.CLOSED,
            MeetingState.INVITED,
            MeetingState.DRAFT,
        }
        running = Ballot.objects.get(state=BallotState.OPEN)
        assert running.deadline_at > today
        assert 0 < running.participations.count() < running.roll_size == 34
        assert Referral.objects.filter(state=ReferralState.RECOMMENDED).exists()
        assert Resolution.objects.public().exists()
        assert CONTRIBUTORS == 13
        assert not OutboxMessage.objects.filter(state="failed").exists()
        chair = User.objects.get(email=CHAIR.email)
        assert meetings.start(by=chair, meeting=Meeting.objects.get(committee__code="TK", state=MeetingState.INVITED))


def test_each_persona_signs_in_with_one_click_in_the_demonstration_only(client, settings):
    call_command("demo")
    url = reverse("portal:demo_sign_in")
    assert client.post(url, {"persona": "buero"}).status_code == 403
    settings.KONVENT_DEMO = True
    for persona in PERSONAS:
        response = client.post(url, {"persona": persona.key}, follow=True)
        assert response.status_code == 200
        assert response.wsgi_request.user.email == persona.email
    assert client.post(url, {"persona": "niemand"}).status_code == 404
    assert client.post(url, {"persona": "buero", "next": "https://boese.example/"}).url == "/tisch/"


def test_a_second_building_is_refused_and_if_empty_leaves_things_alone():
    PartnershipFactory()
    with pytest.raises(CommandError):
        call_command("demo")
    before = Partnership.objects.get().pk
    call_command("demo", if_empty=True)
    assert Partnership.objects.get().pk == before


@pytest.mark.django_db(transaction=True)
def test_a_reset_builds_it_anew_but_never_over_somebody_elses_data():
    call_command("demo")
    before = Partnership.objects.get().pk
    call_command("demo", reset=True)
    assert Partnership.objects.get().pk != before
    Partnership.objects.create(slug="echt", name="Echte Partnerschaft", short_name="EP", office_email="a@b.example")
    with pytest.raises(CommandError, match="left alone"):
        call_command("demo", reset=True)
    assert User.objects.exists()
