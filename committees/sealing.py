"""The one routine that writes the papers and participations of a secret ballot anew (decisions.md 1).

A row keeps traces of the moment it was written: on PostgreSQL the transaction (`xmin`) and the place (`ctid`), on
SQLite the hidden `rowid`, on both the rising number of a participation. A paper and a participation of one cast share
them. So all rows are deleted and written again in one transaction, papers in random order under new keys, and
participations in the order of the partners' keys, without their form's token.

On PostgreSQL this happens in a function that runs as the owner of the tables, as the serving role may not delete
these rows at all. The dead rows are cleared away by VACUUM: at once where the web process knows the owner, else by
PostgreSQL itself within a minute.
"""

import logging
from collections.abc import Sequence
from enum import StrEnum
from random import SystemRandom
from typing import Final

from django.db import DatabaseError, connection, transaction

from committees.models import Ballot, BallotPaper, Participation, Sealing
from partnership.db import roles, triggers

log = logging.getLogger(__name__)
SIGNATURE: Final = "konvent_seal(the_ballot uuid, deed text, said text[])"
_TABLES = ("committees_ballotpaper", "committees_participation")


class Deed(StrEnum):
    """What becomes of the papers: shuffled as they are, opened into what stands on them, or destroyed uncounted."""

    SHUFFLE = "shuffle"
    OPEN = "open"
    DESTROY = "destroy"


# As narrow as can be: encrypted papers are opened once, all together, only after the end of voting.
_BODY: Final = """
DECLARE
    papers integer;
    locked integer;
BEGIN
    PERFORM 1 FROM committees_ballot
        WHERE id = the_ballot AND form = 'secret' AND state IN ('open', 'counting') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'konvent: this ballot cannot be sealed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO committees_sealing (ballot_id) VALUES (the_ballot);
    SELECT count(*), count(ciphertext) INTO papers, locked FROM committees_ballotpaper WHERE ballot_id = the_ballot;
    IF deed = 'shuffle' THEN
        WITH gone AS (DELETE FROM committees_ballotpaper WHERE ballot_id = the_ballot RETURNING marking, ciphertext),
             shuffled AS (SELECT marking, ciphertext, gen_random_uuid() AS place FROM gone)
        INSERT INTO committees_ballotpaper (id, ballot_id, marking, ciphertext)
            SELECT gen_random_uuid(), the_ballot, marking, ciphertext FROM shuffled ORDER BY place;
    ELSIF deed = 'open' AND papers = locked AND papers = cardinality(said) AND EXISTS (
        SELECT 1 FROM committees_ballot WHERE id = the_ballot AND state = 'counting' AND secrecy = 'sealed'
    ) THEN
        DELETE FROM committees_ballotpaper WHERE ballot_id = the_ballot;
        INSERT INTO committees_ballotpaper (id, ballot_id, marking)
            SELECT gen_random_uuid(), the_ballot, marking
            FROM (SELECT marking, gen_random_uuid() AS place FROM unnest(said) AS marking) AS shuffled ORDER BY place;
    ELSIF deed = 'destroy' THEN
        DELETE FROM committees_ballotpaper WHERE ballot_id = the_ballot;
    ELSE
        RAISE EXCEPTION 'konvent: % is refused', deed USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    WITH gone AS (DELETE FROM committees_participation WHERE ballot_id = the_ballot RETURNING partner_id)
    INSERT INTO committees_participation (ballot_id, partner_id, token_hash)
        SELECT the_ballot, partner_id, '' FROM gone ORDER BY partner_id;
    DELETE FROM committees_sealing WHERE ballot_id = the_ballot;
END
"""


def register() -> None:
    """Hand the routine to the ground, which installs it beside the triggers."""
    triggers.routine(SIGNATURE, _BODY)
    for label in ("committees.BallotPaper", "committees.Participation"):
        triggers.sweep_at_once(label)


def seal(ballot: Ballot, deed: Deed = Deed.SHUFFLE, markings: Sequence[str] = ()) -> None:
    """Write papers and participations anew; the caller holds the lock of the ballot. VACUUM follows the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT konvent_seal(%s, %s, %s)", [ballot.pk, deed.value, list(markings)])
    else:
        _on_sqlite(ballot, deed, list(markings))
    transaction.on_commit(sweep, robust=True)


def _on_sqlite(ballot: Ballot, deed: Deed, markings: list[str]) -> None:
    """The same where there are no functions; the guards ask for the row in `Sealing` here as there."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = ON")
    Sealing(ballot=ballot).save(force_insert=True)
    papers = BallotPaper.objects.filter(ballot=ballot)
    rows = list(papers.values_list("marking", "ciphertext"))
    if deed is Deed.OPEN:
        assert len(rows) == len(markings)
        rows = [(marking, None) for marking in markings]
    if deed is Deed.DESTROY:
        rows = []
    SystemRandom().shuffle(rows)
    papers._raw_delete(papers.db)
    # One row at a time: rows of one statement may be stored in the order of their keys.
    for marking, ciphertext in rows:
        BallotPaper(ballot=ballot, marking=marking, ciphertext=ciphertext).save(force_insert=True)
    taken = Participation.objects.filter(ballot=ballot)
    partners = sorted(taken.values_list("partner_id", flat=True))
    taken._raw_delete(taken.db)
    for partner in partners:
        Participation(ballot=ballot, partner_id=partner).save(force_insert=True)
    Sealing.objects.filter(ballot=ballot).delete()


def sweep() -> None:
    """Clear away the rows that sealing has deleted. Where it may not, PostgreSQL's own vacuum comes by."""
    try:
        with roles.owner_connection() as owner, owner.cursor() as cursor:
            if owner.vendor == "postgresql":
                cursor.execute(f"VACUUM {', '.join(_TABLES)}")
            else:
                cursor.execute("PRAGMA busy_timeout = 2000")
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        log.exception("VACUUM after sealing failed")
