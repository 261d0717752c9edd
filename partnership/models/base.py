"""What several models share."""

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Entity(models.Model):
    """A row with an address of its own: the key is random, so that ids can be neither guessed nor counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class PeriodQuerySet(models.QuerySet[Any]):
    """Rows that hold from one day to another; the upper end is exclusive."""

    def valid(self, on: date) -> Self:
        """Rows that hold on the day `on`."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), valid_from__lte=on)


class Period(models.Model):
    """Something that holds from a day (inclusive) until a day (exclusive), or without end."""

    valid_from = models.DateField(_("gültig ab"))
    valid_until = models.DateField(
        _("gültig bis"), null=True, blank=True, help_text=_("Der erste Tag, an dem es nicht mehr gilt.")
    )

    class Meta:
        abstract = True

    def is_valid(self, on: date) -> bool:
        """Whether the row holds on the day `on`."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


def period_in_order(name: str) -> models.CheckConstraint:
    """The end does not come before the beginning."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
        violation_error_message=_("Das Ende liegt vor dem Anfang."),
    )
