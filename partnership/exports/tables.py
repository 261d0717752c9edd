"""Lists as CSV and XLSX. Nothing in a cell can act as a formula (CWE-1236)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from tablib import Dataset

FORMATS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a table programme may take for a formula at the beginning of a cell (OWASP).
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Any) -> Any:
    """The value as a cell: text that would begin a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    return f"'{text}" if text.startswith(TRIGGERS) else text


def table(headers: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str = "") -> Dataset:
    """A table of harmless cells."""
    data = Dataset(headers=[str(header) for header in headers], title=title[:31] or None)
    for row in rows:
        data.append([harmless(cell) for cell in row])
    return data


def as_bytes(data: Dataset, form: str) -> bytes:
    """CSV as German Excel opens it (semicolons, UTF-8 with mark), or XLSX."""
    if form == "xlsx":
        return data.export("xlsx")
    return "\ufeff".encode() + data.export("csv", delimiter=";").encode()


def download(data: Dataset, form: str, name: str) -> HttpResponse:
    """The table as a file that the browser saves. `form` is one of FORMATS."""
    content_type = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    return HttpResponse(
        as_bytes(data, form),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{slugify(name) or "liste"}.{form}"'},
    )
