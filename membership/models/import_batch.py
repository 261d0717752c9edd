"""Imports of lists: previewed, then applied."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership.access import Person, ties
from partnership.enums import Role
from partnership.models import Entity, Partnership


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Person) -> "ImportBatchQuerySet":
        """Imports of partnerships whose lists this person keeps."""
        held = ties(user).ids("partnership.partnership", Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER)
        return self.filter(partnership__in=held)


class ImportBatch(Entity):
    """A table somebody uploaded: its rows as read, and whether they were applied."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="imports", verbose_name=_("Partnerschaft")
    )
    kind = models.CharField(_("Art"), max_length=20)
    file_name = models.CharField(_("Datei"), max_length=200)
    rows = models.JSONField(_("Zeilen"), default=list)
    uploaded_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("hochgeladen von")
    )
    uploaded_at = models.DateTimeField(_("hochgeladen"))
    applied_at = models.DateTimeField(_("übernommen"), null=True, blank=True)
    outcome = models.JSONField(_("Ergebnis"), default=dict, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Importe")
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.file_name
