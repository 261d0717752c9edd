"""What the page frame needs on every page (context processor `frame`)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import get_language

from partnership.ui import navigation


@dataclass(frozen=True)
class Language:
    """One language of the switch."""

    code: str
    name: str
    is_current: bool


class Frame:
    """The frame's own facts. Everything is lazy and costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def languages(self) -> list[Language]:
        current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return [Language(code, name, code == current) for code, name in settings.LANGUAGES]

    @property
    def language_url(self) -> str:
        return self._url("set_language")

    @property
    def login_url(self) -> str:
        return self._url("account_login")

    @property
    def logout_url(self) -> str:
        return self._url("account_logout")

    @property
    def home_url(self) -> str:
        """Mein Tisch for those who are signed in, the front door for all others."""
        user = getattr(self.request, "user", None)
        name = "portal:desk" if user is not None and user.is_authenticated else "portal:home"
        return self._url(name) or "/"

    @property
    def is_demo(self) -> bool:
        return bool(getattr(settings, "KONVENT_DEMO", False))

    @property
    def is_official(self) -> bool:
        """Whether the operator shows the federal flag in the Kopfzeile (public bodies only)."""
        return bool(getattr(settings, "KONVENT_OFFICIAL", False))

    @property
    def version(self) -> str:
        return str(getattr(settings, "KONVENT_VERSION", ""))

    @property
    def source_url(self) -> str:
        return str(getattr(settings, "KONVENT_SOURCE_URL", ""))

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def next_url(self) -> str:
        """Where the language switch comes back to: this page, if it can be asked for with GET."""
        return self.request.get_full_path() if self.request.method in ("GET", "HEAD") else self.request.path

    @staticmethod
    def _url(name: str) -> str:
        try:
            return navigation.address(name)
        except NoReverseMatch:
            return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
