"""States and kinds of the fund."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AccountKind(TextChoices):
    """Accounts of a fund's ledger: the money there is, and what it is meant for (`rules.ledger`)."""

    BANK = "bank", _("Bank")
    FREE = "free", _("Freie Mittel")
    MEASURE = "measure", _("Maßnahme")


class PledgeState(TextChoices):
    """Where a pledge stands; what was paid follows from the postings."""

    PLEDGED = "pledged", _("zugesagt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


class MeasureState(TextChoices):
    """States of a measure."""

    PROPOSED = "proposed", _("vorgeschlagen")
    APPROVED = "approved", _("beschlossen")
    DONE = "done", _("abgeschlossen")
    CANCELLED = "cancelled", _("aufgegeben")
