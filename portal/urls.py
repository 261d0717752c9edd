"""Addresses of the front door."""

from django.urls import path

from portal.views import demonstration, founding, home, public

app_name = "portal"

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("tisch/", home.DeskView.as_view(), name="desk"),
    path("einrichten/", founding.FoundingView.as_view(), name="founding"),
    path("demonstration/anmelden/", demonstration.DemoSignInView.as_view(), name="demo_sign_in"),
    path("impressum/", public.LegalView.as_view(), {"key": "impressum"}, name="imprint"),
    path("datenschutz/", public.LegalView.as_view(), {"key": "datenschutz"}, name="privacy"),
    path("barrierefreiheit/", public.LegalView.as_view(), {"key": "barrierefreiheit"}, name="accessibility"),
    path("feedback/", public.FeedbackView.as_view(), name="feedback"),
    # public pages of a partnership
    path("p/<slug:slug>/", public.PartnershipPublicView.as_view(), name="partnership_public"),
    path("p/<slug:slug>/anfrage/", public.EnquiryCreateView.as_view(), name="enquiry_create"),
]
