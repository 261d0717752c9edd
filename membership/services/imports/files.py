"""Tables as people have them: CSV with semicolon, comma or tab, in UTF-8 or Windows-1252; XLSX."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from partnership.errors import Refusal
from partnership.exports.tables import TRIGGERS

MAXIMUM_BYTES = 2 * 1024 * 1024
# An XLSX file is an archive: what it unpacks to is limited as well.
MAXIMUM_UNPACKED_BYTES = 60 * 1024 * 1024
MAXIMUM_ROWS = 2000
MAXIMUM_COLUMNS = 200
MAXIMUM_CELL = 5000


class FileRefused(Refusal):
    """The file is too large, or no table that can be read."""


@dataclass(frozen=True)
class Line:
    """One row of a file: its number as the table programme shows it, and its cells by head."""

    number: int
    cells: dict[str, str]


def read(name: str, content: bytes) -> tuple[list[str], list[Line]]:
    """Heads and lines of a table; empty lines are left out, numbers stay those of the file.

    Raises FileRefused.
    """
    if len(content) > MAXIMUM_BYTES:
        raise FileRefused(_("Die Datei ist größer als 2 MB."), field="file")
    if not content.strip():
        raise FileRefused(_("Die Datei ist leer."), field="file")
    rows = _xlsx(content) if content.startswith(b"PK\x03\x04") else _csv(name, content)
    return _lines(rows)


def _lines(rows: Iterable[tuple[int, list[str]]]) -> tuple[list[str], list[Line]]:
    heads: list[str] = []
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cells):
            continue
        if not heads:
            heads = [" ".join(cell.split()) for cell in cells]
            while heads and not heads[-1]:
                heads.pop()
            _check_heads(heads)
            continue
        if any(cells[len(heads) :]):
            raise FileRefused(_("Zeile %(row)s hat mehr Spalten als die Kopfzeile.") % {"row": number}, field="file")
        if len(lines) == MAXIMUM_ROWS:
            raise FileRefused(
                _("Die Datei hat mehr als %(count)s Zeilen. Bitte teilen Sie sie auf.") % {"count": MAXIMUM_ROWS},
                field="file",
            )
        padded = [*cells, *[""] * len(heads)][: len(heads)]
        lines.append(Line(number, dict(zip(heads, padded, strict=True))))
    if not lines:
        raise FileRefused(_("Die Datei enthält unter der Kopfzeile keine Zeilen."), field="file")
    return heads, lines


def _check_heads(heads: list[str]) -> None:
    if len(heads) > MAXIMUM_COLUMNS:
        raise FileRefused(_("Die Datei hat zu viele Spalten."), field="file")
    if not all(heads):
        raise FileRefused(_("Eine Spalte hat keine Überschrift."), field="file")
    folded = [head.casefold() for head in heads]
    double = next((head for head in heads if folded.count(head.casefold()) > 1), None)
    if double is not None:
        raise FileRefused(_("Die Spalte „%(column)s“ kommt zweimal vor.") % {"column": double}, field="file")


def _csv(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    # csv.reader, not tablib: only it tells the line of the file a row stands in.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        start = 1
        for cells in reader:
            yield start, [_text(cell) for cell in cells]
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(
            _("Ab Zeile %(row)s ist die Datei keine lesbare CSV-Tabelle; oft fehlt ein Anführungszeichen.")
            % {"row": reader.line_num},
            field="file",
        ) from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(
        _("Die Datei ist keine Tabelle, die wir lesen können. Bitte speichern Sie sie als XLSX oder CSV (UTF-8)."),
        field="file",
    )


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    unreadable = FileRefused(
        _("Die Datei ist keine XLSX-Tabelle, die wir lesen können. Bitte speichern Sie sie neu als XLSX oder CSV."),
        field="file",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAXIMUM_UNPACKED_BYTES:
                raise FileRefused(_("Die Datei ist ausgepackt zu groß."), field="file")
        # data_only: the value of a formula as last computed, never the formula.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        found = [
            (number, [_text(cell) for cell in cells[: MAXIMUM_COLUMNS + 1]])
            for number, cells in enumerate(
                sheet.iter_rows(values_only=True, max_row=4 * MAXIMUM_ROWS), start=sheet.min_row or 1
            )
        ]
    except FileRefused:
        raise
    except Exception as error:  # whatever a broken archive makes openpyxl raise
        raise unreadable from error
    yield from found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, datetime | date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\x00", "").strip()[: MAXIMUM_CELL + 1]
    # Our own exports put an apostrophe before what a table programme would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in TRIGGERS else text
