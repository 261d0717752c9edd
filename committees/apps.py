from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    """Meetings, motions, ballots, resolutions."""

    name = "committees"
    verbose_name = _("Gremien")

    def ready(self) -> None:
        from committees import (
            deeds,
            guards,
            sealing,
            ties,  # noqa: F401 - registers delegations as ties
        )
        from partnership.deeds import register as register_deeds

        guards.register()
        register_deeds(deeds.NAMES)
        sealing.register()
        self._register_ballots()
        self._register_seats()
        self._register_meetings()
        self._register_motions()

    def _register_seats(self) -> None:
        from committees import policies, receivers, seats  # noqa: F401 - receivers connects itself
        from committees.services.delegate_imports import DelegatePart
        from membership.queries import register_list_column, register_list_filter
        from membership.services.imports import register_part
        from partnership.policies import act_as_office
        from partnership.ui import navigation

        register_list_filter(seats.LIST_FILTER)
        register_list_column(seats.LIST_COLUMN)
        register_part(DelegatePart())
        navigation.register("partnership", _("Gremien"), "committees:committee_list", 15, policy=policies.belong)
        navigation.register("office", _("Schlüssel und Stimmgewichte"), "committees:key_list", 64, policy=act_as_office)
        navigation.register(
            "office", _("Arten von Angelegenheiten"), "committees:matter_list", 65, policy=act_as_office
        )

    def _register_ballots(self) -> None:
        from committees import policies
        from committees.notifications import ballots, proxies
        from partnership.ui import navigation

        ballots.register()
        proxies.register()
        navigation.register("partnership", _("Abstimmungen"), "committees:ballot_list", 40, policy=policies.belong)

    def _register_meetings(self) -> None:
        from committees import policies, queries
        from committees.notifications import meetings
        from partnership.services import documents
        from partnership.ui import navigation

        meetings.register()
        documents.register_scope("committees.agendaitem", queries.may_read_item)
        navigation.register("partnership", _("Sitzungen"), "committees:meeting_list", 20, policy=policies.belong)

    def _register_motions(self) -> None:
        from committees import policies, queries
        from committees.notifications import findings, motions, reservations, resolutions
        from committees.services import register
        from partnership.outbox.witness import register_witness
        from partnership.services import documents
        from partnership.ui import badges, navigation

        motions.register()
        resolutions.register()
        reservations.register()
        findings.register()
        register_witness(register.witness)
        badges.register(
            {
                "no_quorum": ("warning", "warning"),
                "tie": ("warning", "warning"),
                "voided": ("neutral", "close"),
                "corrected": ("info", "edit"),
                "published": ("success", "visibility"),
                "effective": ("success", "check"),
                "lapsed": ("danger", "close"),
                "undecided": ("warning", "warning"),
            }
        )
        documents.register_scope("committees.motion", queries.may_read_motion)
        navigation.register("partnership", _("Vorlagen"), "committees:motion_list", 30, policy=policies.belong)
        navigation.register("partnership", _("Beschlüsse"), "committees:resolution_list", 50, policy=policies.belong)
