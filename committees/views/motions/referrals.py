"""A motion's treatment in one committee."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.forms import motions as forms
from committees.models import Referral
from committees.services import motions
from partnership.views.base import ConfirmPage, Deed, ObjectFormPage, ObjectMixin


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
