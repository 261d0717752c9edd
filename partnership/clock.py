"""The one clock. Deadlines go by the database's clock (decisions.md 6); tests set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware. Cheap: the application's clock; for pages and stamps."""
    return _frozen.get() or timezone.now()


def database_now() -> datetime:
    """The database's moment, taken *after* the locks this transaction already holds.

    `now()` in PostgreSQL is the start of the transaction and would lie before the wait for a
    lock (reliability.md 4.1). SQLite has no clock of its own: the application's serves.
    """
    frozen_at = _frozen.get()
    if frozen_at is not None:
        return frozen_at
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
    return timezone.now()


def today() -> date:
    """The present day where the partnership lives (Europe/Berlin)."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day a moment falls on where the partnership lives, whatever time zone the reader has chosen."""
    return timezone.localdate(moment, timezone.get_default_timezone())


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Let every clock show `at` (aware) inside the block; for tests and the demonstration."""
    if timezone.is_naive(at):
        raise ValueError("the clock needs an aware moment")
    token = _frozen.set(at)
    try:
        yield at
    finally:
        _frozen.reset(token)
