"""WSGI entry point; gunicorn serves it with threads (see docs/adr/0003-wsgi-threads.md)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.embedded")

application = get_wsgi_application()
