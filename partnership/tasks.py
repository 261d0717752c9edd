"""Work of the ground for the Celery worker: ids in, one service call."""

from celery import shared_task

from partnership import watchdog  # noqa: F401 - connects to the worker
from partnership.outbox import delivery
from partnership.services import appointments, readiness


@shared_task(acks_late=False)
def drain_outbox() -> int:
    """Send the mails that are due. Carries no content: losing it loses nothing, so it is acknowledged at once."""
    sent = delivery.drain()
    readiness.note("worker")
    return sent


@shared_task
def settle_appointments() -> int:
    """Take back what appointments that ran out had granted."""
    return appointments.settle()
