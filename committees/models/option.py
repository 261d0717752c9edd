"""What stands on a ballot paper besides yes, no and abstention: options and candidates, and lots drawn among them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot
from committees.rules.papers import MOST_OPTIONS
from membership.models import Partner
from partnership.models import Entity, User


class OptionQuerySet(models.QuerySet["Option"]):
    def visible_to(self, user: User) -> "OptionQuerySet":
        """Options of the ballots this person may see."""
        return self.filter(ballot__in=Ballot.objects.visible_to(user))

    def standing(self) -> "OptionQuerySet":
        """Options, and candidates who have accepted."""
        return self.filter(~Q(ballot__kind="election") | Q(accepted_at__isnull=False))


class Option(Entity):
    """One line of a ballot paper: a possibility, or a person who stands for election.

    Markings name it by its position (`rules.papers`); opening freezes it with the text.
    """

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.CASCADE,
        related_name="options",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    position = models.PositiveSmallIntegerField(
        _("Platz auf dem Stimmzettel"), validators=[MinValueValidator(1), MaxValueValidator(MOST_OPTIONS)]
    )
    # For an election the name of the person.
    title = models.CharField(_("Bezeichnung oder Name"), max_length=200)
    text = models.CharField(_("Erläuterung"), max_length=1000, blank=True)
    account = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="candidacies",
        verbose_name=_("Konto der Person"),
    )
    proposed_by = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("vorgeschlagen von"),
    )
    accepted_at = models.DateTimeField(_("Kandidatur angenommen"), null=True, blank=True)
    declined_at = models.DateTimeField(_("Kandidatur abgelehnt"), null=True, blank=True)
    # The candidate, or who wrote down what the candidate said.
    recorded_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Antwort erfasst von"),
    )

    objects = OptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Möglichkeit auf dem Stimmzettel")
        verbose_name_plural = _("Möglichkeiten auf dem Stimmzettel")
        ordering = ("ballot", "position")
        constraints = [
            models.UniqueConstraint(fields=("ballot", "position"), name="option_position"),
            models.UniqueConstraint(
                fields=("ballot", "account"),
                condition=Q(account__isnull=False),
                name="option_candidate_once",
                violation_error_message=_("Diese Person ist bereits vorgeschlagen."),
            ),
            models.CheckConstraint(
                name="option_position_possible", condition=Q(position__gte=1, position__lte=MOST_OPTIONS)
            ),
            models.CheckConstraint(name="option_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="option_answered_once", condition=Q(accepted_at__isnull=True) | Q(declined_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether the candidate has not answered yet."""
        return self.accepted_at is None and self.declined_at is None


class Lot(models.Model):
    """A lot drawn among options that were level: who was in it, in which order they came out, and how."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="lots", verbose_name=_("Abstimmung"))
    # Positions of the options, the winner first.
    order = models.JSONField(_("Reihenfolge"))
    is_by_hand = models.BooleanField(_("von Hand gezogen"))
    drawn_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("gezogen von")
    )
    drawn_at = models.DateTimeField(_("gezogen"))

    class Meta:
        verbose_name = _("Losentscheid")
        verbose_name_plural = _("Losentscheide")
        ordering = ("ballot", "pk")

    def __str__(self) -> str:
        return ", ".join(map(str, self.order))
