"""A server with PostgreSQL, Redis and a mail relay. Refuses to start when something needed is missing."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from partnership.settings.base import *  # noqa: F403 - settings modules are composed by star import
from partnership.settings.base import KONVENT_DEMO, MEDIA_ROOT, SITE_IS_HTTPS, SITE_URL, env

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")

_NEEDED = {
    "SECRET_KEY": "a random string of at least 50 characters",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://:password@host:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "ALLOWED_HOSTS": "the host names of the site, separated by commas",
    "SITE_URL": "the public address, beginning with https://",
}
_problems = [f"{name} is missing ({hint})" for name, hint in _NEEDED.items() if not env.str(name, default="")]
if SECRET_KEY and len(SECRET_KEY) < 50:
    _problems.append("SECRET_KEY is shorter than 50 characters")
if env.str("DATABASE_URL", default="").startswith("sqlite"):
    _problems.append("DATABASE_URL names SQLite; production needs PostgreSQL")
if (
    env.str("SITE_URL", default="")
    and not SITE_IS_HTTPS
    and urlsplit(SITE_URL).hostname not in {"127.0.0.1", "localhost", "::1"}
):
    _problems.append("SITE_URL must begin with https://; plain http is for loopback only")
if "*" in env.list("ALLOWED_HOSTS", default=[]):
    _problems.append("ALLOWED_HOSTS must name the hosts; * is not accepted")
if KONVENT_DEMO:
    _problems.append("KONVENT_DEMO shows sign-in buttons for every role; it is for the embedded default only")
if _problems:
    raise ImproperlyConfigured("Konvent cannot start in production:\n  - " + "\n  - ".join(_problems))

MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
# Preloading binds the whole domain for years; that is for whoever owns the domain to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
