"""Mails for Django's mail backends, and where they go when there is no mail server."""

from collections.abc import Sequence
from email.message import Message
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from partnership import clock


class _Raw(Message):
    """A message that is bytes already."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.raw = raw

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return self.raw


class StoredMail(EmailMessage):
    """A mail as it lies in the outbox: any of Django's backends sends exactly these bytes."""

    def __init__(self, to: str, subject: str, raw: bytes) -> None:
        super().__init__(subject=subject, to=[to])
        self.raw = raw

    def message(self, **kwargs: Any) -> Any:
        return _Raw(self.raw)


class FolderBackend(BaseEmailBackend):
    """Writes each message as an .eml file into `MAIL_DIR`, where a person can read it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAIL_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            composed: Any = message.message()
            raw = composed.as_bytes(linesep="\r\n")
            file = settings.MAIL_DIR / f"{clock.now():%Y%m%d-%H%M%S-%f}-{token_hex(4)}.eml"
            half = file.with_suffix(".part")
            half.write_bytes(raw)
            half.replace(file)
        return len(email_messages)
