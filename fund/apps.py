from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundConfig(AppConfig):
    """Money: the development fund."""

    name = "fund"
    verbose_name = _("Entwicklungsfonds")

    def ready(self) -> None:
        from fund import deeds, notifications, policies
        from partnership.db.triggers import seal
        from partnership.deeds import register as register_deeds
        from partnership.services import outbox
        from partnership.ui import badges, navigation

        seal("fund.Posting")
        navigation.register("partnership", _("Fonds"), "fund:fund_detail", 60, policy=policies.belong)
        register_deeds(deeds.NAMES)
        outbox.register_kind(notifications.RECEIVED, _("Dank für eine Zahlung"))
        outbox.register_entitlement(notifications.ENTITLEMENT, notifications.is_still_entitled)
        badges.register({"pledged": ("success", "success")})
