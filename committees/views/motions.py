"""Pages about motions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import MotionState, ReferralRole, ReferralState
from committees.forms import motions as forms
from committees.models import Ballot, Motion, Referral, Resolution
from committees.rules import lifecycles
from committees.services import motions
from partnership.access import Person, Policy
from partnership.exports import tables
from partnership.models import AuditEvent, DocumentVersion, User
from partnership.ui.tags import money
from partnership.views.base import Deed, FormPage, ObjectFormPage, ObjectMixin, ObjectPage, PolicyMixin
from partnership.views.exports import ExportedList

# What a step in the history of a motion is called. Names in the sentences are those of the step's details.
HISTORY = {
    "motion.created": gettext_lazy("Entwurf angelegt"),
    "motion.edited": gettext_lazy("Geändert"),
    "motion.submitted": gettext_lazy("Eingereicht als %(number)s"),
    "motion.withdrawn": gettext_lazy("Zurückgezogen"),
    "motion.lapsed": gettext_lazy("Für erledigt erklärt"),
    "motion.implemented": gettext_lazy("Als umgesetzt gemeldet"),
    "motion.attached": gettext_lazy("Anlage hinzugefügt: %(title)s"),
    "motion.detached": gettext_lazy("Anlage entfernt: %(title)s"),
    "motion.referred": gettext_lazy("Weg durch die Gremien festgelegt"),
    "motion.opinion": gettext_lazy("Stellungnahme geschrieben: %(committee)s"),
    "motion.scheduled": gettext_lazy("Zur Beratung vorgesehen: %(committee)s"),
    "motion.deferred": gettext_lazy("Vertagt: %(committee)s"),
    "motion.in_vote": gettext_lazy("Abstimmung eröffnet: %(committee)s"),
    "motion.recommended": gettext_lazy("Empfohlen: %(committee)s, %(number)s"),
    "motion.not_recommended": gettext_lazy("Nicht empfohlen: %(committee)s, %(number)s"),
    "motion.adopted": gettext_lazy("Beschlossen: %(committee)s, %(number)s"),
    "motion.rejected": gettext_lazy("Abgelehnt: %(committee)s, %(number)s"),
    "motion.noted": gettext_lazy("Zur Kenntnis genommen: %(committee)s"),
}
# Reasons that other services give by their name.
REASONS = {
    "annulled": gettext_lazy("Abstimmung aufgehoben"),
    "stopped": gettext_lazy("Umlauf durch Widerspruch beendet"),
}
FIELD_NAMES = {
    "title": gettext_lazy("Titel"),
    "text": gettext_lazy("Beschlusstext"),
    "reasons": gettext_lazy("Begründung"),
    "effects": gettext_lazy("Auswirkungen"),
    "amount": gettext_lazy("Betrag"),
    "is_confidential": gettext_lazy("Vertraulichkeit"),
    "submitting_partner": gettext_lazy("einreichender Partner"),
    "replaces": gettext_lazy("ersetzter Beschluss"),
    "committee": gettext_lazy("Weg durch die Gremien"),
}


@dataclass(frozen=True)
class Button:
    """One thing a person may do here."""

    label: str
    url: str
    is_primary: bool = False


@dataclass(frozen=True)
class Advice:
    """What an earlier committee recommends, as it stands in the Beschlussvorlage of the next one."""

    referral: Referral
    resolution: Resolution | None
    counts: dict[str, int] | None

    @property
    def is_positive(self) -> bool:
        return self.referral.state == ReferralState.RECOMMENDED


# Step of a motion -> (address, who may take it).
MOTION_STEPS: dict[str, tuple[str, Policy]] = {
    MotionState.SUBMITTED: ("committees:motion_submit", policies.amend_motion),
    MotionState.WITHDRAWN: ("committees:motion_withdraw", policies.amend_motion),
    MotionState.LAPSED: ("committees:motion_lapse", policies.manage_motion),
    MotionState.IMPLEMENTED: ("committees:motion_implement", policies.report_implemented),
}
# Step of a referral -> address. Votes are opened on the pages of meeting and ballot.
REFERRAL_STEPS: dict[str, str] = {
    ReferralState.SCHEDULED: "committees:referral_schedule",
    ReferralState.DEFERRED: "committees:referral_defer",
    ReferralState.NOTED: "committees:referral_note",
}


def with_treatment(rows: QuerySet[Motion], user: Person) -> QuerySet[Motion]:
    """Motions with all their page shows, in a fixed number of queries."""
    visible = Ballot.objects.visible_to(user).filter(pk=OuterRef("pk"))
    ballots = (
        Ballot.objects.select_related("committee")
        .annotate(is_visible=Exists(visible))
        .prefetch_related(Prefetch("resolutions", Resolution.objects.order_by("position")))
        .order_by("created_at")
    )
    referrals = (
        Referral.objects.select_related("committee").prefetch_related(Prefetch("ballots", ballots)).order_by("position")
    )
    return rows.select_related("partnership", "submitting_partner", "created_by", "replaces").prefetch_related(
        Prefetch("referrals", referrals)
    )


def share_partnership(motion: Motion) -> Motion:
    """Let everything loaded with a motion know the partnership without asking the database again."""
    related: list[Any] = [motion.replaces] if motion.replaces else []
    for referral in motion.referrals.all():
        referral.motion = motion
        for ballot in referral.ballots.all():
            related += [ballot, *ballot.resolutions.all()]
    for thing in related:
        thing.partnership = motion.partnership
    return motion


def advice_for(motion: Motion, until: Referral | None = None) -> list[Advice]:
    """Recommendations given so far, before the referral `until` where one is named."""
    found = []
    for referral in motion.referrals.all():
        if until is not None and referral.position >= until.position:
            break
        if referral.state not in (ReferralState.RECOMMENDED, ReferralState.NOT_RECOMMENDED):
            continue
        numbered = [
            (entry, ballot) for ballot in referral.ballots.all() for entry in ballot.resolutions.all() if entry.number
        ]
        entry, ballot = numbered[-1] if numbered else (None, None)
        found.append(Advice(referral, entry, ballot.counts if ballot else None))
    return found


def way_of(motion: Motion) -> list[dict[str, Any]]:
    """The step line: every committee on the way and where it stands."""
    stopped = motion.state in (MotionState.WITHDRAWN, MotionState.LAPSED, MotionState.REJECTED)
    steps: list[dict[str, Any]] = []
    is_current_known = motion.state == MotionState.DRAFT
    for referral in motion.referrals.all():
        state = "next"
        if referral.state in (ReferralState.REJECTED, ReferralState.NOT_RECOMMENDED):
            state = "stopped"
        elif referral.state in motions.SETTLED:
            state = "done"
        elif stopped:
            state = "stopped"
        elif not is_current_known:
            state, is_current_known = "current", True
        role = ReferralRole(referral.role).label
        steps.append(
            {
                "label": referral.committee.name,
                "state": state,
                "note": f"{role}: {ReferralState(referral.state).label}",
                "url": "",
            }
        )
    return steps


def history_of(motion: Motion) -> list[dict[str, Any]]:
    """Who did what when, newest first."""
    events = (
        AuditEvent.objects.filter(subject_type="committees.motion", subject_pk=str(motion.pk))
        .select_related("actor")
        .order_by("-id")[:200]
    )
    rows = []
    for event in events:
        details = {"number": "", "committee": "", "title": "", **event.details}
        label = str(HISTORY.get(event.action, event.action)) % details
        notes = [str(REASONS.get(details[name], details[name])) for name in ("reason", "note") if details.get(name)]
        if event.action == "motion.edited":
            notes = [", ".join(str(FIELD_NAMES.get(name, name)) for name in details.get("changed", []))]
        rows.append({"at": event.at, "title": label, "who": event.actor or _("von selbst"), "text": " ".join(notes)})
    return rows


def files_of(motion: Motion) -> list[dict[str, Any]]:
    """The attachments as the file list shows them, each in its newest version."""
    versions = (
        DocumentVersion.objects.filter(
            document__in=motion.attachments.filter(withdrawn_at__isnull=True).values("pk"),
        )
        .select_related("document")
        .order_by("document__title", "document_id", "number")
    )
    newest = {version.document_id: version for version in versions}
    return [
        {
            "document": version.document,
            "title": version.document.title,
            "url": reverse(
                "partnership:document_download", kwargs={"slug": motion.partnership.slug, "pk": version.document_id}
            ),
            "kind": version.file_name.rsplit(".", 1)[-1].upper(),
            "size": version.size,
            "sha256": version.sha256,
        }
        for version in newest.values()
    ]


class MotionListView(ExportedList):
    """All motions the person may see, newest first."""

    policy = policies.belong
    model = Motion
    template_name = "committees/motion_list.html"
    export_name = "vorlagen"
    filterset_class = forms.MotionFilter
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {
        "-number": ("-year", "-number", "-created_at"),
        "number": ("year", "number", "created_at"),
        "title": ("title",),
        "-title": ("-title",),
        "state": ("state", "-year", "-number"),
        "-state": ("-state", "-year", "-number"),
    }

    def get_base_queryset(self) -> QuerySet[Motion]:
        referrals = Referral.objects.select_related("committee").order_by("position")
        return (
            super()
            .get_base_queryset()
            .select_related("submitting_partner")
            .prefetch_related(Prefetch("referrals", referrals))
        )

    def get_table(self) -> tables.Dataset:
        heads = [_("Nummer"), _("Titel"), _("Eingebracht von"), _("Gremien"), _("Stand"), _("Eingereicht")]
        rows = (
            (
                motion.label or _("Entwurf"),
                motion.title,
                motion.submitting_partner or _("Geschäftsführung"),
                " → ".join(referral.committee.name for referral in motion.referrals.all()),
                motion.get_state_display(),
                motion.submitted_at,
            )
            for motion in self.get_queryset()
        )
        return tables.table(heads, rows, title=_("Vorlagen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["may_submit"] = bool(policies.submit_motion(self.user, self.partnership))
        context["breadcrumbs"] = [(_("Vorlagen"), "")]
        return context


class MotionMixin(ObjectMixin):
    """One motion with all its page shows."""

    model = Motion

    def get_queryset(self) -> QuerySet[Motion]:
        return with_treatment(super().get_queryset(), self.user)

    @cached_property
    def object(self) -> Any:
        return share_partnership(super().object)

    def trail(self, last: str = "") -> list[tuple[str, str]]:
        """The breadcrumbs down to this page."""
        motion = self.object
        top = [(_("Vorlagen"), reverse("committees:motion_list", kwargs={"slug": self.partnership.slug}))]
        name = motion.label or _("Entwurf")
        return [*top, (name, motion.get_absolute_url()), (last, "")] if last else [*top, (name, "")]

    def address(self, name: str, **kwargs: Any) -> str:
        """The address of a page about this motion."""
        return reverse(name, kwargs={"slug": self.partnership.slug, "pk": self.object.pk, **kwargs})


class MotionDetailView(MotionMixin, ObjectPage):
    """The Beschlussvorlage with its way through the committees."""

    policy = policies.belong
    template_name = "committees/motion_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        motion = self.object
        referrals = list(motion.referrals.all())
        may_amend = bool(policies.amend_motion(self.user, motion))
        is_editable = motions.is_editable(motion, referrals)
        ballots = [ballot for referral in referrals for ballot in referral.ballots.all()]
        context |= {
            "advice": advice_for(motion),
            "steps": way_of(motion),
            "history": history_of(motion),
            "files": files_of(motion),
            "ballots": [ballot for ballot in ballots if getattr(ballot, "is_visible", False)],
            "buttons": (buttons := list(self.buttons())),
            "further": [button for button in buttons if not button.is_primary],
            "stages": [
                {
                    "referral": referral,
                    "buttons": list(self.stage_buttons(referral)),
                    "opinion_url": self.opinion_url(referral),
                }
                for referral in referrals
            ],
            "may_edit": may_amend and is_editable,
            "breadcrumbs": self.trail(),
        }
        return context

    def buttons(self) -> Iterable[Button]:
        """Steps the table allows from here and the person may take."""
        motion = self.object
        if motion.state not in motions.FINAL and policies.manage_motion(self.user, motion):
            yield Button(_("Weg festlegen"), self.address("committees:motion_refer"))
        is_in_vote = any(referral.state == ReferralState.IN_VOTE for referral in motion.referrals.all())
        for step in lifecycles.steps_from(lifecycles.MOTION, motion.state):
            known = MOTION_STEPS.get(step.to)
            if step.is_derived or known is None or ("no_open_ballot" in step.needs and is_in_vote):
                continue
            name, policy = known
            if policy(self.user, motion):
                is_primary = step.to in (MotionState.SUBMITTED, MotionState.IMPLEMENTED)
                yield Button(step.verb.text(get_language()), self.address(name), is_primary)

    def stage_buttons(self, referral: Referral) -> Iterable[Button]:
        """Steps of one committee's treatment."""
        motion = self.object
        if motion.state not in (MotionState.SUBMITTED, MotionState.IN_TREATMENT):
            return
        if not policies.conduct(self.user, referral):
            return
        earlier = [other for other in motion.referrals.all() if other.position < referral.position]
        if any(other.state not in motions.SETTLED for other in earlier if other.role != ReferralRole.IS_TOLD):
            return
        for step in lifecycles.steps_from(lifecycles.REFERRAL, referral.state):
            name = REFERRAL_STEPS.get(step.to)
            if name is None or referral.state == ReferralState.IN_VOTE:
                continue
            if step.to == ReferralState.NOTED and referral.role != ReferralRole.IS_TOLD:
                continue
            yield Button(
                # On an agenda it comes from the agenda of a meeting; here it is only made ready for one.
                _("Zur Beratung vorsehen") if step.to == ReferralState.SCHEDULED else step.verb.text(get_language()),
                reverse(name, kwargs={"slug": self.partnership.slug, "pk": referral.pk}),
            )
        is_open = referral.state in (ReferralState.WAITING, ReferralState.SCHEDULED, ReferralState.DEFERRED)
        if is_open and referral.role != ReferralRole.IS_TOLD:
            url = reverse("committees:ballot_create", kwargs={"slug": self.partnership.slug})
            query = f"gremium={referral.committee_id}&vorlage={referral.pk}"
            yield Button(_("Abstimmung vorbereiten"), f"{url}?{query}", is_primary=True)

    def opinion_url(self, referral: Referral) -> str:
        """Where the opinion of a recommending committee is written, while it still can be."""
        motion = self.object
        if referral.role != ReferralRole.RECOMMENDS or not policies.conduct(self.user, referral):
            return ""
        later = [other for other in motion.referrals.all() if other.position > referral.position]
        if motion.state in motions.FINAL or any(other.state not in motions.UNTOUCHED for other in later):
            return ""
        return reverse("committees:referral_opinion", kwargs={"slug": self.partnership.slug, "pk": referral.pk})


class MotionPrintView(MotionMixin, ObjectPage):
    """The Beschlussvorlage on paper."""

    policy = policies.belong
    template_name = "committees/motion_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "advice": advice_for(self.object),
            "files": files_of(self.object),
            "breadcrumbs": self.trail(_("Beschlussvorlage")),
        }
        return context


class MotionPdfView(MotionMixin, PolicyMixin):
    """The Beschlussvorlage as a tagged PDF."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from committees.exports import motion_pdf

        motion = self.object
        pdf = motion_pdf.render(motion, advice=advice_for(motion), files=files_of(motion), amount=money(motion.amount))
        name = motion.label or "Entwurf"
        return HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="Beschlussvorlage-{name}.pdf"'},
        )


class MotionFormPage(FormPage):
    """What writing and changing a motion share: two buttons, nothing typed is lost."""

    form_class = forms.MotionForm
    template_name = "committees/motion_form.html"

    def values(self, form: forms.MotionForm) -> dict[str, Any]:
        """What the service takes."""
        data = dict(form.cleaned_data)
        data.pop("revision", None)
        data["amount"] = data.get("amount")
        return data

    def finish(self, motion: Motion) -> Motion:
        """Submit right away where that button was pressed."""
        if self.request.POST.get("then") == "submit" and motion.state == MotionState.DRAFT:
            return motions.submit(by=self.user, motion=motion)
        return motion

    def save(self, *, by: User, **values: Any) -> Motion:
        raise NotImplementedError

    def perform(self, form: forms.MotionForm) -> Motion | None:
        return self.run(self.save, form=form, **self.values(form))

    def get_success_url(self) -> str:
        return self.result.get_absolute_url()

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if response.status_code == 302:
            if self.result.state == MotionState.DRAFT:
                messages.success(self.request, _("Der Entwurf ist gespeichert. Nur Ihr Haus und das Büro sehen ihn."))
            elif self.request.POST.get("then") == "submit":
                messages.success(
                    self.request,
                    _("Die Vorlage %(number)s ist eingereicht. Die Geschäftsführung ist benachrichtigt.")
                    % {"number": self.result.label},
                )
            else:
                messages.success(self.request, _("Die Vorlage ist geändert; was vorher galt, bleibt gespeichert."))
        return response


class MotionCreateView(MotionFormPage):
    """Write a motion: keep it as a draft, or submit it."""

    policy = policies.submit_motion

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user, "partnership": self.partnership}

    def save(self, *, by: User, **values: Any) -> Motion:
        """Draft and submission in one transaction: a refusal keeps neither."""
        with transaction.atomic():
            return self.finish(motions.create(by=by, partnership=self.partnership, **values))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        top = reverse("committees:motion_list", kwargs={"slug": self.partnership.slug})
        return super().get_context_data(**kwargs) | {
            "heading": _("Vorlage schreiben"),
            "is_draft": True,
            "cancel_url": top,
            "breadcrumbs": [(_("Vorlagen"), top), (_("Neue Vorlage"), "")],
        }


class MotionEditView(MotionMixin, MotionFormPage, ObjectFormPage):
    """Change a draft, or a motion no committee has voted on."""

    policy = policies.amend_motion
    template_name = "committees/motion_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        motion = self.object
        first = next(iter(motion.referrals.all()), None)
        initial = {
            name: getattr(motion, name)
            for name in ("title", "text", "reasons", "effects", "amount", "is_confidential", "revision")
        }
        initial |= {
            "submitting_partner": motion.submitting_partner_id,
            "committee": first.committee_id if first else None,
            "replaces": motion.replaces.number if motion.replaces else "",
        }
        return {
            **super().get_form_kwargs(),
            "initial": initial,
            "user": self.user,
            "partnership": self.partnership,
            "motion": motion,
        }

    def save(self, *, by: User, **values: Any) -> Motion:
        revision = self.get_form().data.get("revision")
        number = int(revision) if revision and str(revision).isdecimal() else None
        with transaction.atomic():
            return self.finish(motions.edit(by=by, motion=self.object, revision=number, **values))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Vorlage ändern"),
            "is_draft": self.object.state == MotionState.DRAFT,
            "cancel_url": self.object.get_absolute_url(),
            "breadcrumbs": self.trail(_("Ändern")),
        }


class ConfirmPage(ObjectFormPage):
    """Asks once before an act; the form holds a reason where one is needed."""

    template_name = "confirm.html"
    form_class: Any = forms.NoteForm
    tone: ClassVar[str] = "danger"

    def heading(self) -> str:
        """The question, with the name of the thing."""
        raise NotImplementedError

    def consequences(self) -> Sequence[str]:
        """What happens, in sentences."""
        return ()

    def confirm_label(self) -> str:
        """The verb on the button."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "heading": self.heading(),
            "consequences": list(self.consequences()),
            "confirm_label": self.confirm_label(),
            "cancel_url": self.object.get_absolute_url(),
            "tone": self.tone,
            "breadcrumbs": self.trail(self.confirm_label()),
        }
        return context

    def trail(self, last: str = "") -> list[tuple[str, str]]:
        """The breadcrumbs down to this page."""
        raise NotImplementedError


class MotionSubmitView(MotionMixin, ConfirmPage):
    """Submit a draft."""

    policy = policies.amend_motion
    form_class = forms.forms.Form
    tone = "info"
    success_message = gettext_lazy("Die Vorlage ist eingereicht. Die Geschäftsführung ist benachrichtigt.")

    def heading(self) -> str:
        return _("Vorlage „%(title)s“ einreichen?") % {"title": self.object.title}

    def consequences(self) -> Sequence[str]:
        names = [referral.committee.name for referral in self.object.referrals.all()]
        return [
            _("Die Vorlage erhält eine Nummer und ist für alle Partner sichtbar.")
            if not self.object.is_confidential
            else _("Die Vorlage erhält eine Nummer; lesen können sie nur die beratenden Gremien und das Büro."),
            _("Sie geht an: %(names)s.") % {"names": ", ".join(names)},
        ]

    def confirm_label(self) -> str:
        return _("Vorlage einreichen")

    def perform(self, form: Any) -> Motion | None:
        return self.run(motions.submit, form=form, motion=self.object)


class MotionWithdrawView(MotionMixin, ConfirmPage):
    """Discard a draft, or withdraw a motion."""

    policy = policies.amend_motion

    def get_form_class(self) -> Any:
        return forms.forms.Form if self.object.state == MotionState.DRAFT else forms.ReasonForm

    def heading(self) -> str:
        if self.object.state == MotionState.DRAFT:
            return _("Entwurf „%(title)s“ verwerfen?") % {"title": self.object.title}
        return _("Vorlage %(number)s „%(title)s“ zurückziehen?") % {
            "number": self.object.label,
            "title": self.object.title,
        }

    def consequences(self) -> Sequence[str]:
        if self.object.state == MotionState.DRAFT:
            return [_("Der Entwurf wird nicht weiter bearbeitet. Er bleibt für Ihr Haus lesbar.")]
        return [
            _("Die Vorlage wird in keinem Gremium weiter beraten; das lässt sich nicht zurücknehmen."),
            _("Die Vorsitze der beteiligten Gremien und die Geschäftsführung erhalten eine Nachricht mit dem Grund."),
        ]

    def confirm_label(self) -> str:
        return _("Entwurf verwerfen") if self.object.state == MotionState.DRAFT else _("Vorlage zurückziehen")

    def perform(self, form: Any) -> Motion | None:
        return self.run(motions.withdraw, form=form, motion=self.object, reason=form.cleaned_data.get("reason", ""))


class MotionLapseView(MotionMixin, ConfirmPage):
    """Declare a motion settled without a decision."""

    policy = policies.manage_motion
    form_class = forms.ReasonForm

    def heading(self) -> str:
        return _("Vorlage %(number)s „%(title)s“ für erledigt erklären?") % {
            "number": self.object.label,
            "title": self.object.title,
        }

    def consequences(self) -> Sequence[str]:
        return [_("Die Vorlage wird in keinem Gremium weiter beraten; das lässt sich nicht zurücknehmen.")]

    def confirm_label(self) -> str:
        return _("Für erledigt erklären")

    def perform(self, form: Any) -> Motion | None:
        return self.run(motions.lapse, form=form, motion=self.object, reason=form.cleaned_data["reason"])


class MotionImplementView(MotionMixin, ConfirmPage):
    """Report that what was resolved is done."""

    policy = policies.report_implemented
    tone = "info"
    success_message = gettext_lazy("Die Vorlage ist als umgesetzt gemeldet.")

    def heading(self) -> str:
        return _("Vorlage %(number)s als umgesetzt melden?") % {"number": self.object.label}

    def confirm_label(self) -> str:
        return _("Als umgesetzt melden")

    def perform(self, form: Any) -> Motion | None:
        return self.run(motions.mark_implemented, form=form, motion=self.object, note=form.cleaned_data["note"])


class MotionReferView(MotionMixin, ObjectFormPage):
    """Set the way through the committees."""

    policy = policies.manage_motion
    form_class = forms.ReferForm
    template_name = "form.html"
    success_message = gettext_lazy("Der Weg durch die Gremien ist festgelegt.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "motion": self.object}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.cancel_url = self.object.get_absolute_url()
        return form

    def perform(self, form: forms.ReferForm) -> Any:
        committees, roles = form.way()
        return self.run(motions.refer, form=form, motion=self.object, committees=committees, roles=roles)

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Weg durch die Gremien"),
            "lead": _("Gremien, die schon beraten, bleiben im Weg; festgelegt wird, was danach kommt."),
            "breadcrumbs": self.trail(_("Weg festlegen")),
        }


class MotionAttachView(MotionMixin, ObjectFormPage):
    """Add a file."""

    policy = policies.amend_motion
    form_class = forms.AttachmentForm
    template_name = "form.html"
    success_message = gettext_lazy("Die Anlage ist hinzugefügt.")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.cancel_url = self.object.get_absolute_url()
        return form

    def perform(self, form: Any) -> Any:
        return self.run(motions.attach, form=form, motion=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Anlage hinzufügen"),
            "lead": self.object.title,
            "breadcrumbs": self.trail(_("Anlage")),
        }


class MotionDetachView(MotionMixin, ConfirmPage):
    """Take an attachment away."""

    policy = policies.amend_motion
    form_class = forms.forms.Form
    success_message = gettext_lazy("Die Anlage ist entfernt.")

    @cached_property
    def document(self) -> Any:
        """The attachment of the address; it must belong to this motion."""
        found = self.object.attachments.filter(pk=self.kwargs["document"]).first()
        if found is None:
            raise Http404
        return found

    def heading(self) -> str:
        return _("Anlage „%(title)s“ entfernen?") % {"title": self.document.title}

    def consequences(self) -> Sequence[str]:
        return [_("Die Vorlage verweist nicht mehr auf die Datei; die Datei selbst bleibt aufbewahrt.")]

    def confirm_label(self) -> str:
        return _("Anlage entfernen")

    def perform(self, form: Any) -> Any:
        return self.run(motions.detach, form=form, motion=self.object, document=self.document)


# --- treatment in one committee ----------------------------------------------------------------------


class ReferralMixin(ObjectMixin):
    """One committee's treatment of a motion."""

    model = Referral
    partnership_path = "motion__partnership"

    def get_queryset(self) -> QuerySet[Referral]:
        return super().get_queryset().select_related("committee", "motion__partnership")

    def trail(self, last: str = "") -> list[tuple[str, str]]:
        """The breadcrumbs down to this page."""
        motion = self.object.motion
        top = reverse("committees:motion_list", kwargs={"slug": self.partnership.slug})
        return [(_("Vorlagen"), top), (motion.label, motion.get_absolute_url()), (last, "")]


class ReferralScheduleView(ReferralMixin, Deed):
    """Put the motion on the agenda of the committee."""

    policy = policies.conduct
    success_message = gettext_lazy("Die Vorlage ist zur Beratung vorgesehen.")

    def perform(self) -> Referral | None:
        return self.run(motions.schedule, referral=self.object)


class ReferralNoteView(ReferralMixin, Deed):
    """The committee has taken note."""

    policy = policies.conduct
    success_message = gettext_lazy("Das Gremium hat die Vorlage zur Kenntnis genommen.")

    def perform(self) -> Referral | None:
        return self.run(motions.note, referral=self.object)


class ReferralDeferView(ReferralMixin, ConfirmPage):
    """Postpone the treatment."""

    policy = policies.conduct
    form_class = forms.ReasonForm
    tone = "info"
    success_message = gettext_lazy("Die Vorlage ist vertagt.")

    def heading(self) -> str:
        return _("Vorlage %(number)s in %(committee)s vertagen?") % {
            "number": self.object.motion.label,
            "committee": self.object.committee.name,
        }

    def confirm_label(self) -> str:
        return _("Vertagen")

    def perform(self, form: Any) -> Referral | None:
        return self.run(motions.defer, form=form, referral=self.object, reason=form.cleaned_data["reason"])


class ReferralOpinionView(ReferralMixin, ObjectFormPage):
    """Write why the committee recommends, or does not."""

    policy = policies.conduct
    form_class = forms.OpinionForm
    template_name = "form.html"
    success_message = gettext_lazy("Die Stellungnahme ist gespeichert und steht in der Beschlussvorlage.")

    def get_initial(self) -> dict[str, Any]:
        return {"opinion": self.object.opinion}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.cancel_url = self.object.get_absolute_url()
        return form

    def perform(self, form: Any) -> Referral | None:
        return self.run(motions.set_opinion, form=form, referral=self.object, opinion=form.cleaned_data["opinion"])

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Stellungnahme: %(committee)s") % {"committee": self.object.committee.name},
            "lead": str(self.object.motion),
            "breadcrumbs": self.trail(_("Stellungnahme")),
        }
