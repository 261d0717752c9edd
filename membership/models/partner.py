"""Partners: one seat each, held by one organisation or shared by several."""

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from membership.enums import MEMBER_STAGES, ContactRole, Fact
from membership.models.organisation import Organisation
from partnership.access import Person
from partnership.models import Entity, Partnership, Period, PeriodQuerySet, period_in_order

YES = "yes"


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: Person) -> "PartnerQuerySet":
        """Partners of the partnerships this person belongs to."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user))

    def _with_fact(self, fact: Fact, values: tuple[str, ...], on: date) -> Exists:
        return Exists(Standing.objects.valid(on).filter(partner=OuterRef("pk"), fact=fact, value__in=values))

    def members(self, on: date) -> "PartnerQuerySet":
        """Partners that are members on the day `on`, suspended ones included."""
        return self.filter(self._with_fact(Fact.STAGE, tuple(MEMBER_STAGES), on))

    def with_voting_right(self, on: date) -> "PartnerQuerySet":
        """Members on the day `on` that hold the right to vote and are not suspended."""
        return (
            self.members(on)
            .filter(self._with_fact(Fact.VOTING_RIGHT, (YES,), on))
            .exclude(self._with_fact(Fact.SUSPENSION, (YES,), on))
        )


class Partner(Entity):
    """One seat in one partnership, from enquiry to last day; one organisation or several that share it."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="partners", verbose_name=_("Partnerschaft")
    )
    number = models.PositiveIntegerField(_("Nummer"), help_text=_("Laufende Nummer in der Partnerschaft."))
    name = models.CharField(_("Name"), max_length=200)
    organisations = models.ManyToManyField(
        Organisation, through="SeatShare", related_name="partners", verbose_name=_("Organisationen")
    )
    is_listed = models.BooleanField(_("öffentlich genannt"), default=True)
    note = models.TextField(_("Bemerkung"), blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Partner")
        verbose_name_plural = _("Partner")
        ordering = ("partnership", "number")
        permissions = [("partner_admin", "PARTNER_ADMIN")]
        constraints = [
            models.UniqueConstraint(fields=("partnership", "number"), name="partner_number"),
            models.UniqueConstraint(
                fields=("partnership", "name"),
                name="partner_name",
                violation_error_message=_("Einen Partner dieses Namens gibt es in der Partnerschaft bereits."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:partner_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})


class SeatShare(models.Model):
    """An organisation holds, or shares, the seat of a partner."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="shares", verbose_name=_("Partner"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="shares", verbose_name=_("Organisation")
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=1)

    class Meta:
        verbose_name = _("Anteil am Sitz")
        verbose_name_plural = _("Anteile am Sitz")
        ordering = ("partner", "position")
        constraints = [models.UniqueConstraint(fields=("partner", "organisation"), name="seat_share_once")]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.partner})"


class Standing(Entity, Period):
    """A dated fact of a partner: stage, voting right, fee duty, fund participation or suspension.

    `value` is a Stage for the fact `stage`, else "yes" or "no". Rows are closed and followed, not overwritten.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="standings", verbose_name=_("Partner"))
    fact = models.CharField(_("Tatsache"), max_length=20, choices=Fact)
    value = models.CharField(_("Wert"), max_length=20)
    reason = models.CharField(_("Grund"), max_length=300, blank=True)
    document = models.ForeignKey(
        "partnership.Document",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Beleg"),
    )
    recorded_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("eingetragen von"),
    )
    recorded_at = models.DateTimeField(_("eingetragen"), auto_now_add=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("Stand")
        verbose_name_plural = _("Stände")
        ordering = ("partner", "fact", "valid_from")
        indexes = [models.Index(fields=("partner", "fact", "valid_from"), name="standing_partner_fact")]
        constraints = [
            period_in_order("standing_period"),
            models.UniqueConstraint(
                fields=("partner", "fact"), condition=Q(valid_until__isnull=True), name="standing_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_fact_display()} {self.value}"


class Contact(Entity):
    """A person with a role for a partner; needs no account."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("Partner"))
    role = models.CharField(_("Aufgabe"), max_length=12, choices=ContactRole)
    name = models.CharField(_("Name"), max_length=150)
    email = models.EmailField(_("E-Mail-Adresse"), blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Ansprechperson")
        verbose_name_plural = _("Ansprechpersonen")
        ordering = ("partner", "role", "name")

    def __str__(self) -> str:
        return self.name
