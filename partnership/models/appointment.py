"""Dated appointments: the truth behind guardian's permissions (decisions.md 5)."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.enums import Role
from partnership.models.base import Entity, Period, PeriodQuerySet, period_in_order


class Appointment(Entity, Period):
    """A person holds a role on one object (partnership, committee, partner, fund) from a day until a day."""

    person = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="appointments", verbose_name=_("Person")
    )
    role = models.CharField(_("Funktion"), max_length=30, choices=Role)
    partnership = models.ForeignKey(
        "partnership.Partnership",
        on_delete=models.PROTECT,
        related_name="appointments",
        verbose_name=_("Partnerschaft"),
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    # Text, as guardian keeps it: the two are compared in one statement on either engine.
    object_pk = models.CharField(max_length=64)
    subject = GenericForeignKey("content_type", "object_pk")
    note = models.CharField(_("Bemerkung"), max_length=200, blank=True)
    appointed_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("bestellt von"),
    )
    appointed_at = models.DateTimeField(_("bestellt"), auto_now_add=True)
    ended_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("beendet von"),
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("Funktion")
        verbose_name_plural = _("Funktionen")
        ordering = ("role", "valid_from")
        indexes = [
            models.Index(fields=("person", "valid_until"), name="appointment_person"),
            models.Index(fields=("content_type", "object_pk", "role"), name="appointment_subject"),
        ]
        constraints = [
            period_in_order("appointment_period"),
            models.UniqueConstraint(
                fields=("person", "role", "content_type", "object_pk"),
                condition=Q(valid_until__isnull=True),
                name="appointment_once",
                violation_error_message=_("Diese Person hat die Funktion bereits."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
