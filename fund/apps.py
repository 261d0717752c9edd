from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundConfig(AppConfig):
    """Money: the development fund."""

    name = "fund"
    verbose_name = _("Entwicklungsfonds")

    def ready(self) -> None:
        from partnership.db.triggers import seal

        seal("fund.Posting")
