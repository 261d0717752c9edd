"""Imports of lists: previewed, then applied."""

from django.db import models
from django.db.models import Q
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
    """A table somebody uploaded: its rows as read, who confirmed what they saw, and whether it was applied."""

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
    # Wanted: by whom, with which preview (its fingerprint) in which language, and whether new people are invited.
    confirmed_at = models.DateTimeField(_("bestätigt"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("bestätigt von"),
    )
    approved = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, editable=False)
    is_inviting = models.BooleanField(_("lädt neue Personen ein"), default=True)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0, editable=False)
    # Why the last confirmation came to nothing; the table is back at its preview.
    failure = models.CharField(_("gescheitert"), max_length=500, blank=True)
    applied_at = models.DateTimeField(_("übernommen"), null=True, blank=True)
    outcome = models.JSONField(_("Ergebnis"), default=dict, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Importe")
        ordering = ("-uploaded_at",)
        constraints = [
            models.CheckConstraint(
                name="import_applied_as_confirmed",
                condition=Q(applied_at__isnull=True) | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_waiting(self) -> bool:
        """Whether it is confirmed and not taken over yet."""
        return self.confirmed_at is not None and self.applied_at is None
