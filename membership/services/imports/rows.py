"""The words of an import: a row of the table, what it would do, and the parts that bring its columns."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from membership.models import Partner
from membership.services.imports.files import Line
from partnership import clock
from partnership.errors import Refusal
from partnership.models import Partnership, User

NEW, CHANGED, UNCHANGED, ERROR = "new", "changed", "unchanged", "error"
VALID_FROM = "gültig ab"


class ImportRefused(Refusal):
    """The table cannot be taken over as it is."""


@dataclass(frozen=True)
class Column:
    """A column a table may have."""

    name: str
    help: str
    example: str = ""


@dataclass(frozen=True)
class Change:
    """A value before and after."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell; an empty column means the row as a whole."""

    column: str
    sentence: str


@dataclass
class Seat:
    """The partner a row is about: there already, or made when the table is taken over."""

    key: str
    name: str
    partner: Partner | None = None
    member_since: date | None = None


@dataclass(frozen=True)
class Actor:
    """Who takes the table over, and whether new people are invited at once."""

    by: User
    is_inviting: bool


@dataclass
class Row:
    """One row of the table with what it would do."""

    number: int
    cells: dict[str, str]
    label: str = ""
    is_new: bool = False
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    deeds: list[Callable[[Actor], Any]] = field(default_factory=list)

    def cell(self, column: str) -> str:
        """The text of a cell; empty where the table lacks the column."""
        return self.cells.get(column, "")

    def change(self, column: str, old: str, new: str) -> None:
        """Note a value before and after."""
        self.changes.append(Change(column, old, new))

    def problem(self, column: str, sentence: object) -> None:
        """Note what is wrong."""
        self.problems.append(Problem(column, str(sentence)))

    @property
    def valid_from(self) -> date:
        """The day from which the row's changes hold: its own, else today."""
        return parse_day(self.cell(VALID_FROM)) or clock.today()

    def to_data(self) -> dict[str, Any]:
        """The row with what it would do, as JSON for the preview."""
        return {
            "row": self.number,
            "cells": self.cells,
            "label": self.label,
            "state": self.state,
            "changes": [[one.column, one.old, one.new] for one in self.changes],
            "problems": [[one.column, one.sentence] for one in self.problems],
        }

    @property
    def state(self) -> str:
        """Whether the row is new, changed, unchanged or wrong."""
        if self.problems:
            return ERROR
        if self.is_new:
            return NEW
        return CHANGED if self.changes else UNCHANGED


class Planner(Protocol):
    """Knows the present state of its columns, read with a constant number of queries."""

    def plan(self, row: Row, seat: Seat) -> None:
        """Note changes, problems and deeds of its columns on the row."""

    def prepare(self, actor: Actor) -> None:
        """Write at once, before the deeds of all rows, what many of them need."""


class Part(Protocol):
    """Columns that an app brings to the table."""

    def columns(self, partnership: Partnership) -> list[Column]:
        """The columns of this part, in their order."""

    def planner(self, partnership: Partnership, lines: Sequence[Line]) -> Planner:
        """A planner that has read what it needs."""

    def stand(self, partnership: Partnership) -> dict[UUID, list[dict[str, str]]]:
        """The present state as rows of cells by partner, for the table to download."""


def parse_day(text: str) -> date | None:
    """A day as people write it: 31.12.2026, 31.12.26, 2026-12-31."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2}|\d{4})", text, re.ASCII):
        day, month, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
    elif match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?", text, re.ASCII):
        year, month, day = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def no_day(text: str) -> str:
    """The sentence for a cell that is no day."""
    return _("„%(text)s“ ist kein Datum; bitte schreiben Sie zum Beispiel 01.01.2026.") % {"text": text}
