"""The suite: the embedded default on throw-away data, or PostgreSQL and Redis where the environment says so."""

import os
import tempfile

os.environ.setdefault("KONVENT_DATA", tempfile.mkdtemp(prefix="konvent-test-"))

from partnership.settings.base import DATA_DIR, DATABASES, MIDDLEWARE, REDIS_URL
from partnership.settings.embedded import *  # noqa: F403 - the data folder must be known first

SECRET_KEY = "tests-only-" + "x" * 50
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# WhiteNoise would want collected files; the suite serves none.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = False
if not REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as several connections look on (decisions.md 15).
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
