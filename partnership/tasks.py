"""Work of the ground for the Celery worker: ids in, one service call."""

from celery import shared_task

from partnership.services import appointments


@shared_task
def settle_appointments() -> int:
    """Take back what appointments that ran out had granted."""
    return appointments.settle()
