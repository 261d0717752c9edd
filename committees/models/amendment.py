"""Amendments: what a partner wants changed in a motion before it is voted on."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.enums import AmendmentState
from committees.models.motion import Motion
from committees.rules.differences import Piece, differences
from membership.models import Partner
from partnership.access import Person
from partnership.models import Entity, Partnership

if TYPE_CHECKING:
    from uuid import UUID


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def visible_to(self, user: Person) -> "AmendmentQuerySet":
        """Amendments to the motions this person may see."""
        return self.filter(motion__in=Motion.objects.visible_to(user))


class Amendment(Entity):
    """A change proposed to a submitted motion: a passage replaced, or a new text for all of it.

    Voted on before the motion, in the order of `position`, the farthest-reaching first. The adopted one becomes the
    text of the motion; what stood there is kept in `original`.
    """

    motion = models.ForeignKey(
        Motion,
        on_delete=models.PROTECT,
        related_name="amendments",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Vorlage"),
    )
    number = models.PositiveSmallIntegerField(_("Nummer"), editable=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge der Abstimmung"))
    proposed_by = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("antragstellender Partner"),
    )
    created_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("angelegt von")
    )
    created_at = models.DateTimeField(_("gestellt"), auto_now_add=True)
    # The text of the motion when this was proposed.
    original = models.TextField(_("Text bei Antragstellung"), editable=False)
    passage = models.TextField(_("zu ersetzende Stelle"), blank=True)
    text = models.TextField(_("neuer Wortlaut"), blank=True)
    reasons = models.TextField(_("Begründung"), blank=True)
    state = models.CharField(_("Stand"), max_length=10, choices=AmendmentState, default=AmendmentState.PROPOSED)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Änderungsantrag")
        verbose_name_plural = _("Änderungsanträge")
        ordering = ("motion", "position", "number")
        constraints = [
            models.UniqueConstraint(fields=("motion", "number"), name="amendment_number"),
            models.CheckConstraint(name="amendment_says_something", condition=~Q(passage="") | ~Q(text="")),
            models.CheckConstraint(name="amendment_state_known", condition=Q(state__in=AmendmentState.values)),
        ]

    def __str__(self) -> str:
        return str(_("Änderungsantrag %(number)s zu %(motion)s")) % {
            "number": self.number,
            "motion": self.motion.label or self.motion.title,
        }

    @property
    def partnership(self) -> Partnership:
        """The partnership of the motion; policies ask for it."""
        return self.motion.partnership

    @property
    def partnership_id(self) -> "UUID":
        """The key of the motion's partnership."""
        return self.motion.partnership_id

    def applied_to(self, text: str) -> str | None:
        """The text with this change in it; None where the passage is not there (once)."""
        if not self.passage:
            return self.text
        return text.replace(self.passage, self.text) if text.count(self.passage) == 1 else None

    @property
    def pieces(self) -> list[Piece]:
        """What it changes in the text it was proposed for, word by word."""
        return differences(self.original, self.applied_to(self.original) or self.original)

    def get_absolute_url(self) -> str:
        return f"{self.motion.get_absolute_url()}#aenderungsantrag-{self.number}"
