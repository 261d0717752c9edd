"""Motions and their way through the committees."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committees.enums import MotionState, ReferralRole, ReferralState
from committees.models.committee import Committee
from committees.models.rule_set import Matter
from committees.visibility import confidential_committee_ids, office_partnership_ids
from membership.models import Partner
from partnership.access import Person, ties
from partnership.models import Document, Entity, Partnership

if TYPE_CHECKING:
    from uuid import UUID


class MotionQuerySet(models.QuerySet["Motion"]):
    def visible_to(self, user: Person) -> "MotionQuerySet":
        """Motions of the person's partnerships.

        Drafts: to who wrote them, the office, and people of the submitting partner. Confidential ones: to
        the committees on their way and the office.
        """
        held = ties(user)
        office = Q(partnership__in=office_partnership_ids(held))
        author = Q(created_by=user.pk) | Q(submitting_partner__in=held.partner_ids)
        concerned = Referral.objects.filter(committee__in=confidential_committee_ids(held)).values("motion")
        return self.filter(
            office | author | ~Q(state=MotionState.DRAFT),
            office | author | Q(is_confidential=False) | Q(pk__in=concerned),
            partnership__in=held.partnership_ids,
        )


class Motion(Entity):
    """What is to be decided (Vorlage). Its state follows from its referrals."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="motions", verbose_name=_("Partnerschaft")
    )
    year = models.PositiveSmallIntegerField(_("Jahr"), null=True, blank=True, editable=False)
    number = models.PositiveIntegerField(_("Nummer"), null=True, blank=True, editable=False)
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Beschlusstext"), help_text=_("So soll der Beschluss lauten."))
    reasons = models.TextField(_("Begründung"), blank=True)
    effects = models.TextField(_("Auswirkungen"), blank=True, help_text=_("Geld, Arbeit, andere Folgen."))
    # The kind of matter; committees may decide it by rules of its own.
    matter = models.ForeignKey(
        Matter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="motions",
        verbose_name=_("Art der Angelegenheit"),
    )
    amount = models.DecimalField(_("Betrag in Euro"), max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField(_("Stand"), max_length=14, choices=MotionState, default=MotionState.DRAFT)
    is_confidential = models.BooleanField(_("vertraulich"), default=False)
    submitting_partner = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("einreichender Partner"),
    )
    # Has no vote when this motion is decided: its exclusion, its contract, its claim (BGB § 34).
    concerned_partner = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("betroffener Partner"),
    )
    created_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("angelegt von")
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("eingereicht"), null=True, blank=True)
    # What this motion is to replace; the adopted resolution then supersedes it in the register.
    replaces = models.ForeignKey(
        "committees.Resolution",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replacing_motions",
        verbose_name=_("ersetzt den Beschluss"),
    )
    attachments = models.ManyToManyField(Document, blank=True, related_name="+", verbose_name=_("Anlagen"))
    # Rises with every change; a form that was opened before it is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vorlage")
        verbose_name_plural = _("Vorlagen")
        ordering = ("-year", "-number", "-created_at")
        constraints = [
            models.UniqueConstraint(
                fields=("partnership", "year", "number"),
                condition=Q(number__isnull=False),
                name="motion_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip()

    @property
    def label(self) -> str:
        """Number as printed, such as `V-2026-007`; empty for drafts."""
        return f"V-{self.year}-{self.number:03d}" if self.number else ""

    def get_absolute_url(self) -> str:
        return reverse("committees:motion_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: Person) -> "ReferralQuerySet":
        """Treatments of the motions this person may see."""
        return self.filter(motion__in=Motion.objects.visible_to(user))


class Referral(Entity):
    """A motion's treatment in one committee, with its own state and outcome."""

    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="referrals", verbose_name=_("Vorlage"))
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("Gremium")
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"))
    role = models.CharField(_("Aufgabe"), max_length=12, choices=ReferralRole)
    is_adoption_required = models.BooleanField(_("Zustimmung nötig"), default=False)
    state = models.CharField(_("Stand"), max_length=16, choices=ReferralState, default=ReferralState.WAITING)
    # Why the committee recommends; goes with its count into the next committee's Beschlussvorlage.
    opinion = models.TextField(_("Stellungnahme"), blank=True)
    settled_at = models.DateTimeField(_("abgeschlossen"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beratung")
        verbose_name_plural = _("Beratungsfolge")
        ordering = ("motion", "position")
        constraints = [
            models.UniqueConstraint(fields=("motion", "committee"), name="referral_once"),
            models.UniqueConstraint(fields=("motion", "position"), name="referral_position"),
        ]

    def __str__(self) -> str:
        return f"{self.motion}: {self.committee}"

    @property
    def partnership(self) -> Partnership:
        """The partnership of the motion; policies ask for it."""
        return self.motion.partnership

    @property
    def partnership_id(self) -> "UUID":
        """The key of the motion's partnership."""
        return self.motion.partnership_id

    def get_absolute_url(self) -> str:
        return self.motion.get_absolute_url()
