"""The page before sending, and what is sent."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committees import policies
from committees.enums import MeetingState
from committees.forms.meetings import WaiverForm
from committees.notifications import meetings as notifications
from committees.services import meetings, revisions
from committees.views.meetings.base import MeetingMixin
from partnership.views.base import Deed, FormPage, ObjectPage


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
