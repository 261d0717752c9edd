"""Addresses of committees."""

from django.urls import path

from committees.views import motions, resolutions

app_name = "committees"

urlpatterns = [
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
    path("beschluesse/register.csv", resolutions.RegisterCsvView.as_view(), name="register_csv"),
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
]
