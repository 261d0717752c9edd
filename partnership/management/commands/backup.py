"""`manage.py backup`: everything into one file."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from partnership.clock import now
from partnership.db import archive
from partnership.models import Heartbeat


class Command(BaseCommand):
    """Write database and files into one archive with a manifest; the site may go on running."""

    help = "Writes database and files into one .tar.gz with counts and hashes."
    # A backup is wanted most when something else is broken.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--target", type=Path, help="folder or file; by default backups/ in KONVENT_DATA")

    def handle(self, *args: object, target: Path | None = None, **options: object) -> None:
        folder = target or settings.DATA_DIR / "backups"
        name = f"konvent-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"
        file = folder if folder.name.endswith((".gz", ".tgz")) else folder / name
        try:
            manifest = archive.make(file)
        except archive.ArchiveError as problem:
            raise CommandError(str(problem)) from problem
        Heartbeat.objects.update_or_create(name="backup", defaults={"at": now(), "detail": file.name[:200]})
        rows = sum(table.rows for table in manifest.tables.values())
        self.stdout.write(
            f"{file}\n{len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files, "
            f"{file.stat().st_size / 1e6:.1f} MB"
        )
