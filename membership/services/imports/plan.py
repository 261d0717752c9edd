"""What a table would change, row by row, before anything is written."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from membership.services.imports.files import MAXIMUM_CELL, Line
from membership.services.imports.partners import PartnerPart, PartnerPlanner
from membership.services.imports.rows import (
    CHANGED,
    ERROR,
    NEW,
    UNCHANGED,
    VALID_FROM,
    Column,
    Part,
    Planner,
    Row,
    no_day,
    parse_day,
)
from partnership.models import Partnership

_parts: list[Part] = []


def register_part(part: Part) -> None:
    """Add columns to the table (in `AppConfig.ready`); the same kind of part replaces."""
    _parts[:] = [*(one for one in _parts if type(one) is not type(part)), part]


def parts() -> list[Part]:
    """The parts of the table, partner columns first."""
    return [PartnerPart(), *_parts]


def columns(partnership: Partnership) -> list[Column]:
    """Every column the table may have."""
    return [column for part in parts() for column in part.columns(partnership)]


@dataclass(frozen=True)
class Plan:
    """All rows of a table with what they would do."""

    rows: list[Row]
    planners: Sequence[Planner] = ()

    def count(self, state: str) -> int:
        """How many rows are in a state."""
        return sum(row.state == state for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by state."""
        return {state: self.count(state) for state in (NEW, CHANGED, UNCHANGED, ERROR)}

    @property
    def has_errors(self) -> bool:
        """Whether the table cannot be taken over."""
        return any(row.problems for row in self.rows)

    @property
    def has_effect(self) -> bool:
        """Whether taking it over would write anything."""
        return any(row.state in (NEW, CHANGED) for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Changes when the effect of the table changes; the confirmation is bound to it."""
        told = [[row.number, row.state, [[one.column, one.old, one.new] for one in row.changes]] for row in self.rows]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def make(partnership: Partnership, lines: Sequence[Line]) -> Plan:
    """What the lines would change today."""
    first, *others = [part.planner(partnership, lines) for part in parts()]
    assert isinstance(first, PartnerPlanner)
    rows = []
    for line in lines:
        row = Row(line.number, line.cells)
        rows.append(row)
        _check_cells(row)
        seat = first.seat(row)
        if seat is None:
            continue
        row.label = seat.name
        first.plan(row, seat)
        for planner in others:
            planner.plan(row, seat)
    return Plan(rows, (first, *others))


def _check_cells(row: Row) -> None:
    for column, text in row.cells.items():
        if len(text) > MAXIMUM_CELL:
            row.problem(column, _("Der Text ist zu lang."))
        elif text.startswith(("=", "@", "+")):
            row.problem(column, _("Der Wert beginnt mit „%(sign)s“ und sieht aus wie eine Formel.") % {"sign": text[0]})
    if row.cell(VALID_FROM) and parse_day(row.cell(VALID_FROM)) is None:
        row.problem(VALID_FROM, no_day(row.cell(VALID_FROM)))
