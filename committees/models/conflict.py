"""Conflicts of interest: stated, and decided by the body without the partner where the rules ask for it."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot
from membership.models import Partner
from partnership.access import Person
from partnership.models import Entity, Partnership


class ConflictState(models.TextChoices):
    """Whether a conflict of interest was found."""

    STATED = "stated", _("noch zu entscheiden")
    FOUND = "found", _("festgestellt")
    DENIED = "denied", _("verneint")


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def visible_to(self, user: Person) -> "ConflictQuerySet":
        """Conflicts stated in ballots this person may see."""
        return self.filter(ballot__in=Ballot.objects.visible_to(user))


class Conflict(Entity):
    """Befangenheit: a partner declares it of itself, or the chair states it (VwVfG §§ 20, 21; BGB § 34)."""

    ballot = models.ForeignKey(
        Ballot, on_delete=models.PROTECT, related_name="conflicts", db_index=False, verbose_name=_("Abstimmung")
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    reason = models.CharField(_("Grund der Befangenheit"), max_length=300)
    is_own = models.BooleanField(_("vom Partner selbst erklärt"), default=False)
    stated_by = models.ForeignKey(
        "partnership.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("mitgeteilt von")
    )
    stated_at = models.DateTimeField(_("mitgeteilt"))
    state = models.CharField(_("Stand"), max_length=8, choices=ConflictState, default=ConflictState.STATED)
    # How the body decided, without the partner; None where nobody had to.
    votes_for = models.PositiveIntegerField(_("für den Ausschluss"), null=True, blank=True)
    votes_against = models.PositiveIntegerField(_("gegen den Ausschluss"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("festgehalten von"),
    )
    decided_at = models.DateTimeField(_("entschieden"), null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("Befangenheit")
        verbose_name_plural = _("Befangenheiten")
        ordering = ("ballot", "stated_at")
        constraints = [
            models.UniqueConstraint(
                fields=("ballot", "partner"),
                name="conflict_once",
                violation_error_message=_("Für diesen Partner ist bereits eine Befangenheit mitgeteilt."),
            ),
            models.CheckConstraint(
                name="conflict_decided_when", condition=Q(state="stated") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_state_display()}"

    @property
    def partnership(self) -> Partnership:
        """The partnership of the ballot; policies ask for it."""
        return self.ballot.partnership

    @property
    def partnership_id(self) -> UUID:
        """The key of that partnership."""
        return self.ballot.partnership_id
