"""Pages of the ground within a partnership: people, appointments, documents, outbox, audit."""

from django.urls import path

from partnership.views import audit, documents, outbox, people

app_name = "partnership"

urlpatterns = [
    # people and functions
    path("personen/", people.PersonListView.as_view(), name="person_list"),
    path("personen/einladen/", people.PersonInviteView.as_view(), name="person_invite"),
    path("personen/erneut-einladen/", people.PersonReinviteView.as_view(), name="person_reinvite"),
    path("funktionen/", people.AppointmentListView.as_view(), name="appointment_list"),
    path("funktionen/neu/", people.AppointmentCreateView.as_view(), name="appointment_create"),
    path("funktionen/<uuid:pk>/beenden/", people.AppointmentEndView.as_view(), name="appointment_end"),
    # documents
    path("dokumente/", documents.DocumentListView.as_view(), name="document_list"),
    path("dokumente/neu/", documents.DocumentCreateView.as_view(), name="document_create"),
    path("dokumente/<uuid:pk>/", documents.DocumentDownloadView.as_view(), name="document_download"),
    path("dokumente/<uuid:pk>/fassungen/", documents.DocumentVersionView.as_view(), name="document_version"),
    path("dokumente/<uuid:pk>/zurueckziehen/", documents.DocumentWithdrawView.as_view(), name="document_withdraw"),
    path("dokumente/<uuid:pk>/freigeben/", documents.DocumentRestoreView.as_view(), name="document_restore"),
    # audit
    path("protokoll/", audit.AuditListView.as_view(), name="audit_list"),
    # outbox
    path("postausgang/", outbox.OutboxListView.as_view(), name="outbox_list"),
    path("postausgang/erneut-senden/", outbox.OutboxResendFailedView.as_view(), name="outbox_resend_failed"),
    path("postausgang/<uuid:pk>/", outbox.OutboxDetailView.as_view(), name="outbox_detail"),
    path("postausgang/<uuid:pk>/teil/<slug:part>/", outbox.OutboxPartView.as_view(), name="outbox_part"),
    path("postausgang/<uuid:pk>/erneut-senden/", outbox.OutboxResendView.as_view(), name="outbox_resend"),
    path("postausgang/<uuid:pk>/zurueckziehen/", outbox.OutboxWithdrawView.as_view(), name="outbox_withdraw"),
]
