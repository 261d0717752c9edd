"""Deny by default: every address carries a policy, or the start fails."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from partnership.access.policy import Policy


def walk(patterns: list[Any], prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every address of the site as (route, full name, callback)."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (namespace, pattern.namespace or "")))
            yield from walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, ":".join(filter(None, (namespace, pattern.name or ""))), pattern.callback


def policy_of(callback: Any, name: str) -> Policy | None:
    """The policy a view carries, or the one written down for a library's page."""
    from partnership.access.third_party import policy_for

    view_class = getattr(callback, "view_class", None)
    found = getattr(view_class, "policy", None) or getattr(callback, "policy", None)
    if isinstance(found, Policy):
        return found
    return policy_for(name)


@register("access")
def every_address_has_a_policy(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """System check: names each address whose view carries no policy."""
    return [
        Error(f"/{route} ({name or 'unnamed'}) carries no policy", id="konvent.E001")
        for route, name, callback in walk(get_resolver().url_patterns)
        if policy_of(callback, name) is None
    ]
