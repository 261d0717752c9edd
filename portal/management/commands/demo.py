"""The demonstration: `demo` builds it, `demo --if-empty` on an empty database only, `demo --reset` anew."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from partnership.db.triggers import lifted
from partnership.models import Partnership, User
from portal.demo.build import build
from portal.demo.content import ADMINISTRATOR, DOMAIN, SLUG


class Command(BaseCommand):
    help = "Set up the demonstration: the Masterportal partnership with meetings, a running circular vote and people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any partnership already")
        parser.add_argument("--reset", action="store_true", help="throw the demonstration away and build it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self._empty()
        elif Partnership.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There is a partnership already. Use --reset to build the demonstration anew.")
        build()
        self.stdout.write("The demonstration is ready.")

    def _empty(self) -> None:
        """Empty every table, if nothing but the demonstration is in them."""
        foreign = Partnership.objects.exclude(slug=SLUG).exists() or (
            User.objects.exclude(email__endswith=f"@{DOMAIN}").filter(last_login__isnull=False).exists()
        )
        real = Partnership.objects.exists() and not User.objects.filter(email=ADMINISTRATOR.email).exists()
        if foreign or real:
            raise CommandError("This database holds more than the demonstration; it is left alone.")
        with lifted():
            call_command("flush", interactive=False, verbosity=0)
        for mail in settings.MAIL_DIR.glob("*.eml"):
            mail.unlink()
