"""The result protocol, as a page and as PDF."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import MeetingState
from committees.exports import protocol, protocol_pdf
from committees.models import Meeting
from committees.views.meetings.base import MeetingMixin
from partnership.views.base import ObjectPage


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
