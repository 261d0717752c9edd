"""One machine, no servers: SQLite, a broker made of files, mails in a folder.

This is what `make run` and `make start` use. The environment may still switch single parts.
"""

from partnership.settings.base import *  # noqa: F403 - settings modules are composed by star import
from partnership.settings.base import BROKER_DIR, DATA_DIR, MAIL_DIR, MEDIA_ROOT, env

for folder in (DATA_DIR, MEDIA_ROOT, MAIL_DIR, BROKER_DIR / "queue", BROKER_DIR / "control"):
    folder.mkdir(parents=True, exist_ok=True)


def _own_secret() -> str:
    """A key of this installation, made once and kept beside its database."""
    from django.core.management.utils import get_random_secret_key

    file = DATA_DIR / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    return file.read_text()


DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="") or _own_secret()
# Without any account, whoever stands at this machine sets up the first partnership.
KONVENT_OPEN_SETUP = True
