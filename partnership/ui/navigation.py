"""The menus of the page frame. Apps fill them in `AppConfig.ready()`; the frame only draws them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_urlconf, reverse

AREAS = ("main", "partnership", "office", "account", "footer")
"""main: everywhere; partnership, office: inside one partnership; account: the person's menu; footer."""

Policy = Callable[[Any, Any], object]
"""Called with (user, partnership or None); whatever is true lets the entry show."""


@dataclass(frozen=True)
class Entry:
    """One line of a menu, as an app registered it."""

    area: str
    label: Any
    url_name: str
    order: int = 100
    policy: Policy | None = None
    icon: str = ""
    is_exact: bool = False

    def url(self, partnership: Any = None) -> str:
        """The address of the entry, inside a partnership where its area is bound to one.

        Raises NoReverseMatch when the name is unknown.
        """
        return address(self.url_name, partnership.slug if self.area in ("partnership", "office") else None)


def address(url_name: str, slug: str | None = None) -> str:
    """The address of a page of the frame. Raises NoReverseMatch."""
    return _address(url_name, slug, get_urlconf())


@lru_cache(maxsize=4096)
def _address(url_name: str, slug: str | None, urlconf: str | None) -> str:
    """Each address is worked out once for a process: menus stand on every page."""
    return reverse(url_name, urlconf, kwargs={"slug": slug} if slug is not None else None)


@dataclass(frozen=True)
class Link:
    """One line of a menu, as this page shows it."""

    label: str
    url: str
    icon: str = ""
    is_current: bool = False


_entries: dict[tuple[str, str], Entry] = {}


def register(
    area: str,
    label: Any,
    url_name: str,
    order: int = 100,
    *,
    policy: Policy | None = None,
    icon: str = "",
    is_exact: bool = False,
) -> None:
    """Put a line into a menu. Registering the same name in the same area again replaces it.

    `is_exact`: marked as current on its own page only, not on those below its address.
    """
    if area not in AREAS:
        raise ValueError(f"unknown navigation area {area!r}, known: {', '.join(AREAS)}")
    _entries[(area, url_name)] = Entry(area, label, url_name, order, policy, icon, is_exact)


def entries(area: str | None = None) -> list[Entry]:
    """What is registered, in the order of the menu."""
    found = [entry for entry in _entries.values() if area is None or entry.area == area]
    return sorted(found, key=lambda entry: (entry.order, entry.url_name))


def links(area: str, *, user: Any, partnership: Any = None, path: str = "") -> list[Link]:
    """The lines of one menu for this person on this page.

    A name that leads nowhere is left out, so that a missing page never breaks every other one
    (a test holds that all names resolve).
    """
    if area in ("partnership", "office") and partnership is None:
        return []
    found: list[tuple[Entry, str]] = []
    for entry in entries(area):
        try:
            url = entry.url(partnership)
        except NoReverseMatch:
            continue
        if entry.policy is None or entry.policy(user, partnership):
            found.append((entry, url))
    current = current_url((url for entry, url in found if not entry.is_exact or url == path), path)
    return [Link(str(entry.label), url, entry.icon, url == current) for entry, url in found]


def current_url(urls: Iterable[str], path: str) -> str:
    """The longest of the addresses that the page's path lies under; empty if there is none."""
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=len, default="")
