"""Signing in and one's own account. Pages of allauth that a person may need; nobody signs up or adds addresses."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from partnership.views import accounts

urlpatterns = [
    path("einladung/<str:secret>/", accounts.InvitationAcceptView.as_view(), name="invitation_accept"),
    path("profil/", accounts.ProfileView.as_view(), name="profile"),
    path("sitzungen/", include("allauth.usersessions.urls")),
    path("anmelden/", allauth.login, name="account_login"),
    path("abmelden/", allauth.logout, name="account_logout"),
    path("gesperrt/", allauth.account_inactive, name="account_inactive"),
    # allauth's pages link here; the page says that accounts come by invitation.
    path("neu/", allauth.signup, name="account_signup"),
    path("bestaetigen/", allauth.reauthenticate, name="account_reauthenticate"),
    path("passwort/aendern/", allauth.password_change, name="account_change_password"),
    path("passwort/setzen/", allauth.password_set, name="account_set_password"),
    path("passwort/vergessen/", allauth.password_reset, name="account_reset_password"),
    path("passwort/vergessen/gesendet/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("passwort/neu/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
