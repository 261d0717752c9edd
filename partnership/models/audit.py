"""Who did what when. Rows are only ever added; the database refuses the rest."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partnership import deeds


class AuditEvent(models.Model):
    """One deed, appended in the transaction it describes. Never holds the content of a ballot."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("Zeitpunkt"))
    actor = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Person"),
    )
    partnership = models.ForeignKey(
        "partnership.Partnership",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Partnerschaft"),
    )
    action = models.CharField(_("Vorgang"), max_length=60)
    subject_type = models.CharField(_("Art"), max_length=60)
    subject_pk = models.CharField(_("Schlüssel"), max_length=64)
    subject_label = models.CharField(_("Gegenstand"), max_length=200)
    details = models.JSONField(_("Einzelheiten"), default=dict, blank=True)

    class Meta:
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokolleinträge")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("subject_type", "subject_pk"), name="audit_subject"),
            models.Index(fields=("partnership", "-id"), name="audit_partnership"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.subject_label}"

    @property
    def deed(self) -> str:
        """What was done, in words."""
        return deeds.name_of(self.action)
