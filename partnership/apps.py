from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PartnershipConfig(AppConfig):
    """The ground: partnerships, accounts, access, audit, outbox, documents."""

    name = "partnership"
    verbose_name = _("Partnerschaften und Konten")

    def ready(self) -> None:
        from partnership import (
            accounts,  # noqa: F401 - connects to sign-in
            deeds,
            ties,  # noqa: F401 - brings appointments
        )
        from partnership.access import checks  # noqa: F401 - registers the system check
        from partnership.db.triggers import install_after_migrate

        _register_kinds()
        _register_navigation()
        deeds.register(deeds.NAMES)
        post_migrate.connect(install_after_migrate, dispatch_uid="konvent-triggers")


def _register_kinds() -> None:
    from partnership.outbox.kinds import register_kind

    register_kind("account_invitation", _("Einladung zum Portal"), is_personal=True)
    register_kind("password_reset", _("Neues Passwort"), is_personal=True)
    register_kind("feedback", _("Rückmeldung zum Portal"))


def _register_navigation() -> None:
    from django.conf import settings

    from partnership import policies
    from partnership.ui import navigation

    navigation.register(
        "office", _("Postausgang"), "partnership:outbox_list", 70, policy=policies.act_as_office, icon="mail"
    )
    if settings.KONVENT_DEMO:
        navigation.register("main", _("Postausgang der Demonstration"), "sent_mail_list", 90, icon="mail")
