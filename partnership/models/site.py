"""Texts and feedback of the installation as a whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteText(models.Model):
    """A legal page of the installation: imprint, privacy, accessibility statement. Markdown, one row a language."""

    key = models.SlugField(_("Seite"), max_length=40)
    language = models.CharField(
        _("Sprache"), max_length=5, choices=[("de", "Deutsch"), ("en", "English")], default="de"
    )
    title = models.CharField(_("Titel"), max_length=200)
    body = models.TextField(_("Text"))
    changed_at = models.DateTimeField(_("geändert"), auto_now=True)

    class Meta:
        verbose_name = _("Seitentext")
        verbose_name_plural = _("Seitentexte")
        ordering = ("key", "language")
        constraints = [models.UniqueConstraint(fields=("key", "language"), name="site_text_once")]

    def __str__(self) -> str:
        return self.title


class Feedback(models.Model):
    """What somebody told us about the portal, above all about barriers (BITV 2.0 § 7)."""

    page = models.CharField(_("Seite"), max_length=300, blank=True)
    message = models.TextField(_("Nachricht"), max_length=5000)
    email = models.EmailField(_("E-Mail-Adresse"), blank=True)
    received_at = models.DateTimeField(_("eingegangen"))
    is_settled = models.BooleanField(_("erledigt"), default=False)

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ("-received_at",)

    def __str__(self) -> str:
        return self.message[:60]
