from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The front door: public pages and Mein Tisch; composes, owns no rules."""

    name = "portal"
    verbose_name = _("Portal")
