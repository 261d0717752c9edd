"""Where mails go when there is no mail server: one file each, which a person can read."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from partnership import clock


class FolderBackend(BaseEmailBackend):
    """Writes each message as an .eml file into `MAIL_DIR`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAIL_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            raw = message.message()
            stem = f"{clock.now():%Y%m%d-%H%M%S-%f}"
            (settings.MAIL_DIR / f"{stem}.eml").write_bytes(raw.as_bytes(linesep="\r\n"))
        return len(email_messages)
