from datetime import timedelta

import pytest
from django.urls import reverse

from committees.enums import MeetingState
from committees.models import MeetingAnswer
from committees.services import ballots
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories import UserFactory
from tests.factories.committees import DelegateFactory, MeetingFactory, make_chamber, open_ballot

pytestmark = pytest.mark.django_db


def desk(client, person):
    client.force_login(person)
    return client.get(reverse("portal:desk")).content.decode()


def test_an_empty_desk_says_so_kindly(client):
    assert "Alles erledigt" in desk(client, UserFactory())


def test_an_open_vote_lies_on_the_delegates_desk_until_the_partner_has_voted(client):
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    assert ballot.title in desk(client, chamber.delegates[0])
    chamber.cast(ballot, 0, "yes")
    assert ballot.title not in desk(client, chamber.delegates[0])
    assert ballot.title in desk(client, chamber.delegates[1])


def test_a_result_to_declare_lies_on_the_chairs_desk(client):
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    assert ballot.title not in desk(client, chamber.chair)
    chamber.cast_all(ballot, "yyy")
    assert "noch nicht festgestellt" in desk(client, chamber.chair)
    ballot.refresh_from_db()
    ballots.declare(by=chamber.chair, ballot=ballot)
    assert "noch nicht festgestellt" not in desk(client, chamber.chair)


def test_an_invitation_waits_for_an_answer(client):
    chamber = make_chamber(2)
    meeting = MeetingFactory(
        committee=chamber.committee, state=MeetingState.INVITED, starts_at=clock.now() + timedelta(days=3)
    )
    assert meeting.title in desk(client, chamber.delegates[0])


def test_an_answer_for_one_partner_leaves_the_other_one_open(client):
    chamber = make_chamber(2)
    both = chamber.delegates[0]
    DelegateFactory(committee=chamber.committee, partner=chamber.partners[1], person=both, kind="deputy")
    meeting = MeetingFactory(
        committee=chamber.committee, state=MeetingState.INVITED, starts_at=clock.now() + timedelta(days=3)
    )
    for partner, is_open in zip(chamber.partners, (True, False), strict=True):
        MeetingAnswer.objects.create(
            meeting=meeting, partner=partner, person=both, answer="yes", answered_at=clock.now()
        )
        assert (meeting.title + "</a></p>" in desk(client, both).split("Nächste Sitzungen")[0]) is is_open


def test_failed_mails_lie_on_the_offices_desk(client):
    chamber = make_chamber(1)
    assert "nicht angekommen" not in desk(client, chamber.office)
    OutboxMessage.objects.create(
        partnership=chamber.partnership,
        kind="x",
        dedup_key="x",
        message_id="<x@x>",
        to_address="a@b.example",
        subject="x",
        mime=b"",
        state="failed",
        created_at=clock.now(),
        due_at=clock.now(),
    )
    assert "nicht angekommen" in desk(client, chamber.office)


def test_nothing_of_another_partnership_lies_here(client):
    chamber, other = make_chamber(2), make_chamber(2)
    ballot = open_ballot(other)
    assert ballot.title not in desk(client, chamber.delegates[0])


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_takes_at_most_twelve_queries(client, count, django_assert_max_num_queries):
    chamber = make_chamber(3)
    for _number in range(count):
        open_ballot(chamber)
        MeetingFactory(
            committee=chamber.committee, state=MeetingState.INVITED, starts_at=clock.now() + timedelta(days=3)
        )
    for person in (chamber.delegates[0], chamber.chair, chamber.office):
        client.force_login(person)
        with django_assert_max_num_queries(12):
            client.get(reverse("portal:desk"))
