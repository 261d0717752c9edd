"""Pages about meetings: list, create, invite, answer, read, file away."""

import tempfile
import zipfile
from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from committees import policies
from committees.enums import Answer, CommitteeState, MeetingState
from committees.exports import invitation_ical, protocol, protocol_pdf
from committees.forms.meetings import CancelForm, MeetingForm, NewMeetingForm, WaiverForm
from committees.models import AgendaItem, Ballot, Committee, Meeting, Motion, RuleSet
from committees.notifications import meetings as notifications
from committees.rules.rule_set import Rules
from committees.services import attendance, meetings, revisions
from committees.visibility import confidential_committee_ids, office_partnership_ids
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.exports import tables
from partnership.models import Partnership, User
from partnership.services import documents, outbox
from partnership.views.base import Deed, FormPage, ObjectFormPage, ObjectMixin, ObjectPage
from partnership.views.exports import ExportedList

DELIVERED = (*notifications.NOTICES, notifications.CANCELLATION)


# --- what the pages share ------------------------------------------------------------------------------


class MeetingMixin(ObjectMixin):
    """A page about one meeting, which brings its committee, its partnership and its rules along in one query."""

    model = Meeting

    def get_queryset(self) -> QuerySet[Meeting]:
        rules = RuleSet.objects.valid(clock.today()).filter(committee=OuterRef("committee")).values("settings")
        return (
            Meeting.objects.visible_to(self.user)
            .filter(partnership__slug=self.kwargs["slug"])
            .select_related("committee", "partnership", "invited_by")
            .annotate(rules_settings=Subquery(rules[:1]))
        )

    @cached_property
    def partnership(self) -> Partnership:
        """The partnership of the meeting, read with it."""
        return self.object.partnership

    @cached_property
    def rules(self) -> Rules | None:
        """The rules of procedure valid today."""
        settings = self.object.rules_settings
        return Rules.from_data(settings) if settings else None

    @cached_property
    def may_prepare(self) -> bool:
        return bool(policies.prepare(self.user, self.object))

    @cached_property
    def may_conduct(self) -> bool:
        return bool(policies.conduct(self.user, self.object))

    @cached_property
    def items(self) -> list[AgendaItem]:
        """The items this person may see, with motions and papers."""
        return list(revisions.with_files(AgendaItem.objects.visible_to(self.user).filter(meeting=self.object)))

    def crumbs(self, *more: Any) -> list[tuple[Any, str]]:
        """The way to this page."""
        way = [
            (_("Sitzungen"), reverse("committees:meeting_list", kwargs={"slug": self.partnership.slug})),
            (self.object.title, self.object.get_absolute_url()),
            *((label, "") for label in more),
        ]
        return way if more else [*way[:-1], (self.object.title, "")]

    def url(self, name: str) -> str:
        """The address of another page of this meeting."""
        return reverse(f"committees:{name}", kwargs={"slug": self.partnership.slug, "pk": self.object.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "meeting": self.object,
            "may_prepare": self.may_prepare,
            "may_conduct": self.may_conduct,
        }


# --- list ------------------------------------------------------------------------------------------------


def _committees(request: HttpRequest) -> QuerySet[Committee]:
    """The committees of the partnership of the address."""
    assert request.resolver_match is not None
    slug = request.resolver_match.kwargs["slug"]
    return Committee.objects.visible_to(request.user).filter(partnership__slug=slug).select_related("partnership")


class MeetingFilter(django_filters.FilterSet):
    """Search and filters of the list; they live in the address."""

    q = django_filters.CharFilter(label=gettext_lazy("Suche"), method="search")
    gremium = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Gremium"), field_name="committee", queryset=_committees, empty_label=gettext_lazy("alle")
    )
    stand = django_filters.ChoiceFilter(
        label=gettext_lazy("Stand"), field_name="state", choices=MeetingState.choices, empty_label=gettext_lazy("alle")
    )
    zeit = django_filters.ChoiceFilter(
        label=gettext_lazy("Zeit"),
        method="span",
        choices=[("kommend", gettext_lazy("kommende")), ("vergangen", gettext_lazy("vergangene"))],
        empty_label=gettext_lazy("alle"),
    )

    class Meta:
        model = Meeting
        fields: ClassVar[list[str]] = []

    def search(self, meetings: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """Title, place, and items this person may see: a word of a confidential one finds nothing (A4)."""
        found = AgendaItem.objects.visible_to(self.request.user).filter(
            Q(title__icontains=value) | Q(text__icontains=value), meeting=OuterRef("pk")
        )
        return meetings.filter(Q(title__icontains=value) | Q(place__icontains=value) | Exists(found))

    def span(self, meetings: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """Meetings to come (those of today included), or past ones."""
        now = clock.now()
        return meetings.filter(ends_at__gte=now) if value == "kommend" else meetings.filter(ends_at__lt=now)


class MeetingListView(ExportedList):
    """All meetings of the partnership this person may see."""

    policy = policies.belong
    model = Meeting
    template_name = "committees/meeting_list.html"
    export_name = "sitzungen"
    filterset_class = MeetingFilter
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {
        "-wann": ("-starts_at",),
        "wann": ("starts_at",),
        "bezeichnung": ("title", "-starts_at"),
        "-bezeichnung": ("-title", "-starts_at"),
        "gremium": ("committee__position", "committee__name", "-starts_at"),
        "-gremium": ("-committee__position", "-committee__name", "-starts_at"),
    }

    def get_base_queryset(self) -> QuerySet[Meeting]:
        held = ties(self.user)
        visible = (
            Q(items__is_confidential=False)
            | Q(committee__in=confidential_committee_ids(held))
            | Q(partnership__in=office_partnership_ids(held))
        )
        return (
            super()
            .get_base_queryset()
            .select_related("committee", "partnership")
            .annotate(item_count=Count("items", filter=visible))
        )

    def get_table(self) -> tables.Dataset:
        rows = (
            (
                meeting.starts_at,
                meeting.ends_at,
                meeting.title,
                meeting.committee.name,
                meeting.get_state_display(),
                meeting.place,
                meeting.item_count,
            )
            for meeting in self.get_queryset()
        )
        heads = [_("Beginn"), _("Ende"), _("Bezeichnung"), _("Gremium"), _("Stand"), _("Ort"), _("Tagesordnungspunkte")]
        return tables.table(heads, rows, title=_("Sitzungen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choices = self.filterset.form.fields["gremium"].queryset
        return super().get_context_data(**kwargs) | {
            "preparable": [
                committee
                for committee in choices
                if committee.state != CommitteeState.ENDED and policies.prepare(self.user, committee)
            ],
        }


# --- create, edit, cancel ------------------------------------------------------------------------------


class MeetingCreateView(ObjectFormPage):
    """A new meeting of a committee."""

    policy = policies.prepare
    model = Committee
    template_name = "committees/meeting_form.html"
    form_class = NewMeetingForm
    success_message = gettext_lazy("Die Sitzung ist angelegt. Stellen Sie jetzt die Tagesordnung zusammen.")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("partnership")

    def get_initial(self) -> dict[str, Any]:
        count = Meeting.objects.filter(committee=self.object).exclude(state=MeetingState.CANCELLED).count()
        last = Meeting.objects.filter(committee=self.object).order_by("-starts_at").first()
        return super().get_initial() | {
            "title": _("%(number)s. Sitzung %(committee)s") % {"number": count + 1, "committee": self.object.name},
            "place": last.place if last else "",
            "video_url": last.video_url if last else "",
        }

    def perform(self, form: NewMeetingForm) -> Any:
        return self.run(meetings.create, form=form, committee=self.object, **form.values)

    def get_success_url(self) -> str:
        return reverse("committees:agenda_edit", kwargs={"slug": self.partnership.slug, "pk": self.result.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        list_url = reverse("committees:meeting_list", kwargs={"slug": self.partnership.slug})
        kwargs.setdefault("form", self.get_form())
        kwargs["form"].cancel_url = list_url
        return super().get_context_data(**kwargs) | {
            "heading": _("Sitzung anlegen"),
            "lead": self.object.name,
            "breadcrumbs": [(_("Sitzungen"), list_url), (_("Sitzung anlegen"), "")],
        }


class MeetingEditView(MeetingMixin, ObjectFormPage):
    """Time, place and text of a meeting."""

    policy = policies.prepare
    template_name = "committees/meeting_form.html"
    form_class = MeetingForm

    def get_initial(self) -> dict[str, Any]:
        return MeetingForm.initial_of(self.object)

    def perform(self, form: MeetingForm) -> Any:
        found = self.run(meetings.change, form=form, meeting=self.object, **form.values)
        if found is not None:
            messages.success(
                self.request,
                _("Gespeichert. Die Eingeladenen erfahren davon, sobald Sie die Änderung versenden.")
                if found.has_unsent_changes
                else _("Gespeichert."),
            )
        return found

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.get_form())
        kwargs["form"].cancel_url = self.object.get_absolute_url()
        return super().get_context_data(**kwargs) | {
            "heading": _("Sitzung bearbeiten"),
            "breadcrumbs": self.crumbs(_("Bearbeiten")),
        }


class MeetingCancelView(MeetingMixin, ObjectFormPage):
    """Asks once before a meeting is cancelled, or a draft put away."""

    policy = policies.prepare
    template_name = "confirm.html"

    def get_form_class(self) -> type[forms.Form]:
        return CancelForm if self.object.state == MeetingState.INVITED else forms.Form

    def perform(self, form: forms.Form) -> Any:
        was_invited = self.object.state == MeetingState.INVITED
        found = self.run(meetings.cancel, form=form, meeting=self.object, reason=form.cleaned_data.get("reason", ""))
        if found is not None:
            messages.success(
                self.request,
                _("Die Sitzung ist abgesagt; die Eingeladenen werden benachrichtigt.")
                if was_invited
                else _("Die Sitzung ist verworfen."),
            )
        return found

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_invited = self.object.state == MeetingState.INVITED
        title = {"title": self.object.title}
        return super().get_context_data(**kwargs) | {
            "heading": (_("„%(title)s“ absagen?") if is_invited else _("„%(title)s“ verwerfen?")) % title,
            "consequences": [
                _("Alle Eingeladenen bekommen eine Nachricht; der Eintrag in ihrem Kalender wird zurückgenommen."),
                _("Vorlagen auf der Tagesordnung warten danach auf eine andere Sitzung."),
                _("Eine abgesagte Sitzung lässt sich nicht wieder aufnehmen; legen Sie dann eine neue an."),
            ]
            if is_invited
            else [_("Die Sitzung war noch nicht versandt; niemand wird benachrichtigt.")],
            "confirm_label": _("Sitzung absagen") if is_invited else _("Sitzung verwerfen"),
            "cancel_url": self.object.get_absolute_url(),
            "breadcrumbs": self.crumbs(_("Absagen") if is_invited else _("Verwerfen")),
        }


# --- reading ---------------------------------------------------------------------------------------------


class MeetingDetailView(MeetingMixin, ObjectPage):
    """The meeting: agenda, papers, who comes, calendar entry, my answer; for the office the fate of each mail."""

    policy = policies.belong
    template_name = "committees/meeting_detail.html"

    @cached_property
    def seats(self) -> list[attendance.Seat]:
        return attendance.seats(
            self.object,
            mandates=attendance.mandates_with_answers(self.object),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.object
        is_told = self.may_prepare and meeting.state in (MeetingState.INVITED, MeetingState.CANCELLED)
        by_item: dict[Any, list[Ballot]] = {}
        for ballot in Ballot.objects.visible_to(self.user).filter(meeting=meeting).order_by("created_at"):
            ballot.partnership, ballot.committee = self.partnership, meeting.committee
            by_item.setdefault(ballot.agenda_item_id, []).append(ballot)
        for item in self.items:
            item.shown_ballots = by_item.get(item.pk, [])
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": self.crumbs(),
            "items": self.items,
            "has_papers": any(item.files or item.referral_id for item in self.items),
            "seats": self.seats,
            "counts": {
                state: sum(seat.state == state for seat in self.seats) for state in ("yes", "deputy", "no", "open")
            },
            "mine": [_My(seat, self.user) for seat in self.seats if _My.is_of(seat, self.user)]
            if meeting.state == MeetingState.INVITED
            else [],
            "delivery": outbox.summary(about=meeting, kinds=DELIVERED) if is_told else None,
            "is_today": meeting.on <= clock.today(),
        }


class _My:
    """A seat as the person on the page may answer for it."""

    def __init__(self, seat: attendance.Seat, user: User) -> None:
        self.partner = seat.partner
        self.given = next((row for row in seat.answers if row.person_id == user.pk), None)
        self.is_delegate = any(person.pk == user.pk for person in seat.delegates)
        self.deputies = [person for person in seat.deputies if person.pk != user.pk] if self.is_delegate else []
        called = {row.deputy_id for row in seat.answers if row.deputy_id}
        self.is_called = user.pk in called

    @staticmethod
    def is_of(seat: attendance.Seat, user: User) -> bool:
        return any(person.pk == user.pk for person in (*seat.delegates, *seat.deputies))

    @property
    def answer(self) -> str:
        return self.given.answer if self.given else ""


class MeetingAnswerView(MeetingMixin, Deed):
    """Answer the invitation for one partner: yes, no, or my deputy comes."""

    policy = policies.belong

    def perform(self) -> Any:
        data = self.request.POST
        partner = _by_key(
            Partner.objects.visible_to(self.user).filter(partnership=self.partnership), data.get("partner")
        )
        if partner is None or data.get("answer") not in Answer.values:
            messages.error(self.request, _("Bitte wählen Sie eine der Antworten."))
            return None
        deputy = _by_key(User.objects.filter(is_active=True), data.get("deputy"))
        return self.run(attendance.answer, meeting=self.object, partner=partner, answer=data["answer"], deputy=deputy)

    def get_success_url(self) -> str:
        if self.result is not None:
            said = {
                Answer.YES: _("Danke. Für %(partner)s ist notiert: Sie nehmen teil."),
                Answer.NO: _("Danke. Für %(partner)s ist notiert: Sie nehmen nicht teil."),
                Answer.DEPUTY: _("Danke. Für %(partner)s ist notiert: %(deputy)s kommt und wird benachrichtigt."),
            }[Answer(self.result.answer)]
            messages.success(self.request, said % {"partner": self.result.partner, "deputy": self.result.deputy})
        return self.object.get_absolute_url()


def _by_key(rows: QuerySet[Any], key: Any) -> Any:
    """The row of a posted key, or None for anything that is no key of one."""
    try:
        return rows.filter(pk=forms.UUIDField().clean(key)).first()
    except forms.ValidationError:
        return None


class MeetingCalendarView(MeetingMixin, ObjectPage):
    """The calendar entry as a file."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = invitation_ical.calendar(
            self.object,
            self.items,
            method=invitation_ical.CANCEL if self.object.state == MeetingState.CANCELLED else invitation_ical.PUBLISH,
        )
        name = invitation_ical.file_name(self.object)
        return HttpResponse(
            content,
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class MeetingPapersView(MeetingMixin, ObjectPage):
    """All papers this person may read in one ZIP: of the items and of their motions."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        bundle = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it has been sent
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
            taken: set[str] = set()
            for folder, paper in self._papers():
                path = documents.path_of(paper)
                if path.exists():
                    archive.write(path, _unused(f"{folder}/{paper.file_name}", taken))
        if not taken:
            bundle.close()
            raise Http404
        bundle.seek(0)
        return FileResponse(
            bundle,
            as_attachment=True,
            filename=f"unterlagen-{self.object.on.isoformat()}.zip",
            content_type="application/zip",
        )

    def _papers(self) -> Iterable[tuple[str, Any]]:
        keys = {item.referral.motion_id for item in self.items if item.referral}
        motions = {
            motion.pk: motion
            for motion in Motion.objects.visible_to(self.user)
            .filter(pk__in=keys)
            .prefetch_related("attachments__versions")
        }
        for item in self.items:
            folder = get_valid_filename(f"TOP {item.position:02d} {item.title}"[:80])
            for paper in item.files:
                yield folder, paper
            motion = motions.get(item.referral.motion_id) if item.referral else None
            for document in motion.attachments.all() if motion else ():
                if document.withdrawn_at is None and document.versions.all():
                    yield folder, document.current


def _unused(name: str, taken: set[str]) -> str:
    """A name that no file of the archive has yet."""
    stem, dot, ending = name.rpartition(".")
    number = 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    taken.add(name)
    return name


# --- inviting --------------------------------------------------------------------------------------------


class MeetingInvitationView(MeetingMixin, FormPage):
    """The page before sending: check list, notice period, recipients, gaps, preview; POST sends."""

    policy = policies.prepare
    template_name = "committees/meeting_invitation.html"
    form_class = WaiverForm

    def get_policy_subject(self) -> Any:
        return self.object

    @cached_property
    def preparation(self) -> meetings.Preparation:
        found = meetings.Preparation(self.object, self.rules, self.object.notice_waiver)
        found.items = list(self.items)
        return found

    def get_initial(self) -> dict[str, Any]:
        return {"waiver": self.object.notice_waiver}

    def perform(self, form: WaiverForm) -> Any:
        is_first = self.object.state == MeetingState.DRAFT
        verb = meetings.invite if is_first else meetings.send_change
        found = self.run(verb, form=form, meeting=self.object, waiver=form.cleaned_data["waiver"])
        if found is not None:
            messages.success(
                self.request,
                _("Die Einladung ist auf dem Weg. Unten sehen Sie, was aus jeder Nachricht wird.")
                if is_first
                else _("Die Änderung ist auf dem Weg. Unten sehen Sie, was aus jeder Nachricht wird."),
            )
        return found

    def get_success_url(self) -> str:
        return f"{self.object.get_absolute_url()}#zustellung"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ready = self.preparation
        notice = ready.notice
        return super().get_context_data(**kwargs) | {
            "object": self.object,
            "preparation": ready,
            "is_open": self.object.state in (MeetingState.DRAFT, MeetingState.INVITED),
            "asks_waiver": ready.is_waivable and notice is not None and not notice.is_kept,
            "breadcrumbs": self.crumbs(_("Einladung")),
        }


class MeetingPreviewView(MeetingMixin, ObjectPage):
    """The mail as oneself would get it, as text and as HTML."""

    policy = policies.prepare
    template_name = "committees/meeting_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("teil") != "html":
            return super().get(request, *args, **kwargs)
        # The mail as it is, with its own style, in a frame of our page; it runs nothing and loads nothing.
        response = HttpResponse(self.get_context_data()["html"])
        response["Content-Security-Policy"] = (
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        )
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        states = (
            None
            if self.object.state == MeetingState.DRAFT
            else (self.object.sent_state, revisions.snapshot(self.object, self.items))
        )
        subject, text, html = notifications.preview(self.object, items=self.items, person=self.user, states=states)
        return super().get_context_data(**kwargs) | {
            "subject": subject,
            "text": text,
            "html": html,
            "breadcrumbs": self.crumbs(_("Vorschau")),
        }


class MeetingTestView(MeetingMixin, Deed):
    """Send the mail to oneself alone."""

    policy = policies.prepare

    def perform(self) -> Any:
        return self.run(meetings.send_test, meeting=self.object)

    @property
    def success_message(self) -> str:
        return _("Die Testnachricht an %(address)s ist auf dem Weg.") % {"address": self.user.email}

    def get_success_url(self) -> str:
        return self.url("meeting_invitation")


class MeetingNewcomersView(MeetingMixin, Deed):
    """Send the invitation to people who have joined since."""

    policy = policies.prepare

    def perform(self) -> Any:
        return self.run(meetings.invite_newcomers, meeting=self.object)

    def get_success_url(self) -> str:
        if self.result:
            messages.success(
                self.request,
                ngettext("%(count)s Person ist nachgeladen.", "%(count)s Personen sind nachgeladen.", self.result)
                % {"count": self.result},
            )
        return f"{self.object.get_absolute_url()}#zustellung"


# --- filing away -------------------------------------------------------------------------------------------


class ProtocolMixin(MeetingMixin):
    """The result protocol: of a closed meeting for everybody, of a running one for those who conduct it."""

    def get_queryset(self) -> QuerySet[Meeting]:
        return super().get_queryset().filter(state__in=(MeetingState.RUNNING, MeetingState.CLOSED))

    @cached_property
    def protocol(self) -> protocol.Protocol:
        if self.object.state == MeetingState.RUNNING and not self.may_conduct:
            raise Http404
        return protocol.of(self.object, items=self.items, reader=self.user, rules=self.rules)


class MeetingProtocolView(ProtocolMixin, ObjectPage):
    """The result protocol as a page to read and print."""

    policy = policies.belong
    template_name = "committees/meeting_protocol.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "protocol": self.protocol,
            "breadcrumbs": self.crumbs(_("Ergebnisprotokoll")),
        }


class MeetingProtocolPdfView(ProtocolMixin, ObjectPage):
    """The result protocol as a tagged PDF."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = f"ergebnisprotokoll-{self.object.on.isoformat()}.pdf"
        return HttpResponse(
            protocol_pdf.render(self.protocol),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
