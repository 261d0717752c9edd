"""`manage.py restore`: an archive put back, with the proof that it is all there."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from partnership.db import archive


class Command(BaseCommand):
    """Put an archive back: keep what is there, replace, prove, migrate, check the register."""

    help = "Replaces database and files by those of an archive and proves that counts and register agree."
    # The database may be absent or broken: that is why somebody restores.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--no-safety-copy",
            action="store_true",
            help="do not keep what is there now",
        )

    def handle(self, *args: object, **options: object) -> None:
        source = Path(str(options["archive"]))
        try:
            with nobody_else_at_work():
                archive.read_manifest(source)
                if not options["no_safety_copy"] and archive.tables():
                    self._keep_what_is_there()
                manifest = archive.put_back(source)
                self._prove(manifest)
        except archive.ArchiveError as problem:
            raise CommandError(str(problem)) from problem

    def _keep_what_is_there(self) -> None:
        file = settings.DATA_DIR / "backups" / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"
        archive.make(file)
        self.stdout.write(f"What was there is kept in {file}")

    def _prove(self, manifest: archive.Manifest) -> None:
        if problems := archive.differences(manifest):
            raise CommandError("The restored data differ from the archive:\n  " + "\n  ".join(problems))
        rows = sum(table.rows for table in manifest.tables.values())
        self.stdout.write(
            f"Agrees with the archive of {manifest.made_at}: {len(manifest.tables)} tables, {rows} rows "
            f"and {len(manifest.files)} files, by count and content."
        )
        call_command("prepare", stdout=self.stdout)
        # A session that was ended since the backup must not come to life again.
        Session.objects.all().delete()
        cache.clear()
        if "verify_register" in get_commands():
            call_command("verify_register", stdout=self.stdout)
        self.stdout.write("Mails are held until the office confirms them; everybody signs in again.")


@contextmanager
def nobody_else_at_work() -> Iterator[None]:
    """Hold the data folder as a running Konvent would; refuse when somebody else is at work."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with open(settings.DATA_DIR / "running", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("Konvent is running with this data folder. Stop it first.") from None
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                (others,) = cursor.fetchone()
            if others:
                raise CommandError(f"{others} others use the database. Stop web, worker and beat first.")
        yield
