"""One order of locks for everybody.

Partnership → committee → meeting → motion → ballot → roll → account → outbox → register head.

`select_for_update` is skipped by SQLite, where one writer at a time is the lock (decisions.md 9).
"""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def lock(rows: QuerySet[Row], pk: object, *, timeout: str = "3s") -> Row:
    """The one row, locked until the transaction ends and read after the wait.

    Waits at most `timeout` on PostgreSQL; then the database raises OperationalError (55P03), which the
    middleware answers with 503 and Retry-After.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{timeout}'")
    # NO KEY: rows that only refer to this one (foreign keys) may still be written by others meanwhile.
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
