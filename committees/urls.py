"""Addresses of committees."""

from django.urls import path

from committees.views import agenda, ballots, cockpit, meetings, motions, resolutions

app_name = "committees"

urlpatterns = [
    # ballots
    path("abstimmungen/", ballots.BallotListView.as_view(), name="ballot_list"),
    path("abstimmungen/neu/", ballots.BallotCreateView.as_view(), name="ballot_create"),
    path("abstimmungen/<uuid:pk>/", ballots.BallotDetailView.as_view(), name="ballot_detail"),
    path("abstimmungen/<uuid:pk>/stimme/", ballots.BallotVoteView.as_view(), name="ballot_vote"),
    path("abstimmungen/<uuid:pk>/stand/", ballots.BallotTurnoutView.as_view(), name="ballot_turnout"),
    path("abstimmungen/<uuid:pk>/stimmen.csv", ballots.BallotDownloadView.as_view(), name="ballot_download"),
    path("abstimmungen/<uuid:pk>/bearbeiten/", ballots.BallotEditView.as_view(), name="ballot_edit"),
    path("abstimmungen/<uuid:pk>/verwerfen/", ballots.BallotDiscardView.as_view(), name="ballot_discard"),
    path("abstimmungen/<uuid:pk>/eroeffnen/", ballots.BallotOpenView.as_view(), name="ballot_open"),
    path("abstimmungen/<uuid:pk>/schliessen/", ballots.BallotCloseView.as_view(), name="ballot_close"),
    path("abstimmungen/<uuid:pk>/vorzeitig/", ballots.BallotCloseEarlyView.as_view(), name="ballot_close_early"),
    path("abstimmungen/<uuid:pk>/stichentscheid/", ballots.BallotBreakTieView.as_view(), name="ballot_break_tie"),
    path("abstimmungen/<uuid:pk>/feststellen/", ballots.BallotDeclareView.as_view(), name="ballot_declare"),
    path("abstimmungen/<uuid:pk>/aufheben/", ballots.BallotAnnulView.as_view(), name="ballot_annul"),
    path("abstimmungen/<uuid:pk>/antrag-zuruecknehmen/", ballots.BallotWithdrawView.as_view(), name="ballot_withdraw"),
    path("abstimmungen/<uuid:pk>/widerspruch/", ballots.BallotObjectView.as_view(), name="ballot_object"),
    path("abstimmungen/<uuid:pk>/befangenheit/", ballots.BallotExcludeView.as_view(), name="ballot_exclude"),
    path(
        "abstimmungen/<uuid:pk>/befangenheit/<uuid:partner>/zuruecknehmen/",
        ballots.BallotIncludeView.as_view(),
        name="ballot_include",
    ),
    path("abstimmungen/<uuid:pk>/handzeichen/", ballots.BallotHandsView.as_view(), name="ballot_hands"),
    path("abstimmungen/<uuid:pk>/erinnern/", ballots.BallotRemindView.as_view(), name="ballot_remind"),
    # motions
    path("vorlagen/", motions.MotionListView.as_view(), name="motion_list"),
    path("vorlagen/neu/", motions.MotionCreateView.as_view(), name="motion_create"),
    path("vorlagen/<uuid:pk>/", motions.MotionDetailView.as_view(), name="motion_detail"),
    path("vorlagen/<uuid:pk>/bearbeiten/", motions.MotionEditView.as_view(), name="motion_edit"),
    path("vorlagen/<uuid:pk>/einreichen/", motions.MotionSubmitView.as_view(), name="motion_submit"),
    path("vorlagen/<uuid:pk>/zurueckziehen/", motions.MotionWithdrawView.as_view(), name="motion_withdraw"),
    path("vorlagen/<uuid:pk>/erledigt/", motions.MotionLapseView.as_view(), name="motion_lapse"),
    path("vorlagen/<uuid:pk>/umgesetzt/", motions.MotionImplementView.as_view(), name="motion_implement"),
    path("vorlagen/<uuid:pk>/weg/", motions.MotionReferView.as_view(), name="motion_refer"),
    path("vorlagen/<uuid:pk>/anlage/", motions.MotionAttachView.as_view(), name="motion_attach"),
    path(
        "vorlagen/<uuid:pk>/anlage/<uuid:document>/entfernen/",
        motions.MotionDetachView.as_view(),
        name="motion_detach",
    ),
    path("vorlagen/<uuid:pk>/drucken/", motions.MotionPrintView.as_view(), name="motion_print"),
    path("vorlagen/<uuid:pk>/beschlussvorlage.pdf", motions.MotionPdfView.as_view(), name="motion_pdf"),
    path("beratungen/<uuid:pk>/vorsehen/", motions.ReferralScheduleView.as_view(), name="referral_schedule"),
    path("beratungen/<uuid:pk>/vertagen/", motions.ReferralDeferView.as_view(), name="referral_defer"),
    path("beratungen/<uuid:pk>/zur-kenntnis/", motions.ReferralNoteView.as_view(), name="referral_note"),
    path("beratungen/<uuid:pk>/stellungnahme/", motions.ReferralOpinionView.as_view(), name="referral_opinion"),
    # register
    path("beschluesse/", resolutions.ResolutionListView.as_view(), name="resolution_list"),
    path("beschluesse/pruefen/", resolutions.RegisterVerifyView.as_view(), name="register_verify"),
    path("beschluesse/pruefprogramm/", resolutions.RegisterVerifierView.as_view(), name="register_verifier"),
    path("beschluesse/register.json", resolutions.RegisterJsonView.as_view(), name="register_json"),
    path("beschluesse/tabelle/", resolutions.RegisterTableView.as_view(), name="register_table"),
    path("beschluesse/<uuid:pk>/", resolutions.ResolutionDetailView.as_view(), name="resolution_detail"),
    path("beschluesse/<uuid:pk>/ausfertigung.pdf", resolutions.ResolutionPdfView.as_view(), name="resolution_pdf"),
    path(
        "beschluesse/<uuid:pk>/veroeffentlichen/",
        resolutions.ResolutionPublishView.as_view(),
        name="resolution_publish",
    ),
    path("beschluesse/<uuid:pk>/berichtigen/", resolutions.ResolutionCorrectView.as_view(), name="resolution_correct"),
    # register, for everybody
    path(
        "oeffentlich/beschluesse/",
        resolutions.ResolutionPublicListView.as_view(),
        name="resolution_public_list",
    ),
    path(
        "oeffentlich/beschluesse/register.json",
        resolutions.RegisterPublicJsonView.as_view(),
        name="register_public_json",
    ),
    path(
        "oeffentlich/beschluesse/<uuid:pk>/",
        resolutions.ResolutionPublicDetailView.as_view(),
        name="resolution_public_detail",
    ),
    # meetings
    path("sitzungen/", meetings.MeetingListView.as_view(), name="meeting_list"),
    path("gremien/<uuid:pk>/sitzungen/neu/", meetings.MeetingCreateView.as_view(), name="meeting_create"),
    path("sitzungen/<uuid:pk>/", meetings.MeetingDetailView.as_view(), name="meeting_detail"),
    path("sitzungen/<uuid:pk>/bearbeiten/", meetings.MeetingEditView.as_view(), name="meeting_edit"),
    path("sitzungen/<uuid:pk>/absagen/", meetings.MeetingCancelView.as_view(), name="meeting_cancel"),
    path("sitzungen/<uuid:pk>/antwort/", meetings.MeetingAnswerView.as_view(), name="meeting_answer"),
    path("sitzungen/<uuid:pk>/kalender.ics", meetings.MeetingCalendarView.as_view(), name="meeting_calendar"),
    path("sitzungen/<uuid:pk>/unterlagen.zip", meetings.MeetingPapersView.as_view(), name="meeting_papers"),
    path("sitzungen/<uuid:pk>/einladung/", meetings.MeetingInvitationView.as_view(), name="meeting_invitation"),
    path("sitzungen/<uuid:pk>/einladung/vorschau/", meetings.MeetingPreviewView.as_view(), name="meeting_preview"),
    path("sitzungen/<uuid:pk>/einladung/test/", meetings.MeetingTestView.as_view(), name="meeting_test"),
    path("sitzungen/<uuid:pk>/einladung/nachladen/", meetings.MeetingNewcomersView.as_view(), name="meeting_newcomers"),
    path("sitzungen/<uuid:pk>/protokoll/", meetings.MeetingProtocolView.as_view(), name="meeting_protocol"),
    path("sitzungen/<uuid:pk>/protokoll.pdf", meetings.MeetingProtocolPdfView.as_view(), name="meeting_protocol_pdf"),
    # agenda
    path("sitzungen/<uuid:pk>/tagesordnung/", agenda.AgendaEditView.as_view(), name="agenda_edit"),
    path("sitzungen/<uuid:pk>/tagesordnung/neu/", agenda.AgendaItemCreateView.as_view(), name="agenda_item_create"),
    path("sitzungen/<uuid:pk>/tagesordnung/vorlage/", agenda.AgendaMotionView.as_view(), name="agenda_motion"),
    path("sitzungen/<uuid:pk>/tagesordnung/uebernehmen/", agenda.AgendaCarryView.as_view(), name="agenda_carry"),
    path("tagesordnung/<uuid:pk>/bearbeiten/", agenda.AgendaItemEditView.as_view(), name="agenda_item_edit"),
    path("tagesordnung/<uuid:pk>/verschieben/", agenda.AgendaItemMoveView.as_view(), name="agenda_item_move"),
    path("tagesordnung/<uuid:pk>/loeschen/", agenda.AgendaItemDeleteView.as_view(), name="agenda_item_delete"),
    path("tagesordnung/<uuid:pk>/unterlage/", agenda.AgendaPaperCreateView.as_view(), name="agenda_paper_create"),
    path(
        "tagesordnung/<uuid:pk>/unterlage/<uuid:document>/zurueckziehen/",
        agenda.AgendaPaperDeleteView.as_view(),
        name="agenda_paper_delete",
    ),
    # cockpit
    path("sitzungen/<uuid:pk>/leitung/", cockpit.MeetingCockpitView.as_view(), name="meeting_cockpit"),
    path("sitzungen/<uuid:pk>/leitung/stand/", cockpit.MeetingLiveView.as_view(), name="meeting_live"),
    path("sitzungen/<uuid:pk>/eroeffnen/", cockpit.MeetingStartView.as_view(), name="meeting_start"),
    path("sitzungen/<uuid:pk>/schliessen/", cockpit.MeetingCloseView.as_view(), name="meeting_close"),
    path("sitzungen/<uuid:pk>/anwesenheit/", cockpit.AttendanceRecordView.as_view(), name="attendance_record"),
    path("tagesordnung/<uuid:pk>/schritt/", cockpit.AgendaItemStepView.as_view(), name="agenda_item_step"),
]
