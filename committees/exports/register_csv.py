"""The register as a table."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from committees.models import Resolution
from committees.services import register

# Signs with which a spreadsheet would begin to compute.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def rows(resolutions: Iterable[Resolution]) -> Iterable[list[str]]:
    """Head and lines; of what the person may not read (`is_readable`), number and kind only."""
    yield [
        str(name)
        for name in (
            _("Position"),
            _("Nummer"),
            _("Art"),
            _("Gremium"),
            _("Datum"),
            _("Gegenstand"),
            _("Beschlusstext"),
            _("Ja"),
            _("Nein"),
            _("Enthaltung"),
            _("nicht abgestimmt"),
            _("befangen"),
            _("Prüfsumme"),
        )
    ]
    for entry in resolutions:
        line: list[Any] = [entry.position, entry.number, entry.get_kind_display()]
        if getattr(entry, "is_readable", False):
            stated = register.record_of(entry, ()).entry.get("counts")
            counts = stated or (register.part(entry, "verdict") or {}).get("count") or {}
            line += [entry.committee.name, entry.resolved_on.isoformat(), entry.title]
            line.append((register.part(entry, "text") or {}).get("text", ""))
            line += [counts.get(name) for name in ("yes", "no", "abstained", "missing", "excluded")]
        else:
            line += ["", "", _("vertraulich"), "", "", "", "", "", ""]
        yield [cell(value) for value in [*line, entry.hash]]


def response(resolutions: Iterable[Resolution], file_name: str) -> HttpResponse:
    """The table as a download that German spreadsheets open rightly."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows(resolutions))
    return HttpResponse(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
