"""Addresses of fund."""

app_name = "fund"

urlpatterns: list = []
