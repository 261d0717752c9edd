"""`manage.py heartbeat`: the health checks of worker and beat, by work done."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partnership.clock import now
from partnership.models import Heartbeat


class Command(BaseCommand):
    """Fail unless a part of the machinery has done its work lately."""

    help = "Fails unless the named part has left its sign of life within so many seconds."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--within", type=int, default=120, metavar="SECONDS")

    def handle(self, *args: object, **options: object) -> None:
        name, within = str(options["name"]), timedelta(seconds=int(str(options["within"])))
        last = Heartbeat.objects.filter(name=name).first()
        if last is None:
            raise CommandError(f"{name} has not done anything yet.")
        age = now() - last.at
        if age > within:
            raise CommandError(f"{name} last worked {age.total_seconds():.0f} s ago.")
        self.stdout.write(f"{name}: {age.total_seconds():.0f} s ago")
