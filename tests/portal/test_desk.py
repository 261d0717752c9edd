import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committees.enums import MeetingState
from committees.models import MeetingAnswer
from committees.services import ballots
from membership.models import Enquiry
from partnership import clock
from partnership.enums import Role
from partnership.models import OutboxMessage
from portal.dues import Dues
from tests.factories import UserFactory
from tests.factories.committees import DelegateFactory, MeetingFactory, closed_ballot, make_chamber, open_ballot
from tests.factories.ground import appoint

pytestmark = pytest.mark.django_db


def desk(client, person):
    client.force_login(person)
    return client.get(reverse("portal:desk")).content.decode()


def fail_mail(partnership, count=1):
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            partnership=partnership,
            kind="x",
            dedup_key=str(uuid.uuid4()),
            message_id=f"<{uuid.uuid4()}@x>",
            to_address="a@b.example",
            subject="x",
            mime=b"",
            state="failed",
            created_at=clock.now(),
            due_at=clock.now(),
        )
        for _number in range(count)
    )


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


def test_what_waits_since_a_moment_says_so_and_what_has_time_says_how_long(client):
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    assert "noch " in desk(client, chamber.delegates[0])
    chamber.cast_all(ballot, "yyy")
    with clock.frozen(clock.now() + timedelta(days=2)):
        page = desk(client, chamber.chair)
    assert "seit <time" in page
    assert "vorbei" not in page


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
    fail_mail(chamber.partnership)
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


def make_enquiries(partnership, count):
    Enquiry.objects.bulk_create(
        Enquiry(
            partnership=partnership,
            organisation=f"Gemeinde {number:03d}",
            email="a@b.example",
            received_at=clock.now() + timedelta(minutes=number),
        )
        for number in range(count)
    )


def all_dues(client, person, **query):
    client.force_login(person)
    return client.get(reverse("portal:due_list"), query).content.decode()


def test_the_desk_shows_the_soonest_ten_and_says_how_many_there_are(client):
    chamber = make_chamber(1)
    make_enquiries(chamber.partnership, 37)
    page = desk(client, chamber.office)
    assert "37 Sachen warten auf Sie." in page
    assert (page.count("Gemeinde"), "Gemeinde 009" in page, "Gemeinde 010" in page) == (10, True, False)
    assert "Alle 37 Sachen ansehen" in page
    assert reverse("portal:due_list") in page


def test_all_that_waits_stands_on_a_page_of_its_own_in_pages(client):
    chamber = make_chamber(1)
    make_enquiries(chamber.partnership, 60)
    assert all_dues(client, chamber.office).count("Gemeinde") == 50
    last = all_dues(client, chamber.office, page="2")
    assert (last.count("Gemeinde"), "51–60 von 60" in last) == (10, True)


def everything(chamber, number):
    """Something of every kind for whoever is delegate, chair and office at once."""
    make_enquiries(chamber.partnership, number)
    for _number in range(number):
        open_ballot(chamber)
        closed_ballot(chamber, "." * len(chamber.partners))
        soon = {"starts_at": clock.now() + timedelta(days=3), "state": MeetingState.INVITED}
        MeetingFactory(committee=chamber.committee, has_unsent_changes=True, **soon)
    fail_mail(chamber.partnership, number)


def everybody(chamber):
    person = chamber.delegates[0]
    appoint(person, Role.CHAIR, chamber.committee)
    appoint(person, Role.MANAGING_OFFICE, chamber.partnership)
    return person


def test_the_list_narrows_to_one_kind_by_its_address(client):
    chamber = make_chamber(2)
    person = everybody(chamber)
    everything(chamber, 2)
    counts = Dues(person).counts
    assert counts == {"abstimmung": 2, "einladung": 2, "feststellen": 2, "sitzung": 2, "anfrage": 2, "post": 1}
    for key, number in counts.items():
        page = all_dues(client, person, art=key)
        assert page.count('class="kv-desk__item"') == number
        assert f'href="?art={key}" aria-current="page"' in page
    assert all_dues(client, person, art="unbekannt").count('class="kv-desk__item"') == 11
    assert [due.due_at is None for due in Dues(person)[:20]] == [False] * 10 + [True]


def test_what_is_over_counts_nowhere(client):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    with clock.frozen(ballot.deadline_at + timedelta(seconds=1)):
        assert Dues(chamber.delegates[0]).counts == {}
        assert Dues(chamber.chair).counts == {"feststellen": 1}


@pytest.mark.parametrize("page", ["portal:desk", "portal:due_list"])
def test_whoever_holds_every_role_takes_no_more_queries_for_many(client, page):
    chamber = make_chamber(2)
    person = everybody(chamber)
    client.force_login(person)
    taken = []
    for number in (1, 12):
        everything(chamber, number)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(page))
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 12
