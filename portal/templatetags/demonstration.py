"""`{% demo_roles %}`: the sign-in buttons of the demonstration, nothing elsewhere."""

from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext

from portal.demo.content import PERSONAS

register = template.Library()


@register.inclusion_tag("portal/partials/demo_roles.html", takes_context=True)
def demo_roles(context: RequestContext, next_page: str = "") -> dict[str, Any]:
    """Buttons for each role; `next_page` is where they lead."""
    return {
        "personas": PERSONAS if settings.KONVENT_DEMO else (),
        "next": next_page,
        "csrf_token": context.get("csrf_token"),
    }
