"""`manage.py install_triggers`: what the database itself refuses."""

from django.core.management.base import BaseCommand

from partnership.db import roles, triggers


class Command(BaseCommand):
    """Install the triggers that keep votes, register, postings and audit as they were written."""

    help = "Installs the database triggers again. Every migrate does it by itself (decisions.md 3)."

    def handle(self, *args: object, **options: object) -> None:
        with roles.owner():
            triggers.install()
        if options["verbosity"]:
            self.stdout.write("Triggers are in place.")
