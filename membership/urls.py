"""Addresses of membership."""

from django.urls import path

from membership.views import administrators, contacts, enquiries, imports, organisations, partners

app_name = "membership"

urlpatterns = [
    # partners
    path("partner/", partners.PartnerListView.as_view(), name="partner_list"),
    path("partner/neu/", partners.PartnerCreateView.as_view(), name="partner_create"),
    path("partner/<uuid:pk>/bearbeiten/", partners.PartnerUpdateView.as_view(), name="partner_update"),
    path("partner/<uuid:pk>/tatsache/", partners.StandingCreateView.as_view(), name="standing_create"),
    path("partner/<uuid:pk>/ende/", partners.PartnerEndView.as_view(), name="partner_end"),
    path(
        "partner/<uuid:pk>/organisation/<uuid:organisation>/",
        organisations.PartnerOrganisationUpdateView.as_view(),
        name="partner_organisation_update",
    ),
    path(
        "partner/<uuid:pk>/verwaltung/neu/",
        administrators.PartnerAdminCreateView.as_view(),
        name="partner_admin_create",
    ),
    path(
        "partner/<uuid:pk>/verwaltung/<uuid:appointment>/ende/",
        administrators.PartnerAdminEndView.as_view(),
        name="partner_admin_end",
    ),
    # contacts
    path("partner/<uuid:pk>/ansprechperson/neu/", contacts.ContactCreateView.as_view(), name="contact_create"),
    path(
        "partner/<uuid:pk>/ansprechperson/<uuid:contact>/",
        contacts.ContactUpdateView.as_view(),
        name="contact_update",
    ),
    path(
        "partner/<uuid:pk>/ansprechperson/<uuid:contact>/entfernen/",
        contacts.ContactDeleteView.as_view(),
        name="contact_delete",
    ),
    # organisations
    path("organisationen/", organisations.OrganisationListView.as_view(), name="organisation_list"),
    path("organisationen/neu/", organisations.OrganisationCreateView.as_view(), name="organisation_create"),
    path("organisationen/<uuid:pk>/", organisations.OrganisationUpdateView.as_view(), name="organisation_update"),
    # imports
    path("import/", imports.ImportListView.as_view(), name="import_list"),
    path("import/neu/", imports.ImportCreateView.as_view(), name="import_create"),
    path("import/vorlage/", imports.ImportTemplateView.as_view(), name="import_template"),
    path("import/<uuid:pk>/", imports.ImportDetailView.as_view(), name="import_detail"),
    path("import/<uuid:pk>/stand/", imports.ImportProgressView.as_view(), name="import_progress"),
    path("import/<uuid:pk>/erneuern/", imports.ImportRefreshView.as_view(), name="import_refresh"),
    # enquiries
    path("anfragen/", enquiries.EnquiryListView.as_view(), name="enquiry_list"),
    path("anfragen/<uuid:pk>/", enquiries.EnquiryDetailView.as_view(), name="enquiry_detail"),
    path("anfragen/<uuid:pk>/erledigt/", enquiries.EnquiryCloseView.as_view(), name="enquiry_close"),
    path("anfragen/<uuid:pk>/wieder-oeffnen/", enquiries.EnquiryReopenView.as_view(), name="enquiry_reopen"),
]
