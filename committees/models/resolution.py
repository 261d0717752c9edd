"""The register: numbered, immutable outcomes in one chain per partnership."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committees.enums import EntryKind, EntryRelation
from committees.models.ballot import Ballot
from committees.models.committee import Committee
from committees.visibility import readable_resolutions
from partnership.access import Person
from partnership.models import Entity, Partnership


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def visible_to(self, user: Person) -> "ResolutionQuerySet":
        """Entries whose title, wording and counts the person may read."""
        return self.filter(readable_resolutions(user), partnership__in=Partnership.objects.visible_to(user))

    def listed_for(self, user: Person) -> "ResolutionQuerySet":
        """Every entry of the registers of the person's partnerships, told apart by `is_readable`.

        For the register itself: of what the person may not read, it shows number and kind, and its place in the chain.
        """
        return self.filter(partnership__in=Partnership.objects.visible_to(user)).annotate(
            is_readable=models.Case(
                models.When(readable_resolutions(user), then=True),
                default=False,
                output_field=models.BooleanField(),
            )
        )

    def public(self) -> "ResolutionQuerySet":
        """What anybody may read: released resolutions of partnerships with a public page."""
        return self.filter(partnership__is_public=True, publication__isnull=False)


class Resolution(Entity):
    """One entry of the register; never changed, never deleted (the database refuses both).

    `entry` is the canonical JSON that was hashed; text, roll, votes and persons are bound by salted
    hashes and stand in `parts`, so that an unreleased or erased part leaves the chain valid.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("Partnerschaft")
    )
    position = models.PositiveIntegerField(_("Stelle im Register"))
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("Gremium")
    )
    ballot = models.ForeignKey(
        Ballot,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resolutions",
        verbose_name=_("Abstimmung"),
    )
    kind = models.CharField(_("Art"), max_length=16, choices=EntryKind)
    year = models.PositiveSmallIntegerField(_("Jahr"))
    # Gapless per committee and year; entries that are no resolution (annulled, published …) carry none.
    serial = models.PositiveIntegerField(_("laufende Nummer"), null=True, blank=True)
    number = models.CharField(_("Nummer"), max_length=30, blank=True)
    title = models.CharField(_("Gegenstand"), max_length=200)
    resolved_on = models.DateField(_("Datum"))
    is_confidential = models.BooleanField(_("vertraulich"), default=False)
    entry = models.TextField(_("Eintrag"))
    previous_hash = models.CharField(_("Prüfsumme des vorigen Eintrags"), max_length=64)
    hash = models.CharField(_("Prüfsumme"), max_length=64, unique=True)
    refers_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referred_by",
        verbose_name=_("bezieht sich auf"),
    )
    relation = models.CharField(_("Bezug"), max_length=12, choices=EntryRelation, blank=True)
    recorded_at = models.DateTimeField(_("eingetragen"))

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beschluss")
        verbose_name_plural = _("Beschlüsse")
        ordering = ("partnership", "-position")
        constraints = [
            models.UniqueConstraint(fields=("partnership", "position"), name="register_position"),
            # By number and not by committee: a committee that changes its code begins a new series.
            models.UniqueConstraint(fields=("partnership", "number"), condition=~Q(number=""), name="register_number"),
            models.UniqueConstraint(fields=("partnership", "previous_hash"), name="register_no_fork"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("committees:resolution_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})


class ResolutionPart(models.Model):
    """A part of an entry kept outside the hash chain, bound to it by SHA-256(salt ‖ data).

    Never changed. Only the retention routine may erase `persons` parts, as owner of the tables.
    """

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="parts", verbose_name=_("Beschluss")
    )
    name = models.CharField(_("Teil"), max_length=16)
    salt = models.CharField(max_length=64)
    data = models.TextField(_("Inhalt"))

    class Meta:
        verbose_name = _("Teil eines Beschlusses")
        verbose_name_plural = _("Teile eines Beschlusses")
        constraints = [models.UniqueConstraint(fields=("resolution", "name"), name="resolution_part_once")]

    def __str__(self) -> str:
        return self.name


class Publication(models.Model):
    """The release of a resolution to the public."""

    resolution = models.OneToOneField(
        Resolution, on_delete=models.PROTECT, related_name="publication", verbose_name=_("Beschluss")
    )
    published_at = models.DateTimeField(_("veröffentlicht"))
    published_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("veröffentlicht von"),
    )

    class Meta:
        verbose_name = _("Veröffentlichung")
        verbose_name_plural = _("Veröffentlichungen")

    def __str__(self) -> str:
        return str(self.resolution)


class RegisterHead(models.Model):
    """The end of a partnership's chain: the one row that appending locks."""

    partnership = models.OneToOneField(
        Partnership, primary_key=True, on_delete=models.PROTECT, related_name="register_head"
    )
    position = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("Registerende")
        verbose_name_plural = _("Registerenden")

    def __str__(self) -> str:
        return f"{self.partnership} {self.position}"
