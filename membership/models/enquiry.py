"""Enquiries from the public page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from membership.enums import EnquiryKind, EnquiryState
from partnership.access import Person, ties
from partnership.enums import Role
from partnership.models import Entity, Partnership


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def visible_to(self, user: Person) -> "EnquiryQuerySet":
        """Enquiries to partnerships whose office or product management this person is."""
        held = ties(user).ids("partnership.partnership", Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER)
        return self.filter(partnership__in=held)


class Enquiry(Entity):
    """Somebody wants to join or to buy support: a record, and a mail to product management."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="enquiries", verbose_name=_("Partnerschaft")
    )
    kind = models.CharField(_("Anliegen"), max_length=12, choices=EnquiryKind, default=EnquiryKind.JOIN)
    organisation = models.CharField(_("Organisation"), max_length=200)
    name = models.CharField(_("Name"), max_length=150)
    email = models.EmailField(_("E-Mail-Adresse"))
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    message = models.TextField(_("Nachricht"), max_length=5000)
    state = models.CharField(_("Stand"), max_length=12, choices=EnquiryState, default=EnquiryState.NEW)
    received_at = models.DateTimeField(_("eingegangen"))
    answer = models.TextField(_("Antwort"), blank=True)
    handled_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("bearbeitet von"),
    )
    handled_at = models.DateTimeField(_("bearbeitet"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anfrage")
        verbose_name_plural = _("Anfragen")
        ordering = ("-received_at",)
        indexes = [models.Index(fields=("partnership", "state", "-received_at"), name="enquiry_state")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_kind_display()}"
