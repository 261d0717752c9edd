"""`manage.py verify_register`: compute every chain anew and say precisely what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from committees.services import register
from partnership.models import Partnership


class Command(BaseCommand):
    help = (
        "Computes the register of one or all partnerships anew: hashes, parts, numbers, head, and counts against votes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--partnership", metavar="SLUG", help="only this partnership")

    def handle(self, *args: Any, **options: Any) -> None:
        partnerships = Partnership.objects.order_by("slug")
        if options["partnership"]:
            partnerships = partnerships.filter(slug=options["partnership"])
            if not partnerships:
                raise CommandError(f"There is no partnership {options['partnership']!r}.")
        wrong = 0
        for partnership in partnerships:
            check = register.verify(partnership)
            wrong += len(check.findings)
            numbers = f", {check.first_number} to {check.last_number}" if check.first_number else ""
            self.stdout.write(
                f"{partnership.slug}: {check.entries} entries{numbers}, {check.recounted} ballots counted anew, "
                f"head {check.head.position}:{check.head.hash}"
            )
            for finding in check.findings:
                place = f"entry {finding.position}" if finding.position else "register"
                self.stderr.write(self.style.ERROR(f"{partnership.slug}, {place}: {finding.sentence}"))
        if wrong:
            raise CommandError(f"{wrong} findings.", returncode=1)
        self.stdout.write(self.style.SUCCESS("In order."))
