"""Addresses of the front door."""

from django.urls import path

from portal.views import home

app_name = "portal"

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("tisch/", home.DeskView.as_view(), name="desk"),
]
