"""Block votes: several items of an agenda decided by one ballot."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot
from committees.models.meeting import AgendaItem
from committees.models.motion import Referral
from membership.models import Partner
from partnership.models import Entity


class BlockItem(Entity):
    """One of the matters of a block vote, with the wording of its resolution.

    Until the ballot is opened any partner can ask for it to be taken out; it then stays as a line that says so.
    """

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.CASCADE,
        related_name="block",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"))
    agenda_item = models.ForeignKey(
        AgendaItem, on_delete=models.PROTECT, related_name="block_items", verbose_name=_("TOP")
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="block_items", verbose_name=_("Beratung")
    )
    title = models.CharField(_("Gegenstand"), max_length=200)
    text = models.TextField(_("Beschlusstext"))
    taken_out_for = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("herausgenommen auf Wunsch von"),
    )
    taken_out_at = models.DateTimeField(_("herausgenommen"), null=True, blank=True)

    class Meta:
        verbose_name = _("Gegenstand einer Blockabstimmung")
        verbose_name_plural = _("Gegenstände einer Blockabstimmung")
        ordering = ("ballot", "position")
        constraints = [
            models.UniqueConstraint(fields=("ballot", "position"), name="block_position"),
            models.UniqueConstraint(fields=("ballot", "referral"), name="block_once"),
            models.CheckConstraint(
                name="block_taken_out_for_whom",
                condition=(Q(taken_out_at__isnull=True) & Q(taken_out_for__isnull=True))
                | (Q(taken_out_at__isnull=False) & Q(taken_out_for__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title
