"""Pages about meetings: list, create, invite, answer, read, file away."""

from committees.views.meetings.inviting import (
    MeetingInvitationView,
    MeetingNewcomersView,
    MeetingPreviewView,
    MeetingTestView,
)
from committees.views.meetings.lists import MeetingListView
from committees.views.meetings.preparing import MeetingCancelView, MeetingCreateView, MeetingEditView
from committees.views.meetings.protocols import MeetingProtocolPdfView, MeetingProtocolView
from committees.views.meetings.reading import (
    MeetingAnswerView,
    MeetingCalendarView,
    MeetingDetailView,
    MeetingPapersView,
)

__all__ = [
    "MeetingAnswerView",
    "MeetingCalendarView",
    "MeetingCancelView",
    "MeetingCreateView",
    "MeetingDetailView",
    "MeetingEditView",
    "MeetingInvitationView",
    "MeetingListView",
    "MeetingNewcomersView",
    "MeetingPapersView",
    "MeetingPreviewView",
    "MeetingProtocolPdfView",
    "MeetingProtocolView",
    "MeetingTestView",
]
