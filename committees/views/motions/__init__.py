"""Pages about motions: reading, writing and moving them on their way, and their treatment in a committee."""

from committees.views.motions.amendments import (
    AmendmentBallotView,
    AmendmentCreateView,
    AmendmentMoveView,
    AmendmentWithdrawView,
)
from committees.views.motions.reading import MotionDetailView, MotionListView, MotionPdfView, MotionPrintView
from committees.views.motions.referrals import (
    ReferralDeferView,
    ReferralNoteView,
    ReferralOpinionView,
    ReferralScheduleView,
)
from committees.views.motions.steps import (
    MotionImplementView,
    MotionLapseView,
    MotionReferView,
    MotionSubmitView,
    MotionWithdrawView,
)
from committees.views.motions.writing import MotionAttachView, MotionCreateView, MotionDetachView, MotionEditView

__all__ = [
    "AmendmentBallotView",
    "AmendmentCreateView",
    "AmendmentMoveView",
    "AmendmentWithdrawView",
    "MotionAttachView",
    "MotionCreateView",
    "MotionDetachView",
    "MotionDetailView",
    "MotionEditView",
    "MotionImplementView",
    "MotionLapseView",
    "MotionListView",
    "MotionPdfView",
    "MotionPrintView",
    "MotionReferView",
    "MotionSubmitView",
    "MotionWithdrawView",
    "ReferralDeferView",
    "ReferralNoteView",
    "ReferralOpinionView",
    "ReferralScheduleView",
]
