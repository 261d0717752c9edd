"""Addresses of committees."""

app_name = "committees"

urlpatterns: list = []
