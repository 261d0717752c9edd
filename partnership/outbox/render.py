"""A mail's texts, in the recipient's language and time zone."""

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from partnership.models import Partnership, User
from partnership.outbox.mime import one_line
from partnership.outbox.witness import Line

_TRAILING = re.compile(r"[ \t]+(?=\n)")
_GAPS = re.compile(r"\n{3,}")


def absolute(url: str) -> str:
    """The full address of a page of this site."""
    return settings.SITE_URL + url if url.startswith("/") else url


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    subject: Any,
    recipient: User | None,
    partnership: Partnership | None,
    reply_to: str = "",
    footnotes: Sequence[Line] = (),
) -> tuple[str, str, str, str]:
    """Subject, text, HTML and language of one mail.

    Beside `context` the templates know `subject`, `recipient`, `partnership` and `site_url`, and what
    `context` may replace: `greeting`, `reason` (why one receives the mail), `contact`, `link_label`.
    A `url` that begins with a slash is made absolute. Text templates do not escape.
    """
    language = (recipient.language if recipient else "") or settings.LANGUAGE_CODE
    zone = zoneinfo.ZoneInfo(recipient.time_zone) if recipient else timezone.get_default_timezone()
    with translation.override(language), timezone.override(zone):
        title = one_line(subject)
        if partnership and not title.startswith(partnership.short_name):
            title = one_line(f"{partnership.short_name}: {title}")
        values = {
            **_frame(recipient, partnership, reply_to),
            **context,
            "subject": title,
            "recipient": recipient,
            "partnership": partnership,
            "site_url": settings.SITE_URL,
            "language": language,
            "footnotes": footnotes,
        }
        if "url" in values:
            values["url"] = absolute(str(values["url"]))
        text = _draw(f"{template}.txt", values, autoescape=False)
        html = _draw(f"{template}.html", values, autoescape=True)
    return title, _GAPS.sub("\n\n", _TRAILING.sub("", text)).strip() + "\n", html.strip() + "\n", language


def _frame(recipient: User | None, partnership: Partnership | None, reply_to: str) -> dict[str, str]:
    """The sentences around every mail."""
    if partnership:
        reason = _("Sie erhalten diese Nachricht, weil Sie an der Partnerschaft „%(name)s“ mitwirken.") % {
            "name": partnership.name
        }
        contact = _("Antworten gehen an: %(office)s, %(address)s") % {
            "office": partnership.office_name or partnership.short_name,
            "address": partnership.office_email,
        }
    else:
        reason, contact = _("Sie erhalten diese Nachricht, weil Sie hier ein Konto haben."), ""
    if reply_to and not (partnership and reply_to == partnership.office_email):
        contact = _("Antworten gehen an: %(address)s") % {"address": reply_to}
    return {
        "greeting": _("Guten Tag %(name)s,") % {"name": recipient.name} if recipient else _("Guten Tag,"),
        "reason": reason,
        "contact": contact,
        "link_label": _("Zur Seite"),
    }


def _draw(name: str, values: dict[str, Any], *, autoescape: bool) -> str:
    return get_template(name).template.render(Context(values, autoescape=autoescape))  # type: ignore[attr-defined]
