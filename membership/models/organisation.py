"""Legal bodies."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from membership.enums import OrganisationKind
from partnership.access import Person, ties
from partnership.enums import Land
from partnership.models import Entity, Partnership


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Person) -> "OrganisationQuerySet":
        """Bodies that hold or share a seat, or are known otherwise, in a partnership the person belongs to."""
        return self.known_in(ties(user).partnership_ids)

    def known_in(self, partnerships: Iterable[UUID]) -> "OrganisationQuerySet":
        """Bodies that hold or share a seat, or are known otherwise, in one of the partnerships."""
        ids = list(partnerships)
        seated = Organisation.objects.filter(Q(shares__partner__partnership__in=ids) | Q(partnerships__in=ids))
        return self.filter(pk__in=seated.values("pk"))


class Organisation(Entity):
    """A legal body; it may take part in several partnerships of the installation."""

    name = models.CharField(_("Name"), max_length=200, unique=True)
    short_name = models.CharField(_("Kurzname"), max_length=60, blank=True)
    kind = models.CharField(_("Art"), max_length=20, choices=OrganisationKind)
    land = models.CharField(_("Land"), max_length=2, choices=Land, blank=True)
    population = models.PositiveIntegerField(_("Einwohnerzahl"), null=True, blank=True)
    population_on = models.DateField(_("Stichtag der Einwohnerzahl"), null=True, blank=True)
    ags = models.CharField(_("Amtlicher Gemeindeschlüssel (AGS)"), max_length=8, blank=True)
    leitweg_id = models.CharField(_("Leitweg-ID"), max_length=46, blank=True)
    website = models.URLField(_("Internetseite"), blank=True)
    address = models.TextField(_("Anschrift"), blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("gehört zu"),
    )

    # Bodies that hold no seat but an office: a managing office that is no partner, for example.
    partnerships = models.ManyToManyField(
        Partnership, blank=True, related_name="organisations", verbose_name=_("bekannt in")
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Organisation")
        verbose_name_plural = _("Organisationen")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
