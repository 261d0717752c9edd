"""Meetings, their agenda, who answers and who is there."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from committees.enums import Answer, ItemState, MeetingState, Presence
from committees.models.committee import Committee
from committees.models.motion import Referral
from committees.rules.deadlines import BERLIN, words
from committees.visibility import confidential_committee_ids, office_partnership_ids, preparing_committee_ids
from membership.models import Partner
from partnership.access import Person, ties
from partnership.models import Document, DocumentVersion, Entity, Partnership


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    """`Montag, 30.11.2026, 14:00 bis 16:00 Uhr`: when a meeting is, where it is held, the same for every reader."""
    start, end = starts_at.astimezone(BERLIN), ends_at.astimezone(BERLIN)
    day = words(start.date()).text(get_language())
    if start.date() == end.date():
        return gettext("%(day)s, %(start)s bis %(end)s Uhr") % {
            "day": day,
            "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}",
        }
    return gettext("%(day)s, %(start)s Uhr bis %(last)s, %(end)s Uhr") % {
        "day": day,
        "start": f"{start:%H:%M}",
        "last": words(end.date()).text(get_language()),
        "end": f"{end:%H:%M}",
    }


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Person) -> "MeetingQuerySet":
        """Meetings of the person's partnerships; drafts only to those who prepare or conduct them."""
        held = ties(user)
        return self.filter(
            ~Q(state=MeetingState.DRAFT)
            | Q(partnership__in=office_partnership_ids(held))
            | Q(committee__in=preparing_committee_ids(held)),
            partnership__in=held.partnership_ids,
        )


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Person) -> "AgendaItemQuerySet":
        """Items of meetings the person may see; confidential ones to the committee and the office."""
        held = ties(user)
        return self.filter(
            Q(is_confidential=False)
            | Q(meeting__committee__in=confidential_committee_ids(held))
            | Q(meeting__partnership__in=office_partnership_ids(held)),
            meeting__in=Meeting.objects.visible_to(user),
        )


class Meeting(Entity):
    """A meeting of a committee: draft → invited → running → closed; cancelled."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("Partnerschaft")
    )
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("Gremium")
    )
    title = models.CharField(_("Bezeichnung"), max_length=200)
    state = models.CharField(_("Stand"), max_length=10, choices=MeetingState, default=MeetingState.DRAFT)
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    place = models.CharField(_("Ort"), max_length=300, blank=True)
    video_url = models.URLField(_("Videokonferenz"), blank=True, max_length=500)
    invitation_text = models.TextField(_("Einladungstext"), blank=True)
    is_second_invitation = models.BooleanField(
        _("zweite Einladung"),
        default=False,
        help_text=_("Wegen Beschlussunfähigkeit erneut eingeladen; die Regeln sagen, ob das Quorum dann entfällt."),
    )
    notice_waiver = models.CharField(
        _("Verzicht auf die Frist"), max_length=300, blank=True, help_text=_("Wer hat worauf verzichtet?")
    )
    # The calendar entry: the same UID for ever, a higher SEQUENCE with every change sent (RFC 5546).
    calendar_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # Set on every change after the invitation, cleared when the change has been sent.
    has_unsent_changes = models.BooleanField(default=False, editable=False)
    # What the last notice said: a change tells what is different from it.
    sent_state = models.JSONField(default=dict, blank=True, editable=False)
    invited_at = models.DateTimeField(_("eingeladen am"), null=True, blank=True)
    invited_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("eingeladen von"),
    )
    started_at = models.DateTimeField(_("eröffnet"), null=True, blank=True)
    closed_at = models.DateTimeField(_("geschlossen"), null=True, blank=True)
    cancel_reason = models.CharField(_("Grund der Absage"), max_length=300, blank=True)
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Vorlage")
    )
    created_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("angelegt von"),
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")
        ordering = ("-starts_at",)
        indexes = [models.Index(fields=("partnership", "-starts_at"), name="meeting_partnership")]
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("Die Sitzung endet vor ihrem Beginn."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("committees:meeting_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})

    @property
    def on(self) -> date:
        """The day of the meeting where it is held."""
        return self.starts_at.astimezone(BERLIN).date()

    @property
    def time_words(self) -> str:
        """Day and time in words, in the time of the place."""
        return span_words(self.starts_at, self.ends_at)


class AgendaItem(Entity):
    """An item of the agenda (TOP): numbered by its position."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items", verbose_name=_("Sitzung"))
    position = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Titel"), max_length=200)
    text = models.TextField(_("Beschreibung"), blank=True)
    presenter = models.CharField(_("Berichterstattung"), max_length=150, blank=True)
    minutes_planned = models.PositiveSmallIntegerField(_("Minuten"), null=True, blank=True)
    is_confidential = models.BooleanField(
        _("vertraulich"),
        default=False,
        help_text=_("Nur das Gremium und die Geschäftsführung sehen diesen Punkt."),
    )
    state = models.CharField(_("Stand"), max_length=10, choices=ItemState, default=ItemState.OPEN)
    result = models.TextField(_("Ergebnis"), blank=True)
    referral = models.ForeignKey(
        Referral,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
        verbose_name=_("Vorlage"),
    )
    carried_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("übernommen aus"),
    )
    # The circular ballot without a motion that was stopped, so that its matter comes here.
    stopped_ballot = models.ForeignKey(
        "committees.Ballot",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="taken_up_as",
        verbose_name=_("aus dem angehaltenen Umlauf"),
    )
    papers = models.ManyToManyField(Document, through="Paper", related_name="+", verbose_name=_("Unterlagen"))

    # Set by pages that read papers and ballots along with the items.
    files: list["Paper"]
    shown_ballots: list[Any]

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Tagesordnungspunkt")
        verbose_name_plural = _("Tagesordnungspunkte")
        ordering = ("meeting", "position")
        constraints = [models.UniqueConstraint(fields=("meeting", "position"), name="agenda_position")]

    def __str__(self) -> str:
        return f"TOP {self.position}: {self.title}"

    @property
    def partnership(self) -> Partnership:
        """The partnership of the meeting; policies ask for it."""
        return self.meeting.partnership

    @property
    def partnership_id(self) -> uuid.UUID:
        return self.meeting.partnership_id

    @property
    def committee(self) -> Committee:
        """The committee of the meeting; policies ask for it."""
        return self.meeting.committee


class PaperQuerySet(models.QuerySet["Paper"]):
    def with_file(self) -> "PaperQuerySet":
        """Papers that may be read, each with its document and the newest version's file, in one query."""
        newest = DocumentVersion.objects.filter(document=OuterRef("document")).order_by("-number")
        return (
            self.filter(document__withdrawn_at__isnull=True)
            .select_related("document")
            .annotate(
                version=Subquery(newest.values("number")[:1]),
                file_name=Subquery(newest.values("file_name")[:1]),
                size=Subquery(newest.values("size")[:1]),
                sha256=Subquery(newest.values("sha256")[:1]),
            )
            .order_by("position", "pk")
        )


class Paper(models.Model):
    """A document laid before an agenda item."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="paper_links")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    # Set by `with_file`: the newest version.
    version: int | None
    file_name: str
    size: int
    sha256: str

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("Unterlage")
        verbose_name_plural = _("Unterlagen")
        ordering = ("item", "position")
        constraints = [models.UniqueConstraint(fields=("item", "document"), name="paper_once")]

    def __str__(self) -> str:
        return str(self.document)


class MeetingAnswer(models.Model):
    """What a person answered to the invitation, for a partner; answering again replaces it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="answers", verbose_name=_("Sitzung"))
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    person = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("Person"))
    answer = models.CharField(_("Antwort"), max_length=8, choices=Answer)
    deputy = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Stellvertretung"),
    )
    answered_at = models.DateTimeField(_("beantwortet"))

    class Meta:
        verbose_name = _("Antwort")
        verbose_name_plural = _("Antworten")
        ordering = ("meeting", "partner")
        constraints = [models.UniqueConstraint(fields=("meeting", "partner", "person"), name="meeting_answer_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_answer_display()}"


class Attendance(models.Model):
    """A partner's presence in a meeting, from–until; coming again opens a new row."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("Sitzung")
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    person = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Person"),
    )
    presence = models.CharField(_("Anwesenheit"), max_length=10, choices=Presence)
    from_at = models.DateTimeField(_("ab"))
    until_at = models.DateTimeField(_("bis"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("erfasst von"),
    )

    class Meta:
        verbose_name = _("Anwesenheit")
        verbose_name_plural = _("Anwesenheiten")
        ordering = ("meeting", "partner__number", "from_at")
        constraints = [
            models.UniqueConstraint(
                fields=("meeting", "partner"), condition=Q(until_at__isnull=True), name="attendance_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_presence_display()}"
