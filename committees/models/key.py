"""Keys: dated tables of values per partner, by which votes are weighed and second conditions measured."""

from datetime import date
from decimal import Decimal

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from membership.models import Partner
from partnership.access import Person
from partnership.models import Entity, Partnership, Period, PeriodQuerySet, period_in_order

# Values are kept in hundred-thousandths, as the Königsteiner Schlüssel is published.
PLACES = 5
DIGITS = 14


class KeyQuerySet(PeriodQuerySet):
    def visible_to(self, user: Person) -> "KeyQuerySet":
        """Keys of the partnerships this person belongs to."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user))

    def in_force(self, *, partnership: Partnership, codes: frozenset[str], on: date) -> "dict[str, Key]":
        """The version of each key that holds on a day, by code; a code without one is not among them."""
        return {key.code: key for key in self.valid(on).filter(partnership=partnership, code__in=codes)}


class Key(Entity, Period):
    """One dated version of a key (Schlüssel): Königsteiner Schlüssel 2026, votes by contract, cost shares.

    Rules name a key by its code, so that the version of the day is taken. A version that a ballot was weighed
    by is in use and never changes; what comes after is a new version.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="keys", verbose_name=_("Partnerschaft")
    )
    code = models.CharField(
        _("Kürzel"),
        max_length=40,
        validators=[RegexValidator(r"^[a-z0-9-]+\Z", _("Erlaubt sind Kleinbuchstaben, Ziffern und Bindestriche."))],
        help_text=_("Unter dem Kürzel nennen die Verfahrensregeln den Schlüssel; alle Fassungen tragen dasselbe."),
    )
    name = models.CharField(
        _("Name"), max_length=120, help_text=_("Mit Jahr, zum Beispiel: Königsteiner Schlüssel 2026.")
    )
    unit = models.CharField(
        _("Einheit"), max_length=40, help_text=_("Was die Werte bedeuten, zum Beispiel: Prozent, Stimmen oder Tonnen.")
    )
    source = models.CharField(
        _("Quelle"), max_length=300, blank=True, help_text=_("Wo die Werte veröffentlicht oder vereinbart sind.")
    )
    # When a ballot was first weighed by this version; from then on it stands.
    used_at = models.DateTimeField(_("in Gebrauch seit"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        "partnership.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("angelegt von")
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Schlüssel")
        verbose_name_plural = _("Schlüssel")
        ordering = ("partnership", "code", "-valid_from")
        constraints = [
            period_in_order("key_period"),
            models.UniqueConstraint(fields=("partnership", "code", "valid_from"), name="key_version"),
            models.UniqueConstraint(
                fields=("partnership", "code"), condition=Q(valid_until__isnull=True), name="key_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("committees:key_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})

    @property
    def is_used(self) -> bool:
        """Whether a ballot was weighed by it."""
        return self.used_at is not None


class KeyShare(models.Model):
    """The value of one partner in a key."""

    key = models.ForeignKey(
        Key,
        on_delete=models.CASCADE,
        related_name="shares",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Schlüssel"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    value: "models.DecimalField[Decimal, Decimal]" = models.DecimalField(
        _("Wert"), max_digits=DIGITS, decimal_places=PLACES
    )

    class Meta:
        verbose_name = _("Wert im Schlüssel")
        verbose_name_plural = _("Werte im Schlüssel")
        ordering = ("key", "partner")
        constraints = [
            models.UniqueConstraint(fields=("key", "partner"), name="key_share_once"),
            models.CheckConstraint(
                name="key_share_not_negative",
                condition=Q(value__gte=0),
                violation_error_message=_("Ein Wert ist nie negativ."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.value}"
