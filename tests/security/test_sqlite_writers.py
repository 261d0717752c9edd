"""Eight writers on the embedded database (O3): nobody is told that it is locked."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from django.db import connection

from partnership.settings.base import SQLITE_OPTIONS

WRITERS, SECONDS = 8, 20


def write_for(path: Path, seconds: float, *, mode: str, timeout: float, errors: list, waits: list) -> None:
    """Read, then write, in one transaction, as services do."""
    own = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    for pragma in SQLITE_OPTIONS["init_command"].split(";"):
        own.execute(pragma)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        try:
            own.execute(f"BEGIN {mode}")
            (count,) = own.execute("SELECT count FROM tally WHERE id = 1").fetchone()
            own.execute("UPDATE tally SET count = ? WHERE id = 1", (count + 1,))
            own.execute("COMMIT")
            waits.append(time.monotonic() - begun)
        except sqlite3.OperationalError as error:
            errors.append(str(error))
            if own.in_transaction:
                own.execute("ROLLBACK")
    own.close()


def race(path: Path, seconds: float, **how) -> tuple[list[str], list[float], int]:
    """Errors, waits and the count at the end."""
    with sqlite3.connect(path) as first:
        first.execute("CREATE TABLE tally (id INTEGER PRIMARY KEY, count INTEGER)")
        first.execute("INSERT INTO tally VALUES (1, 0)")
    errors: list[str] = []
    waits: list[float] = []
    writers = [
        threading.Thread(target=write_for, args=(path, seconds), kwargs={"errors": errors, "waits": waits, **how})
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with sqlite3.connect(path) as last:
        (count,) = last.execute("SELECT count FROM tally").fetchone()
    return errors, waits, count


@pytest.mark.heavy
def test_eight_writers_wait_and_none_is_refused(tmp_path):
    how = {"mode": SQLITE_OPTIONS["transaction_mode"], "timeout": SQLITE_OPTIONS["timeout"]}
    errors, waits, count = race(tmp_path / "race.sqlite3", SECONDS, **how)
    assert not errors, f"{len(errors)} of {len(waits)}: {errors[0]}"
    assert count == len(waits) > 0


@pytest.mark.heavy
def test_the_control_deferred_transactions_are_refused(tmp_path):
    errors, _waits, _count = race(tmp_path / "race.sqlite3", 3, mode="DEFERRED", timeout=SQLITE_OPTIONS["timeout"])
    assert any("locked" in error for error in errors), "without IMMEDIATE the race must show"


@pytest.mark.django_db
@pytest.mark.sqlite
def test_the_suite_itself_runs_with_these_settings():
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
