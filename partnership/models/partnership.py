"""The partnership: the agreement that everything else belongs to."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnership.access.ties import Person, ties
from partnership.enums import Land, PartnershipState, role_permissions
from partnership.models.base import Entity


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def visible_to(self, user: Person) -> "PartnershipQuerySet":
        """Partnerships whose inside this person may see: those they hold a tie to today."""
        return self.filter(pk__in=ties(user).partnership_ids)


class Partnership(Entity):
    """A lasting agreement between public bodies around something they build or run together."""

    slug = models.SlugField(_("Adresse"), unique=True, max_length=60)
    name = models.CharField(_("Name"), max_length=200)
    short_name = models.CharField(_("Kurzname"), max_length=40)
    state = models.CharField(_("Stand"), max_length=20, choices=PartnershipState, default=PartnershipState.ACTIVE)
    founded_on = models.DateField(_("gegründet am"), null=True, blank=True)
    purpose = models.TextField(_("Zweck"), blank=True, help_text=_("Erscheint auf der öffentlichen Seite."))
    introduction = models.TextField(_("Einleitung"), blank=True)
    benefits = models.TextField(_("Vorteile"), blank=True, help_text=_("Ein Vorteil je Zeile mit führendem „- “."))
    minimum_partners = models.PositiveSmallIntegerField(_("Mindestzahl der Partner"), default=2)
    office_name = models.CharField(_("Name der Geschäftsstelle"), max_length=200, blank=True)
    office_email = models.EmailField(_("Adresse der Geschäftsstelle"))
    enquiry_email = models.EmailField(_("Adresse für Anfragen"), blank=True)
    land = models.CharField(
        _("Land"), max_length=2, choices=Land, default=Land.HH, help_text=_("Bestimmt die Feiertage.")
    )
    imprint = models.TextField(_("Impressum"), blank=True)
    is_public = models.BooleanField(_("öffentliche Seite"), default=True)
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("Partnerschaft")
        verbose_name_plural = _("Partnerschaften")
        ordering = ("name",)
        permissions = role_permissions("partnership.partnership")

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:partnership_public", kwargs={"slug": self.slug})
