"""One mail as bytes, and back. Built by hand: fast, and no header value can break out of its line."""

import email
import email.policy
import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import encode_rfc2231, format_datetime, parseaddr, parsedate_to_datetime

CRLF = "\r\n"
# Everything that could end a line or a string somewhere on the way: controls, separators, lone surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_UNSAFE_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MIMETYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}", re.ASCII)
_QUOTED = re.compile(r'(["\\])')


@dataclass(frozen=True)
class Attachment:
    """A file within a mail."""

    name: str
    content: bytes
    mimetype: str = "application/octet-stream"


@dataclass(frozen=True)
class Mail:
    """What a mail consists of, before it becomes bytes."""

    message_id: str
    date: datetime
    sender: str
    to: str
    to_name: str
    subject: str
    text: str
    html: str
    language: str = "de"
    reply_to: str = ""
    reply_to_name: str = ""
    calendar: bytes | None = None
    calendar_method: str = "REQUEST"
    attachments: Sequence[Attachment] = field(default_factory=tuple)


def one_line(value: object) -> str:
    """A value fit for a header: one line, no control characters, spaces tidied."""
    return " ".join(_UNSAFE.sub(" ", str(value)).split())


def plain(value: object) -> str:
    """A text fit for a body: line ends of any kind become one, other control characters go."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE_IN_TEXT.sub("", text)


def address(name: str, mailbox: str) -> str:
    """`Name <mailbox>` with the name quoted or encoded as needed."""
    name = one_line(name)
    if not name:
        return mailbox
    if _needs_encoding(name):
        return f"{Header(name, 'utf-8').encode(linesep=CRLF)}{CRLF} <{mailbox}>"
    return f"{_quoted(name)} <{mailbox}>"


def build(mail: Mail) -> bytes:
    """The whole mail; lines end with CRLF and none is longer than RFC 5322 allows.

    A calendar entry stands inside the alternatives with its method, as Outlook wants it, and again
    as a file, as other programs want it.
    """
    boundary = f"=_{mail.message_id.strip('<>').partition('@')[0]}"
    parts = [_text("plain", mail.text), _text("html", mail.html)]
    files = list(mail.attachments)
    if mail.calendar is not None:
        method = re.sub("[^A-Z]", "", mail.calendar_method.upper())[:20] or "REQUEST"
        parts.append(_base64(f"text/calendar; charset=utf-8; method={method}", mail.calendar))
        files.insert(0, Attachment("invite.ics", mail.calendar, "application/ics"))
    body = _multipart("alternative", f"{boundary}_a", parts)
    if files:
        body = _multipart("mixed", f"{boundary}_m", [body, *map(_file, files)])
    sender_name, sender = parseaddr(mail.sender)
    head = [
        ("Message-ID", mail.message_id),
        ("Date", format_datetime(mail.date)),
        ("From", address(sender_name, sender)),
        ("To", address(mail.to_name, mail.to)),
        ("Reply-To", address(mail.reply_to_name, mail.reply_to) if mail.reply_to else ""),
        ("Subject", _encoded("Subject", mail.subject)),
        ("Content-Language", mail.language),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    ]
    lines = "".join(f"{name}: {value}{CRLF}" for name, value in head if value)
    return lines.encode("ascii") + body


def _quoted(value: str) -> str:
    return '"' + _QUOTED.sub(r"\\\1", value) + '"'


def _needs_encoding(value: str) -> bool:
    return not value.isascii() or len(value) > 60 or "=?" in value


def _encoded(name: str, value: str) -> str:
    value = one_line(value)
    return Header(value, "utf-8", header_name=name).encode(linesep=CRLF) if _needs_encoding(value) else value


def _text(subtype: str, text: str) -> bytes:
    content = b2a_qp(plain(text).encode(), istext=True).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"{CRLF}Content-Transfer-Encoding: quoted-printable'
    return f"{head}{CRLF}{CRLF}".encode("ascii") + content + b"\r\n"


def _base64(content_type: str, content: bytes, disposition: str = "") -> bytes:
    head = f"Content-Type: {content_type}{CRLF}Content-Transfer-Encoding: base64{CRLF}"
    if disposition:
        head += f"Content-Disposition: {disposition}{CRLF}"
    return f"{head}{CRLF}".encode("ascii") + encodebytes(content).replace(b"\n", b"\r\n")


def _file(file: Attachment) -> bytes:
    name = one_line(file.name).replace("/", "_").replace("\\", "_")[:120] or "datei"
    if name.isascii():
        disposition = f"attachment;{CRLF} filename={_quoted(name)}"
    else:
        # One line each of at most 900 characters: 120 characters of up to four bytes, three signs a byte,
        # would not fit, so the name is shortened by bytes.
        while len(encoded := encode_rfc2231(name, "utf-8")) > 900:
            name = name[:-10]
        disposition = f"attachment;{CRLF} filename*={encoded}"
    kind = file.mimetype if _MIMETYPE.fullmatch(file.mimetype) else "application/octet-stream"
    return _base64(kind, file.content, disposition)


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype};{CRLF} boundary="{boundary}"{CRLF}{CRLF}'.encode("ascii")
    mark = f"--{boundary}".encode("ascii")
    return head + b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"


@dataclass(frozen=True)
class Opened:
    """A stored mail, taken apart for the eye."""

    headers: dict[str, str]
    text: str
    html: str
    calendar: str
    attachments: Sequence[Attachment]

    @property
    def date(self) -> datetime | None:
        """When the mail was written."""
        try:
            return parsedate_to_datetime(self.headers.get("Date", ""))
        except ValueError:
            return None


def open_mail(raw: bytes, *, only_headers: bool = False) -> Opened:
    """Take a mail apart; also one that our backend wrote for a library."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    headers = {name: str(value) for name, value in message.items()}
    if only_headers:
        return Opened(headers, "", "", "", ())
    bodies = {"text/plain": "", "text/html": "", "text/calendar": ""}
    files = []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename() or kind not in bodies:
            files.append(Attachment(part.get_filename() or "datei", content, kind))
        elif not bodies[kind]:
            bodies[kind] = content.decode(part.get_content_charset() or "utf-8", "replace")
    return Opened(headers, bodies["text/plain"], bodies["text/html"], bodies["text/calendar"], tuple(files))
