from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    """Organisations, partners, people and whom they speak for."""

    name = "membership"
    verbose_name = _("Mitgliedschaft")

    def ready(self) -> None:
        from membership import deeds, policies
        from partnership.deeds import register as register_deeds
        from partnership.services.outbox import register_kind
        from partnership.ui import badges, navigation

        navigation.register("partnership", _("Partner"), "membership:partner_list", 40, policy=policies.belong)
        navigation.register("office", _("Anfragen"), "membership:enquiry_list", 60, policy=policies.curate)
        navigation.register("office", _("Organisationen"), "membership:organisation_list", 61, policy=policies.curate)
        navigation.register("office", _("Partner importieren"), "membership:import_list", 62, policy=policies.curate)
        badges.register({"new": ("warning", "mail"), "answered": ("success", "success")})
        register_deeds(deeds.NAMES)
        register_kind("enquiry_received", _("Neue Anfrage"))
        register_kind("enquiry_confirmed", _("Bestätigung einer Anfrage"))
        register_kind("enquiry_answered", _("Antwort auf eine Anfrage"))
