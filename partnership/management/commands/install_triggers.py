"""`manage.py install_triggers`: what the database itself refuses."""

from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections

from partnership.db import triggers


class Command(BaseCommand):
    """Install the triggers that keep votes, register, postings and audit as they were written."""

    help = "Installs the database triggers again. Every migrate does it by itself (decisions.md 3)."

    def handle(self, *args: object, **options: object) -> None:
        triggers.install(connections[DEFAULT_DB_ALIAS])
        if options["verbosity"]:
            self.stdout.write("Triggers are in place.")
