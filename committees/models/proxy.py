"""Proxies: one partner lets another one vote for it, in a meeting or in one ballot."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot
from committees.models.committee import Committee
from committees.models.meeting import Meeting
from membership.models import Partner
from partnership.access import Person
from partnership.models import Document, Entity, Partnership


class ProxyQuerySet(models.QuerySet["Proxy"]):
    def visible_to(self, user: Person) -> "ProxyQuerySet":
        """Proxies in the partnerships this person belongs to; votes of partners are no secret to the others."""
        return self.filter(committee__partnership__in=Partnership.objects.visible_to(user))

    def standing(self) -> "ProxyQuerySet":
        """Neither revoked nor declined."""
        return self.filter(ended_at__isnull=True)

    def in_effect(self) -> "ProxyQuerySet":
        """Standing and accepted."""
        return self.standing().filter(accepted_at__isnull=False)


class Proxy(Entity):
    """Partner A (`giver`) lets partner B (`holder`) vote for it: in one meeting, or in one ballot.

    It takes effect once the holder has accepted. At opening it hands the giver's entry of the roll over, so that a
    double vote cannot be represented. Nobody who gives holds, and nobody who holds gives (no chains, no loops).
    """

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="proxies", verbose_name=_("Gremium")
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="proxies", verbose_name=_("Sitzung")
    )
    ballot = models.ForeignKey(
        Ballot, null=True, blank=True, on_delete=models.PROTECT, related_name="proxies", verbose_name=_("Abstimmung")
    )
    giver = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="proxies_given", verbose_name=_("überträgt die Stimme")
    )
    holder = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="proxies_held", verbose_name=_("stimmt ab")
    )
    note = models.CharField(_("Weisung oder Bemerkung"), max_length=300, blank=True)
    # A written proxy that the office has entered.
    letter = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Vollmacht")
    )
    granted_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("erteilt von")
    )
    granted_at = models.DateTimeField(_("erteilt"))
    accepted_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("angenommen von"),
    )
    accepted_at = models.DateTimeField(_("angenommen"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("beendet von"),
    )
    ended_at = models.DateTimeField(_("widerrufen oder abgelehnt"), null=True, blank=True)

    objects = ProxyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Stimmrechtsübertragung")
        verbose_name_plural = _("Stimmrechtsübertragungen")
        ordering = ("-granted_at",)
        constraints = [
            models.CheckConstraint(
                name="proxy_for_meeting_or_ballot",
                condition=Q(meeting__isnull=True, ballot__isnull=False) | Q(meeting__isnull=False, ballot__isnull=True),
            ),
            models.CheckConstraint(
                name="proxy_to_another",
                condition=~Q(giver=F("holder")),
                violation_error_message=_("Ein Partner kann seine Stimme nur einem anderen Partner übertragen."),
            ),
            models.UniqueConstraint(
                fields=("meeting", "giver"),
                condition=Q(ended_at__isnull=True, meeting__isnull=False),
                name="proxy_once_a_meeting",
                violation_error_message=_("Dieser Partner hat seine Stimme für diese Sitzung bereits übertragen."),
            ),
            models.UniqueConstraint(
                fields=("ballot", "giver"),
                condition=Q(ended_at__isnull=True, ballot__isnull=False),
                name="proxy_once_a_ballot",
                violation_error_message=_("Dieser Partner hat seine Stimme für diese Abstimmung bereits übertragen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.holder}"

    @property
    def partnership(self) -> Partnership:
        """The partnership of the committee; policies ask for it."""
        return self.committee.partnership

    @property
    def partnership_id(self) -> UUID:
        """The key of that partnership."""
        return self.committee.partnership_id

    @property
    def subject(self) -> Meeting | Ballot:
        """What it holds for."""
        held_for = self.meeting or self.ballot
        assert held_for is not None
        return held_for

    @property
    def state_words(self) -> str:
        """Where it stands, as people read it."""
        if self.ended_at is not None:
            return str(_("beendet"))
        return str(_("angenommen") if self.accepted_at else _("noch nicht angenommen"))
