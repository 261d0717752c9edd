"""The steps of a motion: submitting, ending, reporting, its way through the committees."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import MotionState
from committees.forms import motions as forms
from committees.models import Motion
from committees.services import motions
from committees.views.motions.base import MotionMixin
from partnership.views.base import ConfirmPage, ObjectFormPage


class MotionSubmitView(MotionMixin, ConfirmPage):
    """Submit a draft."""

    policy = policies.amend_motion
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
    form_class = forms.NoteForm
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
