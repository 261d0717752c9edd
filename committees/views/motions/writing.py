"""Writing and changing motions and their attachments."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import MotionState
from committees.forms import motions as forms
from committees.models import Motion
from committees.services import motions
from committees.views.motions.base import MotionMixin
from partnership.models import User
from partnership.views.base import ConfirmPage, FormPage, ObjectFormPage


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
            "matter": motion.matter_id,
            "submitting_partner": motion.submitting_partner_id,
            "concerned_partner": motion.concerned_partner_id,
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
