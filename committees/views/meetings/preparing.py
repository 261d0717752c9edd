"""Creating, changing and cancelling a meeting."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import MeetingState
from committees.forms.meetings import CancelForm, MeetingForm, NewMeetingForm
from committees.models import Committee, Meeting
from committees.services import meetings
from committees.views.meetings.base import MeetingMixin
from partnership.views.base import ObjectFormPage

# "13" of "13. Sitzung des Strategischen Komitees".
NUMBER = re.compile(r"\d{1,4}(?=\. )", re.ASCII)
# Meetings looked at for the number of the next one.
RECENT = 20


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
        last = Meeting.objects.filter(committee=self.object).order_by("-starts_at").first()
        return super().get_initial() | {
            "title": self._next_title(),
            "place": last.place if last else "",
            "video_url": last.video_url if last else "",
        }

    def _next_title(self) -> str:
        """The title of the meeting with the highest number, with the next one."""
        held = Meeting.objects.filter(committee=self.object).exclude(state=MeetingState.CANCELLED)
        titles = held.order_by("-starts_at").values_list("title", flat=True)[:RECENT]
        numbered = [(int(found[0]), title[found.end() :]) for title in titles if (found := NUMBER.match(title))]
        if numbered:
            number, rest = max(numbered, key=lambda pair: pair[0])
            return f"{number + 1}{rest}"
        return _("%(number)s. Sitzung %(committee)s") % {"number": held.count() + 1, "committee": self.object.name}

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
