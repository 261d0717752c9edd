"""Declaring a resolution invalid: one person asks, another confirms; only then the register says so."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from committees.models.resolution import Resolution
from partnership.access import Person
from partnership.models import Entity, Partnership


class InvalidationQuerySet(models.QuerySet["Invalidation"]):
    def visible_to(self, user: Person) -> "InvalidationQuerySet":
        """Those of resolutions this person may read."""
        return self.filter(resolution__in=Resolution.objects.visible_to(user))


class Invalidation(Entity):
    """The wish to declare a resolution invalid, with its reason; done once a second person has confirmed it."""

    resolution = models.OneToOneField(
        Resolution, on_delete=models.PROTECT, related_name="invalidation", verbose_name=_("Beschluss")
    )
    reason = models.CharField(_("Begründung"), max_length=500)
    requested_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("beantragt von")
    )
    requested_at = models.DateTimeField(_("beantragt"))
    confirmed_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("bestätigt von"),
    )
    confirmed_at = models.DateTimeField(_("bestätigt"), null=True, blank=True)

    objects = InvalidationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ungültigerklärung")
        verbose_name_plural = _("Ungültigerklärungen")
        constraints = [
            models.CheckConstraint(
                name="invalidation_second_person",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("requested_by")),
                violation_error_message=_("Die Ungültigkeit muss eine zweite Person bestätigen."),
            ),
            models.CheckConstraint(
                name="invalidation_confirmed_whole",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.resolution)

    @property
    def partnership(self) -> Partnership:
        """The partnership of the resolution; policies ask for it."""
        return self.resolution.partnership

    @property
    def partnership_id(self) -> UUID:
        """The key of that partnership."""
        return self.resolution.partnership_id
