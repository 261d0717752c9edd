from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    """Meetings, motions, ballots, resolutions."""

    name = "committees"
    verbose_name = _("Gremien")

    def ready(self) -> None:
        from committees import ties  # noqa: F401 - registers delegations as ties
        from committees import guards
        from committees.notifications import ballots

        guards.register()
        ballots.register()
        self._register_meetings()
        self._register_motions()

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
        from committees.notifications import motions, resolutions
        from partnership.services import documents
        from partnership.ui import navigation

        motions.register()
        resolutions.register()
        documents.register_scope("committees.motion", queries.may_read_motion)
        navigation.register("partnership", _("Vorlagen"), "committees:motion_list", 30, policy=policies.belong)
        navigation.register("partnership", _("Beschlüsse"), "committees:resolution_list", 50, policy=policies.belong)
