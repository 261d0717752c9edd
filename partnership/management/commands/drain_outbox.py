"""`manage.py drain_outbox`: send what is due, without Celery."""

from django.core.management.base import BaseCommand

from partnership.enums import OutboxState
from partnership.models import OutboxMessage
from partnership.outbox import delivery, fence
from partnership.services import readiness


class Command(BaseCommand):
    """The worker's round by hand; may run beside the worker."""

    help = "Sends the mails that are due and says what is left."

    def handle(self, *args: object, **options: object) -> None:
        sent = 0
        while round_of := delivery.drain():
            sent += round_of
        readiness.note("worker")
        waiting = OutboxMessage.objects.filter(state__in=(OutboxState.DUE, OutboxState.DEFERRED)).count()
        failed = OutboxMessage.objects.filter(state=OutboxState.FAILED).count()
        self.stdout.write(f"{sent} sent, {waiting} waiting, {failed} failed")
        if fence.is_closed():
            self.stdout.write("Sending is held since a restore: see `manage.py confirm_epoch --help`.")
