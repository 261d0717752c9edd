"""Telling the worker that there is mail: only a hint, so nobody waits for it and nothing depends on it.

A thread hands it to the broker after the commit. A broker that is down, slow or full costs the
request nothing; the sweep finds the rows (reliability.md 4.5, case M1).
"""

import atexit
import logging
import math
import threading

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

# More processes than this do not help one mail server.
MOST = 4
# By name: the task stands above what it calls.
TASK = "partnership.tasks.drain_outbox"

_lock = threading.Lock()
_wake = threading.Event()
_idle = threading.Event()
_idle.set()
_wanted = 0
_thread: threading.Thread | None = None


class _Announcement:
    """What is called after the commit; knows how many mails this transaction has added."""

    def __init__(self) -> None:
        self.mails = 0

    def __call__(self) -> None:
        announce(self.mails)


def after_commit(mails: int) -> None:
    """Announce so many mails once this transaction has committed; one announcement per transaction."""
    for _, waiting, *_ in reversed(connection.run_on_commit):
        if isinstance(waiting, _Announcement):
            waiting.mails += mails
            return
    announcement = _Announcement()
    announcement.mails = mails
    connection.on_commit(announcement, robust=True)


def announce(mails: int = 1) -> None:
    """Ask the worker to drain the outbox; returns at once and never fails."""
    global _thread, _wanted
    hints = min(MOST, math.ceil(mails / settings.OUTBOX_BATCH))
    with _lock:
        _wanted = max(_wanted, hints)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish_for_ever, name="outbox-hint", daemon=True)
            _thread.start()
        _idle.clear()
        _wake.set()


def _publish_for_ever() -> None:
    global _wanted
    while True:
        _wake.wait()
        with _lock:
            hints, _wanted = _wanted, 0
            _wake.clear()
        try:
            _publish(hints)
        except Exception as problem:  # the broker is away in a hundred ways, and none matters here
            logger.warning("The broker took no hint (%s); the sweep will find the mails.", problem)
        if not _wake.is_set():
            _idle.set()


def _publish(hints: int) -> None:
    from partnership.celery import app

    with app.connection_for_write(connect_timeout=2) as broker, broker.Producer() as producer:
        for _ in range(hints):
            app.signature(TASK).apply_async(producer=producer, retry=False)


# A command that ends right after its commit gives the thread a moment.
atexit.register(_idle.wait, 1)
