"""The project package and the ground: partnerships, accounts, access, audit, outbox, documents."""

from partnership.celery import app as celery_app

__all__ = ["celery_app"]
