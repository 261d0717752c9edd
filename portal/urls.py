"""Addresses of the front door."""

from django.urls import path

from portal.views import demonstration, founding, home, partners, partnership, public, registers

app_name = "portal"

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("tisch/", home.DeskView.as_view(), name="desk"),
    path("tisch/offen/", home.DueListView.as_view(), name="due_list"),
    path("einrichten/", founding.FoundingView.as_view(), name="founding"),
    path("demonstration/anmelden/", demonstration.DemoSignInView.as_view(), name="demo_sign_in"),
    path("impressum/", public.LegalView.as_view(), {"key": "impressum"}, name="imprint"),
    path("datenschutz/", public.LegalView.as_view(), {"key": "datenschutz"}, name="privacy"),
    path("barrierefreiheit/", public.LegalView.as_view(), {"key": "barrierefreiheit"}, name="accessibility"),
    path("feedback/", public.FeedbackView.as_view(), name="feedback"),
    path("registerstaende.json", registers.RegisterHeadsView.as_view(), name="register_heads"),
    # public pages of a partnership
    path("p/<slug:slug>/", public.PartnershipPublicView.as_view(), name="partnership_public"),
    path("p/<slug:slug>/bearbeiten/", partnership.PartnershipEditView.as_view(), name="partnership_edit"),
    path("p/<slug:slug>/anfrage/", public.EnquiryCreateView.as_view(), name="enquiry_create"),
    # a partner, with what all apps know about it
    path("p/<slug:slug>/partner/<uuid:pk>/", partners.PartnerDetailView.as_view(), name="partner_detail"),
    path("p/<slug:slug>/partner/<uuid:pk>/abstimmungen/", partners.PartnerVotesView.as_view(), name="partner_votes"),
    path("p/<slug:slug>/partner/<uuid:pk>/geschichte/", partners.PartnerHistoryView.as_view(), name="partner_history"),
    path("p/<slug:slug>/unsere-organisation/", partners.OwnOrganisationView.as_view(), name="own_organisation"),
]
