"""The values of a key out of a table: a file or what was copied from a table programme, matched to partners."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from committees.models.key import DIGITS, PLACES
from membership.models import Partner
from membership.services.imports import files

NUMBER, PARTNER, VALUE = "Nr.", "Partner", "Wert"
_GERMAN = re.compile(r"(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
_PLAIN = re.compile(r"\d+(\.\d+)?", re.ASCII)
# One dot before three digits: thousands here, a fraction there.
_AMBIGUOUS = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)


@dataclass
class Read:
    """What a table says: a value per partner, and what could not be read, each with its row."""

    values: dict[UUID, Decimal] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_value(text: str, *, is_plain: bool = False) -> Decimal:
    """A value as people write it: 21,14424 or 1.250 or 2.557. Raises ValueError with a sentence.

    `is_plain`: a dot is never one of thousands, as in the cells of a workbook.
    """
    text = text.replace("\u00a0", "").replace(" ", "").removesuffix("%")
    if not is_plain and _AMBIGUOUS.fullmatch(text):
        raise ValueError(
            _("„%(value)s“ ist mehrdeutig. Schreiben Sie die Zahl mit Komma oder ohne Punkt.") % {"value": text}
        )
    if _PLAIN.fullmatch(text):
        value = Decimal(text)
    elif _GERMAN.fullmatch(text):
        value = Decimal(text.replace(".", "").replace(",", "."))
    else:
        raise ValueError(_("„%(value)s“ ist keine Zahl ab 0.") % {"value": text[:40]})
    if value != round(value, PLACES):
        raise ValueError(_("„%(value)s“ hat mehr als fünf Nachkommastellen.") % {"value": text[:40]})
    if value >= 10 ** (DIGITS - PLACES):
        raise ValueError(_("„%(value)s“ ist zu groß.") % {"value": text[:40]})
    return value


def read_table(name: str, content: bytes, partners: Iterable[Partner]) -> Read:
    """Read a table with a column of partners and one of values, with or without heads. Raises FileRefused."""
    is_workbook = content.startswith(b"PK\x03\x04")
    heads, lines = _lines(name, content, is_workbook)
    if len(heads) < 2:
        raise files.FileRefused(_("Die Tabelle braucht zwei Spalten: den Partner und seinen Wert."), field="file")
    partner_at = next((head for head in heads if head.casefold() in ("partner", "name", "land")), heads[0])
    value_at = next((head for head in heads if head.casefold() in ("wert", "anteil", "stimmen")), heads[-1])
    known = _known(partners)
    found, seen = Read(), dict[UUID, int]()
    for line in lines:
        written, value = line.cells[partner_at], line.cells[value_at]
        partner = known.get(_folded(written))
        if partner is None:
            if value and _folded(written) not in ("summe", "gesamt", "insgesamt"):
                found.problems.append(
                    (line.number, _("„%(name)s“ ist kein Partner dieser Partnerschaft.") % {"name": written[:80]})
                )
            continue
        if not value:
            continue
        if partner.pk in seen:
            found.problems.append(
                (
                    line.number,
                    _("„%(name)s“ steht schon in Zeile %(row)s.") % {"name": written[:80], "row": seen[partner.pk]},
                )
            )
            continue
        seen[partner.pk] = line.number
        try:
            found.values[partner.pk] = read_value(value, is_plain=is_workbook)
        except ValueError as error:
            found.problems.append((line.number, str(error)))
    return found


def _lines(name: str, content: bytes, is_workbook: bool) -> tuple[list[str], list[Any]]:
    """Heads and lines; where the first line is a value already, the table has no heads."""
    if is_workbook:
        return files.read(name, content)
    first = next((line for line in content.splitlines() if line.strip()), b"").decode("utf-8", "replace")
    mark = max(";\t", key=first.count)
    cells = [cell.strip() for cell in first.split(mark)]
    if len(cells) == 2 and (_PLAIN.fullmatch(cells[1]) or _GERMAN.fullmatch(cells[1])):
        heads, lines = files.read(name, f"{PARTNER}{mark}{VALUE}\n".encode() + content)
        return heads, [files.Line(line.number - 1, line.cells) for line in lines]
    return files.read(name, content)


def _known(partners: Iterable[Partner]) -> dict[str, Partner]:
    """Partners by everything a table may call them: name, number, names of their organisations."""
    known: dict[str, Partner] = {}
    double: set[str] = set()
    for partner in partners:
        names = {str(partner.number), partner.name}
        for share in partner.shares.all():
            names |= {share.organisation.name, share.organisation.short_name}
        for name in {_folded(name) for name in names if name}:
            if known.setdefault(name, partner) != partner:
                double.add(name)
    for partner in partners:
        double.discard(_folded(partner.name))
        known[_folded(partner.name)] = partner
    return {name: partner for name, partner in known.items() if name not in double}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
