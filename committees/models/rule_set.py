"""Dated versions of the rules a committee decides by."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from committees.models.committee import Committee
from committees.rules.rule_set import Rules
from partnership.access import Person
from partnership.models import Entity, Partnership, Period, PeriodQuerySet, period_in_order


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: Person) -> "MatterQuerySet":
        """Kinds of matters of the partnerships this person belongs to."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user))


class Matter(Entity):
    """A kind of matter that committees may decide by rules of its own: statutes, budget, election of the chair."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="matters", verbose_name=_("Partnerschaft")
    )
    name = models.CharField(_("Name"), max_length=100)
    description = models.CharField(_("Beschreibung"), max_length=300, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("Art der Angelegenheit")
        verbose_name_plural = _("Arten von Angelegenheiten")
        ordering = ("partnership", "name")
        constraints = [
            models.UniqueConstraint(
                fields=("partnership", "name"),
                name="matter_name",
                violation_error_message=_("Eine Art dieses Namens gibt es bereits."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RuleSetQuerySet(PeriodQuerySet):
    def general(self) -> "RuleSetQuerySet":
        """Versions that hold for whatever has no rules of its own."""
        return self.filter(matter__isnull=True)

    def in_force(self, *, committee: Committee, matter: Matter | None, on: date) -> "RuleSet | None":
        """The version a committee decides by on a day: that of the matter, else the general one."""
        valid = self.valid(on).filter(Q(matter=matter) | Q(matter__isnull=True), committee=committee)
        return valid.order_by(models.F("matter").asc(nulls_last=True), "-version").first()


class RuleSet(Entity, Period):
    """The rules of procedure of a committee, one version; a decision keeps the version it was taken under.

    Without a matter they hold for everything that has no rules of its own.
    """

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="rule_sets", verbose_name=_("Gremium")
    )
    matter = models.ForeignKey(
        Matter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rule_sets",
        verbose_name=_("Art der Angelegenheit"),
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

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("Verfahrensregeln")
        verbose_name_plural = _("Verfahrensregeln")
        ordering = ("committee", "-version")
        constraints = [
            period_in_order("rule_set_period"),
            models.UniqueConstraint(fields=("committee", "version"), name="rule_set_version"),
            models.UniqueConstraint(
                fields=("committee",),
                condition=Q(valid_until__isnull=True, matter__isnull=True),
                name="rule_set_one_open",
            ),
            models.UniqueConstraint(
                fields=("committee", "matter"),
                condition=Q(valid_until__isnull=True, matter__isnull=False),
                name="rule_set_one_open_of_matter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee}: {self._meta.verbose_name} {self.version}"

    @cached_property
    def rules(self) -> Rules:
        """The settings as the pure rules read them."""
        return Rules.from_data(self.settings)
