"""Whether every part does its work; by work done, not by living processes (reliability.md 4.10)."""

from datetime import timedelta

from django.db import DatabaseError

from partnership import clock
from partnership.enums import OutboxState
from partnership.models import Heartbeat, OutboxMessage

# A part that has not reported for so long has stopped.
SILENCE = timedelta(minutes=2)
# A mail due for so long is stuck.
STUCK = timedelta(minutes=3)


def problems() -> list[str]:
    """Names of the parts that are not ready; empty when all is well."""
    found = []
    now = clock.now()
    try:
        beats = dict(Heartbeat.objects.values_list("name", "at"))
        if OutboxMessage.objects.filter(
            state__in=(OutboxState.DUE, OutboxState.DEFERRED), due_at__lt=now - STUCK
        ).exists():
            found.append("outbox")
    except DatabaseError:
        return ["database"]
    for part in ("worker", "beat"):
        if part not in beats or now - beats[part] > SILENCE:
            found.append(part)
    return found
