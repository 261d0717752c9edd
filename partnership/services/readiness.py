"""Whether every part does its work; by work done, not by living processes (reliability.md 4.10)."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError

from partnership import clock
from partnership.enums import OutboxState
from partnership.models import Heartbeat, OutboxMessage
from partnership.outbox import fence


def note(name: str, detail: str = "") -> None:
    """Note that a part has just done some work."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=clock.now(), detail=detail[:200])],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "detail"],
    )


# Parts that say themselves that something is wrong, until they say that it is well again.
ALARMS = ("mail", "register")


def raise_alarm(name: str, detail: str) -> None:
    """Note that something is wrong; one of `ALARMS`."""
    if name not in ALARMS:
        raise ValueError(f"No alarm is called {name!r}.")
    note(name, detail)


def clear_alarm(name: str) -> None:
    """Forget that something was wrong."""
    Heartbeat.objects.filter(name=name).delete()


def mail_server_is_away(reason: str) -> None:
    """Note that the mail server cannot be reached."""
    raise_alarm("mail", reason)


def mail_server_works() -> None:
    """Forget that it could not be reached."""
    clear_alarm("mail")


def problems() -> list[str]:
    """Names of the parts that are not ready; empty when all is well."""
    found = []
    now = clock.now()
    silence = timedelta(seconds=settings.READINESS_SILENCE_SECONDS)
    stuck = timedelta(seconds=settings.READINESS_STUCK_SECONDS)
    try:
        beats = dict(Heartbeat.objects.values_list("name", "at"))
        if OutboxMessage.objects.filter(
            state__in=(OutboxState.DUE, OutboxState.DEFERRED, OutboxState.SENDING), due_at__lt=now - stuck
        ).exists():
            found.append("outbox")
        if fence.is_closed():
            found.append("fence")
    except DatabaseError:
        return ["database"]
    found += [name for name in ALARMS if name in beats]
    for part in ("worker", "beat"):
        if part not in beats or now - beats[part] > silence:
            found.append(part)
    return found
