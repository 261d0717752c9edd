"""Consent to the circular procedure: deciding without a meeting, where the rules ask for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot
from membership.models import Partner


class Consent(models.Model):
    """A partner agrees to deciding by circular vote, whatever it votes. Who votes agrees without saying so."""

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.PROTECT,
        related_name="consents",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    person = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("Person"))
    consented_at = models.DateTimeField(_("erklärt"))

    class Meta:
        verbose_name = _("Einverständnis mit dem Umlauf")
        verbose_name_plural = _("Einverständnisse mit dem Umlauf")
        ordering = ("ballot", "consented_at")
        constraints = [models.UniqueConstraint(fields=("ballot", "partner"), name="consent_once")]

    def __str__(self) -> str:
        return f"{self.partner}"
