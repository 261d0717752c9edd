"""The list of motions and the Beschlussvorlage, on the page, on paper, as PDF."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import MotionState, ReferralRole, ReferralState
from committees.forms import motions as forms
from committees.models import Motion, Referral
from committees.rules import lifecycles
from committees.services import motions
from committees.views.motions.amendments import amendments_of
from committees.views.motions.base import MotionMixin
from committees.views.motions.shown import advice_for, files_of, history_of, way_of
from partnership.access import Policy
from partnership.exports import tables
from partnership.ui.tags import money
from partnership.views.base import ObjectPage, PolicyMixin
from partnership.views.exports import ExportedList


@dataclass(frozen=True)
class Button:
    """One thing a person may do here."""

    label: str
    url: str
    is_primary: bool = False


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
            **amendments_of(self.user, motion),
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
