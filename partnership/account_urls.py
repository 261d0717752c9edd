"""Signing in and one's own account; most pages are allauth's."""

from django.urls import include, path

from partnership.views import accounts

urlpatterns = [
    path("einladung/<str:secret>/", accounts.InvitationAcceptView.as_view(), name="invitation_accept"),
    path("profil/", accounts.ProfileView.as_view(), name="profile"),
    path("sitzungen/", include("allauth.usersessions.urls")),
    path("", include("allauth.account.urls")),
]
