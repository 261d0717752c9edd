"""Fills the bench's database for Konvent, takes votes back between runs, and starts mailings.

Run by `bench/run.py` with the environment of a production server; never on a database that is in use.

    python bench/seed.py fill SIZES.json OUT.json
    python bench/seed.py reset
    python bench/seed.py mail plain|calendar OUT.json
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.production")
django.setup()

from django.conf import settings  # noqa: E402 - after setup
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.urls import reverse  # noqa: E402

from committees.enums import BallotForm, BallotState, BallotWay, CloseCause, CommitteeKind, MeetingState  # noqa: E402
from committees.models import (  # noqa: E402
    AgendaItem,
    Ballot,
    Committee,
    Delegate,
    Meeting,
    Participation,
    RollEntry,
    RuleSet,
    Vote,
)
from committees.rules.presets import EQUAL_SIMPLE  # noqa: E402
from committees.rules.rule_set import Rules  # noqa: E402
from committees.services import ballots, meetings  # noqa: E402
from committees.services.ballots import closing  # noqa: E402
from membership.enums import Fact, Stage  # noqa: E402
from membership.models import YES, Organisation, Partner, SeatShare, Standing  # noqa: E402
from partnership import clock  # noqa: E402
from partnership.db.triggers import lifted  # noqa: E402
from partnership.enums import OutboxState, Role  # noqa: E402
from partnership.models import AuditEvent, OutboxMessage, Partnership, User  # noqa: E402
from partnership.services import appointments  # noqa: E402

LONG_AGO = date(2018, 6, 7)
PATIENCE = 120
TEXT = "Das Gremium beschließt, dem Jahresplan zuzustimmen.\n\n" * 6
OPEN_RULES = replace(EQUAL_SIMPLE.rules, is_tally_visible=True)


# --- many rows at once --------------------------------------------------------------------------------


def insert_from(model: type[models.Model], source: str, **values: str) -> None:
    """`INSERT … SELECT`: SQL expressions for the named columns, the model's own defaults for all others."""
    columns, expressions, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField):
            continue
        if field.attname in values:
            expression = values[field.attname]
        elif isinstance(field, models.UUIDField) and field.primary_key:
            expression = "gen_random_uuid()"
        elif getattr(field, "auto_now_add", False):
            expression = "now()"
        else:
            expression = "%s"
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
        columns.append(f'"{field.column}"')
        expressions.append(expression)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) '  # noqa: S608 - our own names
            f"SELECT {', '.join(expressions)} FROM {source}",
            parameters,
        )


def analyse(*tables: type[models.Model]) -> None:
    """What autovacuum does in time: statistics of the tables that were filled at once."""
    with connection.cursor() as cursor:
        for name in [f'"{model._meta.db_table}"' for model in tables] or [""]:
            cursor.execute(f"VACUUM ANALYZE {name}")


def make_people(prefix: str, count: int) -> list[User]:
    """Accounts of people who can sign in."""
    password = make_password("bench", hasher="default")
    return User.objects.bulk_create(
        User(email=f"{prefix}{n}@bench.example.org", name=f"{prefix.title()} {n}", password=password)
        for n in range(1, count + 1)
    )


def make_partnership(slug: str, partners: int) -> tuple[Partnership, Committee, User]:
    """A partnership with partners, a committee with rules, and somebody who is office and chair of it."""
    partnership = Partnership.objects.create(
        slug=slug, name=f"Partnerschaft {slug}", short_name=slug.upper(), office_email=f"{slug}@bench.example.org",
        founded_on=LONG_AGO,
    )  # fmt: skip
    committee = Committee.objects.create(
        partnership=partnership, name="Strategisches Komitee", code="SK", kind=CommitteeKind.DECIDES
    )
    RuleSet.objects.create(
        committee=committee, version=1, preset="equal_simple", settings=EQUAL_SIMPLE.rules.to_data(),
        valid_from=LONG_AGO,
    )  # fmt: skip
    (office,) = make_people(f"{slug}-office", 1)
    appointments.appoint(by=None, person=office, role=Role.MANAGING_OFFICE, subject=partnership, valid_from=LONG_AGO)
    appointments.appoint(by=None, person=office, role=Role.CHAIR, subject=committee, valid_from=LONG_AGO)
    insert_from(
        Partner, f"generate_series(1, {partners}) n",
        partnership_id=f"'{partnership.pk}'::uuid", number="n", name="'Stadt ' || lpad(n::text, 6, '0')",
    )  # fmt: skip
    mine = f"membership_partner p WHERE p.partnership_id = '{partnership.pk}'"
    for fact, value in ((Fact.STAGE, Stage.ACTIVE), (Fact.VOTING_RIGHT, YES)):
        insert_from(
            Standing, mine,
            partner_id="p.id", fact=f"'{fact}'", value=f"'{value}'", valid_from=f"'{LONG_AGO}'::date",
        )  # fmt: skip
    return partnership, committee, office


def seat(committee: Committee, people: list[User]) -> list[tuple[Partner, User]]:
    """Each person speaks for one partner, in order of their numbers."""
    partners = list(Partner.objects.filter(partnership=committee.partnership).order_by("number")[: len(people)])
    pairs = list(zip(partners, people, strict=True))
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Organisation {partner.name} {partner.pk}", kind="city") for partner in partners
    )
    SeatShare.objects.bulk_create(
        SeatShare(partner=partner, organisation=organisation)
        for partner, organisation in zip(partners, organisations, strict=True)
    )
    Delegate.objects.bulk_create(
        Delegate(committee=committee, partner=partner, person=person, valid_from=LONG_AGO) for partner, person in pairs
    )
    return pairs


# --- ballots ------------------------------------------------------------------------------------------


def open_ballots(
    committee: Committee, office: User, count: int, roll: int, *, rules: Rules = EQUAL_SIMPLE.rules
) -> list[Ballot]:
    """Circular ballots as opening leaves them, without its mails; the first `roll` partners may vote."""
    rule_set = RuleSet.objects.get(committee=committee)
    now = clock.now()
    made = Ballot.objects.bulk_create(
        Ballot(
            partnership=committee.partnership, committee=committee, way=BallotWay.CIRCULAR,
            form=BallotForm.ROLL_CALL, title=f"Jahresplan {n}", text=TEXT, state=BallotState.OPEN,
            deadline_at=now + timedelta(days=20), rule_set=rule_set, rules_frozen=rules.to_data(),
            text_hash="0" * 64, roll_size=roll, opened_at=now, opened_by=office, created_by=office,
        )
        for n in range(1, count + 1)
    )  # fmt: skip
    for ballot in made:
        insert_from(
            RollEntry, f"{_partners(committee)} AND p.number <= {roll}",
            ballot_id=f"'{ballot.pk}'::uuid", partner_id="p.id", partner_name="p.name",
        )  # fmt: skip
    return made


def _partners(committee: Committee) -> str:
    return f"membership_partner p WHERE p.partnership_id = '{committee.partnership_id}'"


def voted_ballot(committee: Committee, office: User, votes: int, *, rules: Rules = EQUAL_SIMPLE.rules) -> Ballot:
    """An open ballot in which everybody on the roll has voted."""
    (ballot,) = open_ballots(committee, office, 1, votes, rules=rules)
    source = f"{_partners(committee)} AND p.number <= {votes}"
    insert_from(Participation, source, ballot_id=f"'{ballot.pk}'::uuid", partner_id="p.id")
    insert_from(
        Vote, source,
        ballot_id=f"'{ballot.pk}'::uuid", partner_id="p.id", cast_by_id=f"'{office.pk}'::uuid",
        choice="(ARRAY['yes', 'yes', 'no', 'abstain'])[1 + p.number %% 4]", capacity="'delegate'",
        cast_at="now()", token_hash="md5(gen_random_uuid()::text)",  # noqa: S106 - SQL
    )  # fmt: skip
    return ballot


def declared_ballot(committee: Committee, office: User, votes: int) -> Ballot:
    """A ballot closed and declared by the services themselves."""
    with lifted(), transaction.atomic():
        ballot = voted_ballot(committee, office, votes)
    analyse()
    with transaction.atomic():
        closing.finish(ballot, by=office, cause=CloseCause.COMPLETE)
    ballots.declare(by=office, ballot=ballot)
    return ballot


def make_meetings(committee: Committee, office: User, count: int) -> None:
    """Meetings that people were invited to, two items each."""
    now = clock.now()
    rows = Meeting.objects.bulk_create(
        Meeting(
            partnership=committee.partnership, committee=committee, title=f"Sitzung {n}", place=f"Saal {n % 7}",
            state=MeetingState.INVITED, starts_at=now + timedelta(hours=n), ends_at=now + timedelta(hours=n + 2),
            created_by=office,
        )
        for n in range(count)
    )  # fmt: skip
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=row, position=place, title=f"Punkt {place}") for row in rows for place in (1, 2)
    )


# --- the three commands -------------------------------------------------------------------------------


def sessions_for(pairs: list[tuple[Partner, User]]) -> list[dict]:
    """Signed-in sessions, as signing in leaves them."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = []
    for partner, person in pairs:
        session = store()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        # What partnership.middleware.SessionLimits goes by.
        session["started"] = int(time.time())
        session.save()
        csrf = _get_new_csrf_string()
        found.append(
            {
                "cookies": {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: csrf},
                "vars": {"csrf": csrf, "partner": str(partner.pk)},
            }
        )
    return found


def fill(sizes: dict, out: Path) -> None:
    """Everything the scenarios and mailings need; writes sessions and targets."""
    if User.objects.exists():
        raise SystemExit("not empty: the bench uses a new database")
    with lifted(), transaction.atomic():
        _partnership, committee, office = make_partnership("bench", max(sizes["results"]))
        pairs = seat(committee, make_people("voter", sizes["voters"]))
        make_meetings(committee, office, sizes["meetings"])
        targets = {
            "vote": [str(row.pk) for row in open_ballots(committee, office, sizes["ballots"], sizes["voters"])],
            "tally": {str(n): str(voted_ballot(committee, office, n, rules=OPEN_RULES).pk) for n in sizes["results"]},
        }
        _post, post_committee, _office = make_partnership("post", sizes["mails"])
        seat(post_committee, make_people("reader", sizes["mails"]))
    targets["result"] = {str(n): str(declared_ballot(committee, office, n).pk) for n in sizes["results"]}
    # The notices of these results are no part of any measurement.
    OutboxMessage.objects.update(state=OutboxState.SENT, sent_at=clock.now())
    analyse()
    out.write_text(json.dumps({"sessions": sessions_for(pairs), "targets": targets}))


def reset() -> None:
    """Take the votes of the ballots back that are voted on, so that a run starts clean."""
    mine = Ballot.objects.filter(state=BallotState.OPEN, rules_frozen__is_tally_visible=False)
    with lifted():
        for model in (Vote, Participation):
            model.objects.filter(ballot__in=mine)._raw_delete("default")
        AuditEvent.objects.filter(action__startswith="ballot.vote")._raw_delete("default")
    analyse(Vote, Participation, AuditEvent)


def mail(kind: str, out: Path) -> None:
    """Cause a mailing to everybody of the second partnership by the service a person's click would call, and wait."""
    committee = Committee.objects.select_related("partnership").get(partnership__slug="post")
    office = User.objects.get(email="post-office1@bench.example.org")
    prepare = prepare_meeting if kind == "calendar" else prepare_ballot
    subject, send = prepare(committee, office)
    # A click would reach a web server that has been running for long: addresses are known there.
    reverse("portal:home")
    start = time.monotonic()
    send()
    queued = time.monotonic() - start
    rows = OutboxMessage.objects.about(subject)
    count = rows.count()
    while rows.exclude(state=OutboxState.SENT).exists() and time.monotonic() - start < PATIENCE:
        time.sleep(0.05)
    total = time.monotonic() - start
    sent = rows.filter(state=OutboxState.SENT).count()
    result = {"mails": count, "sent": sent, "enqueue_s": round(queued, 2), "total_s": round(total, 2)}
    out.write_text(json.dumps(result | {"per_second": round(sent / total, 1)}))


def prepare_meeting(committee: Committee, office: User) -> tuple[models.Model, Callable[[], object]]:
    """A meeting, and the sending of its invitation with a calendar entry."""
    start = clock.now() + timedelta(days=40)
    meeting = meetings.create(
        by=office, committee=committee, title=f"Sitzung {uuid.uuid4().hex[:6]}", place="Rathaus",
        starts_at=start, ends_at=start + timedelta(hours=2),
    )  # fmt: skip
    AgendaItem.objects.bulk_create(AgendaItem(meeting=meeting, position=n, title=f"Punkt {n}") for n in (1, 2, 3))
    return meeting, partial(meetings.invite, by=office, meeting=meeting)


def prepare_ballot(committee: Committee, office: User) -> tuple[models.Model, Callable[[], object]]:
    """A circular ballot, and its opening, which tells everybody."""
    ballot = ballots.draft_ballot(
        by=office, committee=committee, title=f"Jahresplan {uuid.uuid4().hex[:6]}", text=TEXT,
        way=BallotWay.CIRCULAR, deadline_at=clock.now() + timedelta(days=20),
    )  # fmt: skip
    return ballot, partial(ballots.open_ballot, by=office, ballot=ballot)


def main(arguments: list[str]) -> None:
    """Do what the first argument names."""
    match arguments:
        case ["fill", sizes, out]:
            fill(json.loads(Path(sizes).read_text()), Path(out))
        case ["reset"]:
            reset()
        case ["mail", ("plain" | "calendar") as kind, out]:
            mail(kind, Path(out))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
