from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    """Meetings, motions, ballots, resolutions."""

    name = "committees"
    verbose_name = _("Gremien")

    def ready(self) -> None:
        from committees import ties  # noqa: F401 - registers delegations as ties
        from partnership.db.triggers import seal

        for label in ("Vote", "Participation", "Resolution", "ResolutionPart"):
            seal(f"committees.{label}")
