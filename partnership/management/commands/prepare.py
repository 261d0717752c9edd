"""`manage.py prepare`: before every start, here and in the container."""

import hashlib
from pathlib import Path

import environ
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from partnership.db import roles, triggers


class Command(BaseCommand):
    """Bring database, assets and, if asked, the demonstration to the state this code expects."""

    help = "Migrates, installs the triggers, collects the assets; with --demo fills an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the demonstration, if the database is empty")
        parser.add_argument("--assets-only", action="store_true", help="do not touch the database")

    def handle(self, *args: object, **options: object) -> None:
        self._assets()
        if options["assets_only"]:
            return
        with roles.owner():
            self._database()
        if options["demo"] and "demo" in get_commands():
            call_command("demo", if_empty=True)

    def _database(self) -> None:
        """Migrate when something is pending; the triggers follow every migrate by themselves."""
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            self.stdout.write(f"prepare: database ({len(pending)} migrations) …")
            call_command("migrate", interactive=False, verbosity=0)
        else:
            triggers.install()
        if settings.DATABASE_OWNER_URL:
            roles.grant(environ.Env.db_url_config(settings.DATABASE_URL)["USER"])

    def _assets(self) -> None:
        """Collect and compress the static files, unless none has changed."""
        stamp = Path(settings.STATIC_ROOT) / "collected.txt"
        state = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
        for finder in get_finders():
            for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
                stat = Path(storage.path(name)).stat()
                state.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        if stamp.exists() and stamp.read_text() == state.hexdigest():
            return
        self.stdout.write("prepare: assets …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(state.hexdigest())
