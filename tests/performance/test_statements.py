"""How many statements a page and a cast cost, whatever the number of rows. Never how long (bench/ shows that)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committees.enums import BallotWay, EntryKind, MeetingState, MotionState
from committees.models import AgendaItem, Ballot, Meeting, Motion, Resolution, RollEntry
from membership.enums import Fact, Stage
from membership.models import YES, Partner, Standing
from partnership import clock
from partnership.access.ties import forget
from partnership.db.triggers import lifted
from partnership.enums import OutboxState
from partnership.models import AuditEvent, OutboxMessage
from tests.access.policy import load
from tests.access.visitor import address, undone
from tests.factories.committees import BallotFactory, bulk_votes, make_chamber, open_ballot
from tests.factories.ground import LONG_AGO

pytestmark = pytest.mark.django_db

PAGE_LIMIT = 12
CAST_LIMIT = 14
READERS = ("office", "delegate", "chair", "member", "product", "treasurer")
TABLE = load()
# What a transaction around a page adds; the suite's own are not the page's.
FRAMES = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


def told(found):
    """The statements, shortened to what tells them apart."""
    short = re.compile(r"^(SELECT) .*? (FROM)", re.DOTALL)
    return [
        short.sub(r"\1 … \2", query["sql"])[:150]
        for query in found.captured_queries
        if not query["sql"].startswith(FRAMES)
    ]


def statements(client, url, expected=200, **data):
    """The statements of one request, asked for the second time: what is read once for a process is known then."""
    for _ in range(1 if data else 2):
        with CaptureQueriesContext(connection) as found:
            response = client.post(url, data) if data else client.get(url)
            if hasattr(response, "streaming_content"):
                b"".join(response.streaming_content)
    assert response.status_code == expected, f"{url}: {response.status_code}"
    return told(found)


@pytest.mark.parametrize("key", sorted(key for key, case in TABLE.items() if "GET" in case.methods))
def test_every_page_costs_at_most_twelve_statements(world, visitors, key):
    case = TABLE[key]
    url = address(case.name, world.own, case.objects)
    for role in READERS:
        if role not in world.roles or case.expected("GET", role) != "ok":
            continue
        with undone():
            client = visitors[role]
            client.get(url)
            with CaptureQueriesContext(connection) as found:
                client.get(url)
        mine = told(found)
        assert len(mine) <= PAGE_LIMIT, f"{url} as {role}: {len(mine)} statements\n" + "\n".join(mine)


# --- long lists ---------------------------------------------------------------------------------------


def add_meetings(chamber, count):
    now = clock.now()
    rows = Meeting.objects.bulk_create(
        Meeting(
            partnership=chamber.partnership, committee=chamber.committee, title=f"Sitzung {n}",
            state=MeetingState.INVITED, starts_at=now + timedelta(days=n), ends_at=now + timedelta(days=n, hours=1),
        )
        for n in range(count)
    )  # fmt: skip
    AgendaItem.objects.bulk_create(AgendaItem(meeting=row, position=1, title="Punkt") for row in rows)


def add_resolutions(chamber, count):
    start = Resolution.objects.count()
    today, now = clock.today(), clock.now()
    Resolution.objects.bulk_create(
        Resolution(
            partnership=chamber.partnership, committee=chamber.committee, position=n, kind=EntryKind.ADOPTED,
            year=today.year, serial=n, number=f"SK-{n:04d}", title=f"Beschluss {n}", resolved_on=today,
            is_confidential=n % 7 == 0, entry="{}", previous_hash=f"{n:064x}", hash=f"{n + 1:064x}", recorded_at=now,
        )
        for n in range(start + 1, start + count + 1)
    )  # fmt: skip


def add_ballots(chamber, count):
    Ballot.objects.bulk_create(BallotFactory.build_batch(count, committee=chamber.committee))


def add_motions(chamber, count):
    start = Motion.objects.count()
    Motion.objects.bulk_create(
        Motion(
            partnership=chamber.partnership, number=n, year=2026, title=f"Vorlage {n}", text="Text",
            state=MotionState.SUBMITTED, created_by=chamber.office,
        )
        for n in range(start + 1, start + count + 1)
    )  # fmt: skip


def add_partners(chamber, count):
    start = Partner.objects.count() + 1_000_000
    rows = Partner.objects.bulk_create(
        Partner(partnership=chamber.partnership, number=n, name=f"Stadt {n}") for n in range(start, start + count)
    )
    Standing.objects.bulk_create(
        Standing(partner=row, fact=fact, value=value, valid_from=LONG_AGO)
        for row in rows
        for fact, value in ((Fact.STAGE, Stage.ACTIVE), (Fact.VOTING_RIGHT, YES))
    )
    return rows


def add_mails(chamber, count):
    start, now = OutboxMessage.objects.count(), clock.now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            dedup_key=f"k{n}", message_id=f"<{n}@example.org>", partnership=chamber.partnership, kind="test",
            recipient=chamber.office, to_address="a@example.org", subject=f"Mail {n}", mime=b"",
            state=OutboxState.SENT, created_at=now, due_at=now,
        )
        for n in range(start, start + count)
    )  # fmt: skip


def add_deeds(chamber, count):
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=clock.now(), actor=chamber.office, partnership=chamber.partnership, action="ballot.opened",
            subject_type="committees.ballot", subject_pk=str(n), subject_label=f"Abstimmung {n}", details={},
        )
        for n in range(count)
    )  # fmt: skip


LISTS = {
    "committees:meeting_list": add_meetings,
    "committees:resolution_list": add_resolutions,
    "committees:ballot_list": add_ballots,
    "committees:motion_list": add_motions,
    "membership:partner_list": add_partners,
    "partnership:outbox_list": add_mails,
    "partnership:audit_list": add_deeds,
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_of_a_thousand_costs_what_a_list_of_three_costs(client, name):
    chamber = make_chamber(1)
    client.force_login(chamber.office, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse(name, kwargs={"slug": chamber.partnership.slug})
    LISTS[name](chamber, 3)
    few = statements(client, url)
    LISTS[name](chamber, 1000)
    many = statements(client, url)
    assert len(few) == len(many) <= PAGE_LIMIT, "\n".join(many)


def test_the_desk_costs_the_same_with_a_thousand_of_everything(client):
    chamber = make_chamber(1)
    url = reverse("portal:desk")
    for count in (3, 1000):
        for add in LISTS.values():
            add(chamber, count)
        for person in (chamber.delegates[0], chamber.office):
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            found = statements(client, url)
            assert len(found) <= PAGE_LIMIT, f"{count}, {person}\n" + "\n".join(found)


# --- one ballot ---------------------------------------------------------------------------------------


def crowd(chamber, ballot, count):
    """Put many partners on the roll of an open ballot."""
    rows = add_partners(chamber, count)
    with lifted():
        RollEntry.objects.bulk_create(RollEntry(ballot=ballot, partner=row, partner_name=row.name) for row in rows)
        Ballot.objects.filter(pk=ballot.pk).update(roll_size=RollEntry.objects.filter(ballot=ballot).count())
    return rows


@pytest.mark.parametrize("size", [3, 5000])
def test_page_turnout_and_cast_cost_the_same_for_a_roll_of_any_size(client, size):
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    rows = crowd(chamber, ballot, size)
    bulk_votes(ballot, ["yes", "no", "abstain"] * (size // 3), rows[: size // 3 * 3 - 1], chamber.office)
    kwargs = {"slug": chamber.partnership.slug, "pk": ballot.pk}
    for person in (chamber.delegates[0], chamber.chair):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        for name in ("ballot_detail", "ballot_turnout"):
            found = statements(client, reverse(f"committees:{name}", kwargs=kwargs))
            assert len(found) <= PAGE_LIMIT, f"{name} as {person}\n" + "\n".join(found)
    client.force_login(chamber.delegates[0], backend="django.contrib.auth.backends.ModelBackend")
    forget(chamber.delegates[0])
    for choice in ("yes", "no"):  # a first vote, then a change
        found = statements(
            client, reverse("committees:ballot_vote", kwargs=kwargs), 302,
            partner=str(chamber.partners[0].pk), choice=choice, token=choice, confirmed="1",
        )  # fmt: skip
        assert len(found) <= CAST_LIMIT, "\n".join(found)


def test_the_result_of_five_thousand_votes_costs_what_that_of_three_costs(client):
    from committees.services import ballots

    costs = []
    for size in (3, 5000):
        chamber = make_chamber(1)
        ballot = open_ballot(chamber, way=BallotWay.MEETING)
        rows = crowd(chamber, ballot, size)
        bulk_votes(ballot, ["yes", "no", "yes"] * (size // 3), rows, chamber.office)
        ballot.refresh_from_db()
        ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot))
        client.force_login(chamber.delegates[0], backend="django.contrib.auth.backends.ModelBackend")
        url = reverse("committees:ballot_detail", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk})
        costs.append(len(statements(client, url)))
    assert costs[0] == costs[1] <= PAGE_LIMIT
