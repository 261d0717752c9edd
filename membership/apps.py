from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    """Organisations, partners, people and whom they speak for."""

    name = "membership"
    verbose_name = _("Mitgliedschaft")
