"""Who speaks and casts for a partner."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.enums import DelegateKind
from committees.models.committee import Committee
from membership.models import Partner
from partnership.access import Person
from partnership.models import Entity, Partnership, Period, PeriodQuerySet, period_in_order


class DelegateQuerySet(PeriodQuerySet):
    def visible_to(self, user: Person) -> "DelegateQuerySet":
        """Delegations in the partnerships this person belongs to."""
        return self.filter(committee__partnership__in=Partnership.objects.visible_to(user))


class Delegate(Entity, Period):
    """A person who may speak and cast for a partner in a committee. The right to vote rests on this row."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="delegates", verbose_name=_("Partner"))
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="delegates", verbose_name=_("Gremium")
    )
    person = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="delegations", verbose_name=_("Person")
    )
    kind = models.CharField(_("Art"), max_length=10, choices=DelegateKind, default=DelegateKind.DELEGATE)
    letter = models.ForeignKey(
        "partnership.Document",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Benennungsschreiben"),
    )
    appointed_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("eingetragen von"),
    )
    appointed_at = models.DateTimeField(_("eingetragen"), auto_now_add=True)
    end_reason = models.CharField(_("Grund des Endes"), max_length=200, blank=True)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vertretung")
        verbose_name_plural = _("Vertretungen")
        ordering = ("partner__number", "kind", "valid_from")
        indexes = [
            models.Index(fields=("person", "valid_until"), name="delegate_person"),
            models.Index(fields=("committee", "partner"), name="delegate_committee_partner"),
        ]
        constraints = [
            period_in_order("delegate_period"),
            models.UniqueConstraint(
                fields=("partner", "committee", "person"),
                condition=Q(valid_until__isnull=True),
                name="delegate_once",
                violation_error_message=_("Diese Person vertritt den Partner in diesem Gremium bereits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.partner}"
