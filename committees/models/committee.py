"""Committees and role circles."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committees.enums import CommitteeKind, CommitteeState
from membership.models import Organisation
from partnership.access import Person
from partnership.enums import role_permissions
from partnership.models import Entity, Partnership, Period, PeriodQuerySet, period_in_order


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: Person) -> "CommitteeQuerySet":
        """Committees of the partnerships this person belongs to."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user))


class Committee(Entity):
    """A body of a partnership: decides, recommends, works, or cares for a role of the product."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="committees", verbose_name=_("Partnerschaft")
    )
    name = models.CharField(_("Name"), max_length=200)
    code = models.CharField(
        _("Kürzel"),
        max_length=8,
        help_text=_("Beginnt die Nummern der Beschlüsse, zum Beispiel SK-2026-014."),
    )
    kind = models.CharField(_("Art"), max_length=20, choices=CommitteeKind)
    state = models.CharField(_("Stand"), max_length=10, choices=CommitteeState, default=CommitteeState.ACTIVE)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=1)
    purpose = models.TextField(_("Aufgaben"), blank=True)
    recommends_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="advised_by",
        verbose_name=_("empfiehlt an"),
    )
    is_adoption_required = models.BooleanField(
        _("eigene Zustimmung nötig"),
        default=False,
        help_text=_("Nur was dieses Gremium empfiehlt, kann das nächste beschließen."),
    )
    # The bodies that hold the offices; the persons who act for them are appointments.
    chair_organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Vorsitz"),
    )
    management_organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Geschäftsführung"),
    )
    lead_organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Federführung"),
    )
    is_public = models.BooleanField(_("auf der öffentlichen Seite zeigen"), default=True)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")
        ordering = ("partnership", "position", "name")
        permissions = role_permissions("committees.committee")
        constraints = [
            models.UniqueConstraint(
                fields=("partnership", "code"),
                name="committee_code",
                violation_error_message=_("Dieses Kürzel trägt bereits ein anderes Gremium."),
            ),
            models.UniqueConstraint(
                fields=("partnership", "name"),
                name="committee_name",
                violation_error_message=_("Ein Gremium dieses Namens gibt es bereits."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("committees:committee_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})

    @property
    def votes(self) -> bool:
        """Whether partners are represented and vote here."""
        return self.kind in (CommitteeKind.DECIDES, CommitteeKind.RECOMMENDS)


class CircleMember(Entity, Period):
    """Somebody who works in a role circle or working group: a person with account or only a name."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="circle_members", verbose_name=_("Gremium")
    )
    person = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Person"),
    )
    name = models.CharField(_("Name"), max_length=150, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Organisation"),
    )
    is_lead = models.BooleanField(_("Leitung"), default=False)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("Mitglied im Kreis")
        verbose_name_plural = _("Mitglieder im Kreis")
        ordering = ("committee", "-is_lead", "name")
        constraints = [period_in_order("circle_member_period")]

    def __str__(self) -> str:
        return self.name or str(self.person)
