"""What the database itself forbids: changing or deleting what is recorded for ever.

Installed idempotently after every migrate, as SQLite drops triggers when a table is rebuilt
(decisions.md 3). Higher apps add theirs to `SEALED` and `GUARDS` in `AppConfig.ready()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, connections

# Model label -> refused deeds. Rows of these tables are only ever added.
SEALED: dict[str, tuple[str, ...]] = {"partnership.AuditEvent": ("UPDATE", "DELETE")}

# Model label -> deeds the serving role does not get, though the owner may do them under a guard.
WITHHELD: dict[str, tuple[str, ...]] = {}

# Signature -> PostgreSQL body of a function that runs as the owner of the tables: the one way round WITHHELD.
ROUTINES: dict[str, str] = {}

# Model labels of tables whose deleted rows PostgreSQL clears away within a minute, not when many have come together.
SWEPT: list[str] = []

# Name -> (model label, PostgreSQL body of a BEFORE trigger, SQLite statement, deed). For rules beyond "never".
GUARDS: dict[str, tuple[str, str, str, str]] = {}


def seal(label: str, *deeds: str) -> None:
    """Let the database refuse these deeds (UPDATE, DELETE; both, if none is named) on a model's table."""
    SEALED[label] = deeds or ("UPDATE", "DELETE")


def guard(name: str, label: str, *, postgresql: str, sqlite: str, deed: str = "INSERT") -> None:
    """Let the database check each row before `deed`.

    `postgresql` is the body of a PL/pgSQL function (without BEGIN/END; must RETURN NEW);
    `sqlite` is the `WHEN … BEGIN … END` part of the trigger.
    """
    GUARDS[name] = (label, postgresql, sqlite, deed)


def withhold(label: str, *deeds: str) -> None:
    """Keep these deeds on a model's table from the serving role (`roles.grant`)."""
    WITHHELD[label] = deeds


def routine(signature: str, body: str) -> None:
    """Let the serving role do one thing as the owner: a PL/pgSQL function `name(argument type, …)`.

    `body` is what stands between `$$` and `$$`; SQLite has neither functions nor roles.
    """
    ROUTINES[signature] = body


def sweep_at_once(label: str) -> None:
    """Let PostgreSQL's own vacuum come by for a single deleted row of a model's table."""
    SWEPT.append(label)


def _table(label: str) -> str:
    return apps.get_model(label)._meta.db_table


def names() -> list[str]:
    """Every trigger that must stand."""
    sealed = [f"sealed_{_table(label)}_{deed.lower()}" for label, deeds in SEALED.items() for deed in deeds]
    if connection.vendor == "postgresql":
        sealed += [f"sealed_{_table(label)}_truncate" for label in SEALED]
    return sorted(sealed + [f"guard_{name}" for name in GUARDS])


def install(using: str = "default") -> None:
    """Create every trigger and routine afresh."""
    db = connections[using]
    with db.cursor() as cursor:
        if db.vendor == "postgresql":
            for signature, body in ROUTINES.items():
                _make_routine(cursor, signature, body)
            for label in SWEPT:
                cursor.execute(
                    f'ALTER TABLE "{_table(label)}" SET '
                    "(autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0)"
                )
        for label, deeds in SEALED.items():
            for deed in deeds:
                _seal_table(cursor, db.vendor, _table(label), deed)
            if db.vendor == "postgresql":
                _seal_table(cursor, db.vendor, _table(label), "TRUNCATE")
        for name, (label, postgresql, sqlite, deed) in GUARDS.items():
            _guard_table(cursor, db.vendor, name, _table(label), postgresql, sqlite, deed)


def _make_routine(cursor: Any, signature: str, body: str) -> None:
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {signature} RETURNS void LANGUAGE plpgsql "
        f"SECURITY DEFINER SET search_path = public, pg_temp AS $$ {body} $$"
    )
    cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")


def _seal_table(cursor: Any, vendor: str, table: str, deed: str) -> None:
    name = f"sealed_{table}_{deed.lower()}"
    if vendor == "postgresql":
        cursor.execute(
            "CREATE OR REPLACE FUNCTION konvent_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'konvent: % on % is refused', TG_OP, TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        level = "STATEMENT" if deed == "TRUNCATE" else "ROW"
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
        cursor.execute(
            f'CREATE TRIGGER "{name}" BEFORE {deed} ON "{table}" FOR EACH {level} EXECUTE FUNCTION konvent_refuse()'
        )
    else:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        cursor.execute(
            f'CREATE TRIGGER "{name}" BEFORE {deed} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, 'konvent: {deed} on {table} is refused'); END"
        )


def _guard_table(cursor: Any, vendor: str, name: str, table: str, postgresql: str, sqlite: str, deed: str) -> None:
    if vendor == "postgresql":
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION konvent_{name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {postgresql} END $$"
        )
        cursor.execute(f'DROP TRIGGER IF EXISTS "guard_{name}" ON "{table}"')
        cursor.execute(
            f'CREATE TRIGGER "guard_{name}" BEFORE {deed} ON "{table}" FOR EACH ROW EXECUTE FUNCTION konvent_{name}()'
        )
    else:
        cursor.execute(f'DROP TRIGGER IF EXISTS "guard_{name}"')
        cursor.execute(f'CREATE TRIGGER "guard_{name}" BEFORE {deed} ON "{table}" FOR EACH ROW {sqlite}')


def install_after_migrate(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """`post_migrate`: once all apps have their tables."""
    tables = set(connections[using].introspection.table_names())
    labels = [*SEALED, *(label for label, *_ in GUARDS.values())]
    if all(_table(label) in tables for label in labels):
        install(using)


def standing() -> list[str]:
    """Triggers that stand in the database now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def lifted() -> Iterator[None]:
    """Without triggers, as owner of the tables: for the demonstration's reset and for tests that empty tables."""
    if connection.vendor == "postgresql":
        _alter("DISABLE")
    else:
        with connection.cursor() as cursor:
            for name in standing():
                cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            _alter("ENABLE")
        install()


def _alter(deed: str) -> None:
    """Switch the triggers of every guarded table; PostgreSQL does so only when no check of a key is outstanding."""
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for label in {*SEALED, *(label for label, *_ in GUARDS.values())}:
            cursor.execute(f'ALTER TABLE "{_table(label)}" {deed} TRIGGER USER')
        if connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
