"""Signing in and one's own account; most pages are allauth's."""

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("sitzungen/", include("allauth.usersessions.urls")),
]
