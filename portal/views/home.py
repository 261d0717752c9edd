"""The front door and Mein Tisch."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from committees.models import Committee
from partnership import policies
from partnership.access import ties
from partnership.models import Partnership
from partnership.views.base import Page
from portal import policies as portal_policies
from portal import queries
from portal.dues import WORDS, Dues

# As many as one looks over at a glance; the rest stand on a page of their own.
SOONEST = 10


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
        dues = Dues(self.user)
        return super().get_context_data(**kwargs) | {
            "dues": dues[:SOONEST] if dues else [],
            "dues_count": len(dues),
            "meetings": queries.next_meetings(self.user),
            "resolutions": queries.new_resolutions(self.user),
            "partnerships": Partnership.objects.visible_to(self.user),
            "committees": Committee.objects.filter(pk__in=held.ids("committees.committee")).select_related(
                "partnership"
            ),
        }


class DueListView(Page):
    """All that waits for somebody, page by page; `?art=` narrows it to one kind."""

    policy = policies.signed_in
    template_name = "portal/due_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dues = Dues(self.user, only=self.request.GET.get("art", ""))
        counts = dues.counts
        kinds = [(key, words[1], counts[key]) for key, words in WORDS.items() if counts.get(key)]
        return super().get_context_data(**kwargs) | {
            "page_obj": Paginator(dues, 50).get_page(self.request.GET.get("page", 1)),
            "dues_count": sum(counts.values()),
            "tabs": [
                {"label": _("Alles"), "url": "?", "is_current": not dues.only, "count": sum(counts.values())},
                *(
                    {"label": label, "url": f"?art={key}", "is_current": dues.only == key, "count": count}
                    for key, label, count in kinds
                ),
            ],
            "breadcrumbs": [(_("Mein Tisch"), reverse("portal:desk")), (_("Das wartet auf Sie"), "")],
        }
