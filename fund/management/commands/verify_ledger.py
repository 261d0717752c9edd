from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from fund.models import Fund
from fund.services import books


class Command(BaseCommand):
    """Replay the postings of every fund and compare them with the balances stored."""

    help = "Replays the postings of every fund (or of one partnership) and compares the balances."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("partnership", nargs="?", help="slug of one partnership; all, if none is named")

    def handle(self, *args: Any, partnership: str | None = None, **options: Any) -> None:
        funds = Fund.objects.select_related("partnership").order_by("partnership__slug")
        if partnership:
            funds = funds.filter(partnership__slug=partnership)
            if not funds.exists():
                raise CommandError(_("Die Partnerschaft „%(slug)s“ hat keinen Fonds.") % {"slug": partnership})
        wrong = 0
        for fund in funds:
            # One transaction: postings and balances of the same moment.
            with transaction.atomic():
                found = books.faults(fund)
                count = fund.postings.count()
            wrong += len(found)
            self.stdout.write(
                _("%(fund)s (%(partnership)s): %(count)s Buchungen, %(faults)s Abweichungen")
                % {"fund": fund, "partnership": fund.partnership, "count": count, "faults": len(found)}
            )
            for sentence in found:
                self.stdout.write(f"  {sentence}")
        if wrong:
            raise CommandError(_("Das Buch stimmt nicht mit den Salden überein."))
