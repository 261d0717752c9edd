"""Reservations: a yes subject to the partner's own council (Gremienvorbehalt), and when the resolution takes effect."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot, Vote
from committees.models.resolution import Resolution
from membership.models import Partner
from partnership.access import Person
from partnership.models import Entity, Partnership


class ReservationState(models.TextChoices):
    """What became of a reservation."""

    OPEN = "open", _("offen")
    LIFTED = "lifted", _("zugestimmt")
    REFUSED = "refused", _("nicht zugestimmt")
    LAPSED = "lapsed", _("durch Zeitablauf entfallen")


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def visible_to(self, user: Person) -> "ReservationQuerySet":
        """Reservations in ballots this person may see."""
        return self.filter(ballot__in=Ballot.objects.visible_to(user))

    def counting(self) -> "ReservationQuerySet":
        """Those of votes that count; a vote that was changed took its reservation with it."""
        later = Vote.objects.filter(
            ballot=models.OuterRef("ballot"),
            partner=models.OuterRef("partner"),
            revision__gt=models.OuterRef("vote__revision"),
        )
        return self.filter(~models.Exists(later))


class Reservation(Entity):
    """A partner voted yes subject to the consent of its own council, for example the Stadtrat."""

    ballot = models.ForeignKey(
        Ballot, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("Abstimmung")
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="reservation", verbose_name=_("Stimme"))
    council = models.CharField(_("vorbehaltlich der Zustimmung von"), max_length=200)
    state = models.CharField(_("Stand"), max_length=8, choices=ReservationState, default=ReservationState.OPEN)
    note = models.CharField(_("Bemerkung"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("mitgeteilt von"),
    )
    settled_at = models.DateTimeField(_("mitgeteilt"), null=True, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gremienvorbehalt")
        verbose_name_plural = _("Gremienvorbehalte")
        ordering = ("ballot", "partner__number")
        constraints = [
            models.CheckConstraint(
                name="reservation_settled_when", condition=Q(state="open") | Q(settled_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.council}"

    @property
    def partnership(self) -> Partnership:
        """The partnership of the ballot; policies ask for it."""
        return self.ballot.partnership

    @property
    def partnership_id(self) -> UUID:
        """The key of that partnership."""
        return self.ballot.partnership_id


class Effect(models.Model):
    """When a resolution that rests on reserved votes takes effect: once all are lifted, or when the day has passed."""

    resolution = models.OneToOneField(
        Resolution, primary_key=True, on_delete=models.PROTECT, related_name="effect", verbose_name=_("Beschluss")
    )
    due_on = models.DateField(_("wirksam spätestens am"))
    settled_at = models.DateTimeField(_("entschieden"), null=True, blank=True)
    is_effective = models.BooleanField(_("wirksam"), null=True, blank=True)

    class Meta:
        verbose_name = _("Wirksamkeit")
        verbose_name_plural = _("Wirksamkeit")
        constraints = [
            models.CheckConstraint(
                name="effect_settled_whole",
                condition=Q(settled_at__isnull=True, is_effective__isnull=True)
                | Q(settled_at__isnull=False, is_effective__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.resolution)
