"""The body of a mail in a browser: shut in, without scripts, links lead out of the frame."""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from partnership.outbox.mime import Attachment, Opened

# Its own origin, no scripts, no forms, no remote content; a click on a link may leave the frame.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def context(mail: Opened, url_of: Callable[[str], str]) -> dict[str, Any]:
    """What `partials/mail_body.html` needs; `url_of` gives the address of a part."""
    return {
        "mail": mail,
        "html_url": url_of("html"),
        "files": [(file, url_of(f"datei-{i}")) for i, file in enumerate(mail.attachments)],
    }


def respond(mail: Opened, part: str) -> HttpResponse:
    """One part of a mail: `html` or `datei-<number>`; raises Http404 for anything else."""
    if part == "html":
        return _framed(mail.html)
    kind, _, number = part.partition("-")
    if kind == "datei" and number.isdecimal() and int(number) < len(mail.attachments):
        return _download(mail.attachments[int(number)])
    raise Http404


def _framed(html: str) -> HttpResponse:
    target = '<base target="_top">'
    html = _HEAD.sub(lambda head: head.group() + target, html, count=1) if _HEAD.search(html) else target + html
    response = HttpResponse(html)
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _download(file: Attachment) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.mimetype)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
