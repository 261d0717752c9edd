"""`manage.py confirm_epoch`: after a restore, let mails leave again."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partnership.errors import Refusal
from partnership.services import outbox


class Command(BaseCommand):
    """What the page "Versand freigeben" does, for a machine without a browser."""

    help = "Confirms the new epoch after a restore. Mails of before the restore are withdrawn, or sent if you say so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--send-older",
            action="store_true",
            help="send what was waiting when the backup was made; only if you know that it has not arrived",
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            due, withdrawn = outbox.release_sending(by=None, is_older_withdrawn=not options["send_older"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Sending goes on: {due} due, {withdrawn} withdrawn.")
