"""Dated versions of the rules a committee decides by."""

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from committees.models.committee import Committee
from committees.rules.rule_set import Rules
from partnership.models import Entity, Period, PeriodQuerySet, period_in_order


class RuleSet(Entity, Period):
    """The rules of procedure of a committee, one version; a decision keeps the version it was taken under."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="rule_sets", verbose_name=_("Gremium")
    )
    version = models.PositiveSmallIntegerField(_("Fassung"))
    preset = models.CharField(_("Vorlage"), max_length=30, blank=True)
    settings = models.JSONField(_("Regeln"))
    reason = models.CharField(_("Grundlage"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("angelegt von"),
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("Verfahrensregeln")
        verbose_name_plural = _("Verfahrensregeln")
        ordering = ("committee", "-version")
        constraints = [
            period_in_order("rule_set_period"),
            models.UniqueConstraint(fields=("committee", "version"), name="rule_set_version"),
            models.UniqueConstraint(
                fields=("committee",), condition=Q(valid_until__isnull=True), name="rule_set_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee}: {self._meta.verbose_name} {self.version}"

    @cached_property
    def rules(self) -> Rules:
        """The settings as the pure rules read them."""
        return Rules.from_data(self.settings)
