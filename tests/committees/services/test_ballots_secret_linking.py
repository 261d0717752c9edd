"""Whoever reads the database tries to link partners and papers, by every trace a row has (reliability.md, finding 3).

While a separated ballot runs that succeeds, which shows that the attacks work; after closing it is no better than
chance. Papers carry unique marks here, so that each right guess counts.
"""

import tarfile
from random import SystemRandom

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from committees.models import BallotPaper, Participation
from committees.services import ballots
from committees.services.ballots import strongbox
from partnership.db import archive
from partnership.models import AuditEvent, OutboxMessage
from tests.committees.services.test_ballots_options import drafted
from tests.factories.committees import BallotFactory, make_chamber, open_ballot

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS = 12
POLLS = 10
# In each poll a guess is right once by chance, whatever the number of voters: 10 in 10 polls. Above 30 by chance
# is less likely than one in ten million runs.
CHANCE = 30


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def place():
    """Where a row lies."""
    return "ctid" if connection.vendor == "postgresql" else "rowid"


def key_of(ballot):
    return str(ballot.pk) if connection.vendor == "postgresql" else ballot.pk.hex


def papers_in(ballot, order):
    return [
        row[0]
        for row in rows(
            f"SELECT marking FROM committees_ballotpaper WHERE ballot_id = %s ORDER BY {order}", key_of(ballot)
        )
    ]


def partners_in(ballot, order):
    found = rows(
        f"SELECT partner_id FROM committees_participation WHERE ballot_id = %s ORDER BY {order}", key_of(ballot)
    )
    return [str(row[0]).replace("-", "") for row in found]


def paired(partners, papers):
    return dict(zip(partners, papers, strict=False))


def by_transaction(ballot):
    """Rows written by one transaction belong together."""
    if connection.vendor != "postgresql":
        return None
    found = rows(
        "SELECT p.partner_id, b.marking FROM committees_participation p JOIN committees_ballotpaper b"
        " ON b.ballot_id = p.ballot_id AND b.xmin::text = p.xmin::text WHERE p.ballot_id = %s ORDER BY b.ctid, p.ctid",
        key_of(ballot),
    )
    guessed, used = {}, set()
    for partner, marking in found:
        partner = str(partner).replace("-", "")
        if partner not in guessed and marking not in used:
            guessed[partner] = marking
            used.add(marking)
    return guessed


def by_place(ballot):
    """The first row here belongs to the first row there."""
    return paired(partners_in(ballot, place()), papers_in(ballot, place()))


def by_number(ballot):
    """The rising number of a participation tells its turn, the place of a paper its own."""
    return paired(partners_in(ballot, "id"), papers_in(ballot, place()))


def by_key(ballot):
    """The keys of both, sorted."""
    return paired(partners_in(ballot, "id"), papers_in(ballot, "id"))


def by_audit(ballot):
    """The order in which the audit names partners."""
    events = AuditEvent.objects.filter(subject_pk=str(ballot.pk)).order_by("id")
    named = [event.details["partner"].replace("-", "") for event in events if "partner" in event.details]
    return paired(named, papers_in(ballot, place()))


def by_form(ballot):
    """The tokens of the forms, sorted."""
    return paired(partners_in(ballot, "token_hash, id"), papers_in(ballot, place()))


ATTACKS = (by_transaction, by_place, by_number, by_key, by_audit, by_form)


def poll(chamber, meeting, **fields):
    """A ballot in which everybody has voted in random order, each with a mark of its own: the ballot, the truth."""
    titles = [f"Möglichkeit {number}" for number in range(1, VOTERS + 1)]
    draft = drafted(chamber, "approval", titles, meeting=meeting, form="secret", secrecy="separated")
    ballot = ballots.open_ballot(by=chamber.chair, ballot=draft)
    random = SystemRandom()
    turns, marks = list(range(VOTERS)), [str(number) for number in range(1, VOTERS + 1)]
    random.shuffle(turns)
    random.shuffle(marks)
    for turn in turns:
        chamber.cast(ballot, turn, marks[turn])
    return ballot, {partner.pk.hex: mark for partner, mark in zip(chamber.partners, marks, strict=True)}


def hits(guessed, truth):
    return sum((guessed or {}).get(partner) == mark for partner, mark in truth.items())


@pytest.fixture(autouse=True)
def _keys_apart(tmp_path, settings):
    settings.DATA_DIR = tmp_path


def test_after_closing_every_attack_is_no_better_than_chance_before_it_they_succeed(caplog):
    chamber = make_chamber(VOTERS)
    meeting = open_ballot(chamber, way="meeting").meeting
    before, after = dict.fromkeys(ATTACKS, 0), dict.fromkeys(ATTACKS, 0)
    for _ in range(POLLS):
        ballot, truth = poll(chamber, meeting)
        for attack in ATTACKS:
            before[attack] += hits(attack(ballot), truth)
        ballots.close_ballot(by=chamber.chair, ballot=ballot)
        assert set(papers_in(ballot, "id")) == set(truth.values())
        for attack in ATTACKS:
            after[attack] += hits(attack(ballot), truth)
    # VACUUM ran after each commit.
    assert not [record for record in caplog.records if record.name == "committees.sealing"]
    told = {attack.__name__: (before[attack], after[attack]) for attack in ATTACKS}
    everything = POLLS * VOTERS
    # The control: if these do not find the links, the figures after closing prove nothing.
    assert before[by_place] == before[by_number] == everything, told
    if connection.vendor == "postgresql":
        assert before[by_transaction] == everything, told
    assert (before[by_audit], after[by_audit]) == (0, 0), told
    assert all(after[attack] <= CHANCE for attack in ATTACKS), told


def test_after_closing_all_rows_are_of_one_transaction_in_the_order_of_partners():
    chamber = make_chamber(VOTERS)
    ballot, _truth = poll(chamber, open_ballot(chamber, way="meeting").meeting)
    ballots.close_ballot(by=chamber.chair, ballot=ballot)
    for order in ("id", place()):
        assert partners_in(ballot, order) == sorted(partners_in(ballot, order))
    if connection.vendor == "postgresql":
        written = rows(
            "SELECT xmin::text FROM committees_participation UNION SELECT xmin::text FROM committees_ballotpaper"
        )
        assert len(written) == 1
        ((stamps,),) = rows("SHOW track_commit_timestamp")
        assert stamps == "off"


def test_casting_touches_neither_session_nor_mail_nor_audit_nor_ballot():
    chamber = make_chamber(5)
    ballot = open_ballot(chamber, way="meeting", form="secret", secrecy="separated")
    browser = Client()
    browser.force_login(chamber.delegates[0])
    url = reverse("committees:ballot_vote", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk})
    form = {"partner": str(chamber.partners[0].pk), "choice": "yes", "token": "t", "confirmed": "1"}

    def traces():
        seen = [list(model.objects.order_by("pk").values()) for model in (Session, OutboxMessage, AuditEvent)]
        if connection.vendor == "postgresql":
            tables = ("django_session", "partnership_outboxmessage", "partnership_auditevent", "committees_ballot")
            seen += [rows(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY 1, 2") for table in tables]
        return seen

    before = traces()
    response = browser.post(url, form)
    assert response.status_code == 302
    assert str(chamber.partners[0].pk) not in response["Location"]
    assert "no-store" in response["Cache-Control"]
    assert (Participation.objects.count(), BallotPaper.objects.count()) == (1, 1)
    assert traces() == before


# --- S10: backup and write-ahead log of a sealed ballot that runs -------------------------------------


def running_sealed_ballot():
    chamber = make_chamber(5)
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="sealed")
    ballots.appoint_tellers(by=chamber.chair, ballot=draft, persons=[chamber.office, chamber.delegates[0]])
    ballots.set_passphrase(by=chamber.office, ballot=draft, passphrase="Kranich im Nebel 7")
    ballots.set_passphrase(by=chamber.delegates[0], ballot=draft, passphrase="Muschel am Strand 9")
    ballot = ballots.open_ballot(by=chamber.chair, ballot=draft)
    chamber.cast_all(ballot, "yynn.")
    return ballot


def secrets_of(ballot):
    """What must be nowhere but in the files of the keys: locked and open."""
    found = []
    for position, phrase in ((1, "Kranich im Nebel 7"), (2, "Muschel am Strand 9")):
        box = strongbox.Box(ballot.pk, position)
        found += [*box._read().values(), box.open(phrase).private_bytes_raw()]
    return found


@pytest.mark.sqlite
def test_s10_the_archive_holds_papers_of_one_length_and_no_key(tmp_path):
    ballot = running_sealed_ballot()
    archive.make(tmp_path / "backup.tar.gz")
    with tarfile.open(tmp_path / "backup.tar.gz") as packed:
        content = {name: packed.extractfile(name).read() for name in packed.getnames()}
    papers = [bytes(paper.ciphertext) for paper in BallotPaper.objects.all()]
    assert len({len(paper) for paper in papers}) == 1
    assert all(paper in content[archive.DATABASE] for paper in papers)
    assert not [name for name in content if "keys" in name]
    everything = b"".join(content.values())
    assert not any(secret in everything for secret in secrets_of(ballot))


@pytest.mark.postgres
def test_s10_the_write_ahead_log_holds_papers_and_no_key():
    ballot = running_sealed_ballot()
    log = b"".join(
        bytes(row[0])
        for row in rows(
            "SELECT pg_read_binary_file('pg_wal/' || name) FROM pg_ls_waldir()"
            " WHERE name ~ '^[0-9A-F]{24}$' ORDER BY modification DESC LIMIT 2"
        )
    )
    assert all(bytes(paper.ciphertext) in log for paper in BallotPaper.objects.all())
    assert not any(secret in log for secret in secrets_of(ballot))
