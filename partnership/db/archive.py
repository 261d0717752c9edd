"""The whole installation as one file, and back, with a proof that nothing was lost on the way.

An archive holds the database (a consistent copy made while the site runs), the uploaded files and
a manifest: rows and a digest per table, SHA-256 per file. The digest does not depend on the order
of rows, so it also covers the register, the postings and the audit trail.

Left out on purpose: SECRET_KEY and the epoch of the outbox. A restored copy therefore asks
everybody to sign in again and holds its mails until somebody confirms (reliability.md 4.5).
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.client import DatabaseClient
from django.db.backends.utils import CursorWrapper

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "files"


class ArchiveError(Exception):
    """Backup or restore cannot go on; the sentence says why."""


@dataclass(frozen=True)
class Table:
    """What a table held: the number of its rows and one digest over all of them."""

    rows: int
    digest: str


@dataclass
class Manifest:
    """What an archive holds."""

    engine: str
    made_at: str
    database_sha256: str = ""
    tables: dict[str, Table] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def dumps(self) -> bytes:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def loads(cls, text: bytes) -> "Manifest":
        """Read a manifest; raise ArchiveError when it is none or of a later format."""
        try:
            data = json.loads(text)
            manifest = cls(**{**data, "tables": {name: Table(**t) for name, t in data["tables"].items()}})
        except (ValueError, TypeError, KeyError) as problem:
            raise ArchiveError("The archive's manifest cannot be read.") from problem
        if manifest.format != FORMAT:
            raise ArchiveError(f"The archive has format {manifest.format}; this version reads format {FORMAT}.")
        return manifest


# --- make ------------------------------------------------------------------------------------------


def make(target: Path) -> Manifest:
    """Write everything into the archive `target`; the site may go on running meanwhile."""
    connection = connections[DEFAULT_DB_ALIAS]
    manifest = Manifest(engine=connection.vendor, made_at=datetime.now(UTC).isoformat(timespec="seconds"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        # First the database, then the files: uploads are stored under their hash and never change,
        # so every file the copied rows speak of is there.
        manifest.tables = _copy_sqlite(copy) if connection.vendor == "sqlite" else _dump_postgres(copy)
        manifest.database_sha256 = sha256(copy)
        half = Path(folder) / "archive"
        with tarfile.open(half, "w:gz", compresslevel=6) as archive:
            archive.add(copy, DATABASE)
            for name, file in uploaded_files():
                manifest.files[name] = sha256(file)
                archive.add(file, f"{FILES}/{name}")
            _add_bytes(archive, MANIFEST, manifest.dumps())
        half.chmod(0o600)
        half.replace(target)
    return manifest


def _copy_sqlite(copy: Path) -> dict[str, Table]:
    """Copy the live database with SQLite's own backup, and look at the copy."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with _opened(copy) as backup:
        connection.connection.backup(backup)
        # One file without companions, whatever mode the live database is in.
        backup.execute("PRAGMA journal_mode=DELETE")
    with _opened(copy) as backup:
        return _sqlite_tables(backup)


def _dump_postgres(copy: Path) -> dict[str, Table]:
    """Dump and count in one snapshot."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            _postgres_tool("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={copy}")
            return _postgres_tables(cursor)
        finally:
            cursor.execute("ROLLBACK")


# --- put back --------------------------------------------------------------------------------------


def read_manifest(source: Path) -> Manifest:
    """Return what an archive says it holds."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            return Manifest.loads(_read_bytes(archive, MANIFEST))
    except (OSError, EOFError, tarfile.TarError, KeyError) as problem:
        raise ArchiveError(f"{source} is not a backup of Konvent, or it is damaged.") from problem


def put_back(source: Path) -> Manifest:
    """Replace database and files by those of the archive, and hold the outbox.

    Everything is unpacked and compared with its hash before anything is replaced.
    """
    manifest = read_manifest(source)
    connection = connections[DEFAULT_DB_ALIAS]
    if manifest.engine != connection.vendor:
        raise ArchiveError(f"The archive comes from {manifest.engine}; here runs {connection.vendor}.")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
        unpacked = Path(folder)
        _unpack(source, manifest, unpacked)
        connections.close_all()
        if connection.vendor == "sqlite":
            _replace_sqlite(unpacked / DATABASE)
        else:
            _replace_postgres(unpacked / DATABASE)
        for name in manifest.files:
            file = settings.MEDIA_ROOT / name
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(unpacked / FILES / name, file)
    new_epoch()
    return manifest


def _unpack(source: Path, manifest: Manifest, folder: Path) -> None:
    """Unpack what the manifest names, nothing else, and compare it with its hash."""
    wanted = {DATABASE: manifest.database_sha256}
    wanted |= {f"{FILES}/{name}": digest for name, digest in manifest.files.items()}
    with tarfile.open(source, "r:gz") as archive:
        for name, digest in wanted.items():
            file = folder / name
            if not file.resolve().is_relative_to(folder.resolve()):
                raise ArchiveError(f"The archive names a file outside of its folder: {name}")
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                content = archive.extractfile(name)
            except KeyError:
                content = None
            if content is None:
                raise ArchiveError(f"The archive is incomplete: {name} is missing.")
            with content, file.open("wb") as unpacked:
                shutil.copyfileobj(content, unpacked)
            if sha256(file) != digest:
                raise ArchiveError(f"The archive is damaged: {name} is not what the manifest says.")


def _replace_sqlite(copy: Path) -> None:
    """Put the copy where the database lies."""
    database = Path(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    for companion in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + companion).unlink(missing_ok=True)
    shutil.copyfile(copy, database.with_suffix(".restored"))
    database.with_suffix(".restored").replace(database)


def _replace_postgres(dump: Path) -> None:
    """Empty the database and fill it from the dump: in one transaction, so both or neither."""
    empty, script = dump.with_suffix(".empty.sql"), dump.with_suffix(".sql")
    empty.write_text("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    _run(_installed("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", f"--file={script}", str(dump))
    quiet = ("--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1")
    _postgres_tool("psql", *quiet, "--single-transaction", f"--file={empty}", f"--file={script}")


def new_epoch() -> None:
    """Begin a new epoch, which differs from the one in the restored database: mails are held."""
    (settings.DATA_DIR / "epoch").write_text(str(uuid.uuid4()))


# --- prove -----------------------------------------------------------------------------------------


def differences(manifest: Manifest) -> list[str]:
    """Compare database and files with a manifest; return one sentence per difference."""
    found, said = tables(), manifest.tables
    problems = [f"Table {name} is missing." for name in sorted(said.keys() - found.keys())]
    problems += [f"Table {name} is not in the archive." for name in sorted(found.keys() - said.keys())]
    for name in sorted(found.keys() & said.keys()):
        if found[name].rows != said[name].rows:
            problems.append(f"Table {name} has {found[name].rows} rows instead of {said[name].rows}.")
        elif found[name].digest != said[name].digest:
            problems.append(f"Table {name} has other content than the archive.")
    present = {name: sha256(file) for name, file in uploaded_files()}
    for name, digest in manifest.files.items():
        if present.get(name) != digest:
            problems.append(f"File {name} is missing or has changed.")
    return problems


def tables() -> dict[str, Table]:
    """Count and digest every table of the database in use."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        if not file.exists():
            return {}
        # A connection of our own: Django's would turn stored text into dates.
        with _opened(file) as plain:
            return _sqlite_tables(plain)
    with connection.cursor() as cursor:
        return _postgres_tables(cursor)


def _sqlite_tables(connection: sqlite3.Connection) -> dict[str, Table]:
    """Digest each row as SQLite stores it."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    result = {}
    for (name,) in names:
        rows = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - names from the catalogue
        result[name] = _summed(hashlib.sha256(repr(tuple(row)).encode()).digest() for row in rows)
    return result


def _postgres_tables(cursor: CursorWrapper) -> dict[str, Table]:
    """Let the server digest each row as text."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    result = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f"SELECT sha256(convert_to(t::text, 'UTF8')) FROM \"{name}\" t")  # noqa: S608
        result[name] = _summed(bytes(digest) for (digest,) in cursor.fetchall())
    return result


def _summed(digests: Iterator[bytes]) -> Table:
    """Add the digests of rows up, so that their order does not matter."""
    rows = total = 0
    for digest in digests:
        rows += 1
        total += int.from_bytes(digest)
    return Table(rows, f"{total % 2**256:064x}")


# --- small change ----------------------------------------------------------------------------------


def uploaded_files() -> list[tuple[str, Path]]:
    """Return the uploaded files with their names relative to the folder of files."""
    root = Path(settings.MEDIA_ROOT)
    return sorted((str(file.relative_to(root)), file) for file in root.rglob("*") if file.is_file())


def sha256(file: Path) -> str:
    """Hash a file of any size."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        entry = archive.gettarinfo(arcname=name, fileobj=file)
        archive.addfile(entry, file)


def _read_bytes(archive: tarfile.TarFile, name: str) -> bytes:
    content = archive.extractfile(name)
    if content is None:
        raise KeyError(name)
    with content:
        return content.read()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()


def _postgres_tool(tool: str, *options: str) -> None:
    """Run one of PostgreSQL's own programs against our database, as the owner of the tables."""
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(_owner_settings(), [])
    database = [*arguments[1:-1], f"--dbname={arguments[-1]}"]
    _run(_installed(tool), *options, *database, environment=environment or {})


def _run(*command: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - fixed programs, no shell; names come from our settings
        command, env=os.environ | (environment or {}), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ArchiveError(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _owner_settings() -> dict[str, Any]:
    from partnership.settings.base import database

    if settings.DATABASE_OWNER_URL:
        return database(settings.DATABASE_OWNER_URL)
    return connections[DEFAULT_DB_ALIAS].settings_dict


def _installed(tool: str) -> str:
    path = shutil.which(tool)
    if path is None:
        raise ArchiveError(f"{tool} is not installed (Debian: postgresql-client).")
    return path
