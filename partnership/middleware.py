"""What happens around every request."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

Handler = Callable[[HttpRequest], HttpResponse]

LAST_SEEN_EVERY = 300
# So many sessions a process keeps in mind.
MOST_SEEN = 10_000


class SessionLimits:
    """Ends sessions that were idle for 30 minutes or are older than 10 hours (reliability.md 4.8).

    The moment last seen is kept in the cache, written at most every five minutes (decisions.md 11). Whom this very
    process saw that short a time ago it need not look up.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._seen: dict[str, int] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = int(timezone.now().timestamp())
        # Set at sign-in (partnership.accounts); a session without it was not made there.
        started = request.session.get("started", 0)
        key = f"seen:{request.session.session_key}"
        known = self._seen.get(key)
        if known is None or now - known >= LAST_SEEN_EVERY:
            known = cache.get(key)
        # A flushed cache signs nobody out: the session's age still limits it.
        seen = now if known is None else known
        if now - started > settings.SESSION_ABSOLUTE_SECONDS or now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
            return
        if known is None or now - seen >= LAST_SEEN_EVERY:
            cache.set(key, now, settings.SESSION_ABSOLUTE_SECONDS)
            known = now
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen[key] = known


class PersonalPreferences:
    """The language and the time zone a person has set for themselves."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            return self.get_response(request)


class PrivatePages:
    """Pages of signed-in people are kept by no cache; the browser's back button shows nothing stale."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
