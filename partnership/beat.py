"""The schedule, which leaves a sign of life with each task it hands to the broker."""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, connections

logger = logging.getLogger(__name__)


class Scheduler(PersistentScheduler):
    """Celery's own; `/readyz` reads what it notes. Says nothing about the worker, which notes its own work."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        from partnership.services import readiness

        result = super().apply_async(*args, **kwargs)
        try:
            readiness.note("beat")
        except DatabaseError as problem:
            logger.warning("No sign of life written: %s", problem)
            connections.close_all()
        return result
