from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The front door: public pages and Mein Tisch; composes, owns no rules."""

    name = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from membership import policies as member_policies
        from partnership import policies
        from partnership.ui import navigation

        navigation.register("main", _("Mein Tisch"), "portal:desk", 10, policy=lambda user, _p: user.is_authenticated)
        navigation.register("main", _("Partnerschaften"), "portal:home", 20)
        navigation.register("partnership", _("Überblick"), "portal:partnership_public", 10, is_exact=True)
        navigation.register(
            "partnership",
            _("Unsere Organisation"),
            "portal:own_organisation",
            45,
            policy=member_policies.administer_partners,
        )
        navigation.register(
            "office", _("Partnerschaft bearbeiten"), "portal:partnership_edit", 80, policy=policies.act_as_office
        )
        navigation.register("account", _("Mein Profil"), "profile", 10, policy=policies.signed_in)
        navigation.register("account", _("Angemeldete Geräte"), "usersessions_list", 20, policy=policies.signed_in)
        navigation.register("account", _("Verwaltung"), "admin:index", 30, policy=policies.staff)
        navigation.register("office", _("Personen"), "partnership:person_list", 60, policy=policies.curate)
        navigation.register(
            "office", _("Funktionen"), "partnership:appointment_list", 70, policy=policies.act_as_office
        )
        navigation.register("office", _("Protokoll"), "partnership:audit_list", 90, policy=policies.act_as_office)
        navigation.register("partnership", _("Dokumente"), "partnership:document_list", 80, policy=policies.belong)
        navigation.register("footer", _("Impressum"), "portal:imprint", 10)
        navigation.register("footer", _("Datenschutz"), "portal:privacy", 20)
        navigation.register("footer", _("Barrierefreiheit"), "portal:accessibility", 30)
        navigation.register("footer", _("Feedback geben"), "portal:feedback", 40)
