"""Documents with versions, hash and audience."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnership.enums import Audience
from partnership.models.base import Entity


class Document(Entity):
    """A file of a partnership; its versions are kept, its audience decides who may read it."""

    partnership = models.ForeignKey(
        "partnership.Partnership",
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name=_("Partnerschaft"),
    )
    title = models.CharField(_("Titel"), max_length=200)
    audience = models.CharField(_("Leserkreis"), max_length=12, choices=Audience, default=Audience.PARTNERS)
    # For audience "committee" and for papers of a meeting: the object whose readers are this one's readers.
    scope_type = models.CharField(max_length=60, blank=True)
    scope_pk = models.CharField(max_length=64, blank=True)
    is_download = models.BooleanField(
        _("unter Downloads zeigen"), default=False, help_text=_("Nur bei öffentlichen Dokumenten.")
    )
    created_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("angelegt von"),
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("zurückgezogen"), null=True, blank=True)

    class Meta:
        verbose_name = _("Dokument")
        verbose_name_plural = _("Dokumente")
        ordering = ("title",)
        indexes = [models.Index(fields=("scope_type", "scope_pk"), name="document_scope")]
        constraints = [
            models.CheckConstraint(
                name="document_download_is_public",
                condition=Q(is_download=False) | Q(audience="public"),
                violation_error_message=_("Nur öffentliche Dokumente erscheinen unter Downloads."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def current(self) -> "DocumentVersion":
        """The newest version; lists prefetch `versions`."""
        return max(self.versions.all(), key=lambda version: version.number)


class DocumentVersion(Entity):
    """One uploaded state of a document, stored under its SHA-256."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="versions", verbose_name=_("Dokument")
    )
    number = models.PositiveSmallIntegerField(_("Fassung"))
    file_name = models.CharField(_("Dateiname"), max_length=200)
    content_type = models.CharField(_("Dateityp"), max_length=100)
    size = models.PositiveBigIntegerField(_("Größe"), help_text=_("in Byte"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("hochgeladen von"),
    )
    uploaded_at = models.DateTimeField(_("hochgeladen"))

    class Meta:
        verbose_name = _("Fassung")
        verbose_name_plural = _("Fassungen")
        ordering = ("document", "-number")
        constraints = [
            models.UniqueConstraint(fields=("document", "number"), name="document_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"
