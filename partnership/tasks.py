"""Work of the ground for the Celery worker: ids in, one service call."""

from celery import shared_task

from partnership.outbox import delivery
from partnership.services import appointments, readiness


@shared_task
def drain_outbox() -> int:
    """Send the mails that are due. Carries no content: losing it loses nothing."""
    sent = delivery.drain()
    readiness.note("worker")
    return sent


@shared_task
def settle_appointments() -> int:
    """Take back what appointments that ran out had granted."""
    return appointments.settle()
