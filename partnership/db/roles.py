"""Two roles on PostgreSQL: one owns the tables and migrates, the other serves (decisions.md 2).

The serving role may not change, delete or truncate what is sealed, so a fault in our own code or a
stolen password of the web server cannot either. With one URL only, the triggers alone protect.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

from partnership.db.triggers import ROUTINES, SEALED, WITHHELD


@contextmanager
def owner() -> Iterator[None]:
    """Work as the owner of the tables where there is one; the same connection settings otherwise."""
    if not settings.DATABASE_OWNER_URL:
        yield
        return
    from partnership.settings.base import database

    connection = connections[DEFAULT_DB_ALIAS]
    serving = connection.settings_dict.copy()
    connection.close()
    connection.settings_dict.update(database(settings.DATABASE_OWNER_URL))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(serving)


@contextmanager
def owner_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own as the owner of the tables; that of the request is left alone."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    if settings.DATABASE_OWNER_URL:
        from partnership.settings.base import database

        connection.settings_dict = {**connection.settings_dict, **database(settings.DATABASE_OWNER_URL)}
    try:
        yield connection
    finally:
        connection.close()


def grant(role: str) -> None:
    """Give the serving role what it needs on every table, and not what is sealed. Run as owner."""
    may = sql.Identifier(role)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "REVOKE TRUNCATE ON ALL TABLES IN SCHEMA public FROM {}",
        ):
            cursor.execute(sql.SQL(statement).format(may))
        for label, deeds in (*SEALED.items(), *WITHHELD.items()):
            table = sql.Identifier(apps.get_model(label)._meta.db_table)
            refused = sql.SQL(", ").join(sql.SQL(deed) for deed in deeds)
            cursor.execute(sql.SQL("REVOKE {} ON {} FROM {}").format(refused, table, may))
        for signature in ROUTINES:
            cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(signature), may))
