"""The front door and Mein Tisch."""

from partnership import policies
from partnership.views.base import Page


class HomeView(Page):
    """The list of public partnerships."""

    policy = policies.anyone
    template_name = "portal/home.html"


class DeskView(Page):
    """What I owe, soonest first."""

    policy = policies.signed_in
    template_name = "portal/desk.html"
