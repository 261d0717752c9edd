"""The front door and Mein Tisch."""

from typing import Any

from committees.models import Committee
from partnership import policies
from partnership.access import ties
from partnership.models import Partnership
from partnership.views.base import Page
from portal import policies as portal_policies
from portal import queries


class HomeView(Page):
    """Public partnerships of this installation; on an empty one, the way to set up the first."""

    policy = policies.anyone
    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "partnerships": Partnership.objects.filter(is_public=True),
            "may_found": bool(portal_policies.found(self.request.user)),
        }


class DeskView(Page):
    """Mein Tisch: what I owe, soonest first; next meetings; new resolutions."""

    policy = policies.signed_in
    template_name = "portal/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = ties(self.user)
        return super().get_context_data(**kwargs) | {
            "dues": queries.dues(self.user),
            "meetings": queries.next_meetings(self.user),
            "resolutions": queries.new_resolutions(self.user),
            "partnerships": Partnership.objects.visible_to(self.user),
            "committees": Committee.objects.filter(pk__in=held.ids("committees.committee")).select_related(
                "partnership"
            ),
        }
