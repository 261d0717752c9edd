"""The Celery application: an alarm clock. The truth about work to do is in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.embedded")

app = Celery("konvent")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
