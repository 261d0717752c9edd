"""A worker that gets no more tasks ends, so that its supervisor starts a new one.

When Redis is restarted while a task runs, Celery cannot acknowledge it and keeps its place for ever: the
worker lives, is connected and takes nothing more (measured with Celery 5.7, case M3 of reliability.md).
The schedule sends a task every few seconds, so silence means that something is wrong.
"""

import logging
import os
import signal
import threading
import time
from typing import Any

from celery.signals import task_received, worker_ready
from celery.worker import state
from django.conf import settings

logger = logging.getLogger(__name__)
_last_task = 0.0
GRACE = 10


@task_received.connect(dispatch_uid="watchdog")
def note(**kwargs: Any) -> None:
    """A task has come."""
    global _last_task
    _last_task = time.monotonic()


@worker_ready.connect(dispatch_uid="watchdog")
def begin(**kwargs: Any) -> None:
    """Watch from now on, in the worker's main process."""
    note()
    threading.Thread(target=_watch, name="watchdog", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(settings.WORKER_SILENCE_SECONDS / 10)
        if state.active_requests:
            note()  # at work: a slow mail server is no fault of the worker
        if time.monotonic() - _last_task > settings.WORKER_SILENCE_SECONDS:
            logger.critical("No task for %s s; ending for a new start", settings.WORKER_SILENCE_SECONDS)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(GRACE)
            os._exit(70)
