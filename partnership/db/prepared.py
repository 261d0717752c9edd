"""Questions that every request asks: put into SQL once for a process, answered with other values ever after.

Django builds the SQL of a queryset anew each time, which costs more processor time than the answer.
"""

from collections.abc import Callable, Hashable
from copy import copy
from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from weakref import WeakSet

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, DateField, DateTimeField, Field, QuerySet, UUIDField

from partnership.access.ties import REMEMBERED, Person, Ties, ties

# What stands for the value with that number while the SQL is built, and the field that writes such values.
_KINDS: dict[type, tuple[Callable[[int], Any], Field]] = {
    UUID: (lambda number: UUID(int=number + 1), UUIDField()),
    date: (lambda number: date.fromordinal(number + 1), DateField()),
    datetime: (lambda number: datetime(2, 1, 1, tzinfo=UTC) + timedelta(days=number), DateTimeField()),
    str: (lambda number: f"\ue000{number}", CharField()),
}
# People hold ties in many combinations; beyond so many the rarely asked ones are built anew.
LARGEST = 256

# Names of statements must differ within a connection.
_numbers = count(1)

Value: TypeAlias = "UUID | date | datetime | str | frozenset[UUID] | Person"


class Prepared:
    """A queryset as a function of what it asks for: `Prepared(build)(ballot=…, on=…)` answers its rows.

    `build` is called with stand-ins and may put them into lookups only: it must not decide anything by them. Of a
    set only the size is fixed, of a person only the key and the kinds of ties, so `visible_to(reader)` works.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._statements: dict[Hashable, _Statement | None] = {}

    def __call__(self, **values: Value) -> list[Any]:
        """The rows for these values, in one statement."""
        connection = connections[DEFAULT_DB_ALIAS]
        given: list[Any] = []
        shapes = {name: _shape_of(value, given) for name, value in values.items()}
        key = (connection.vendor, *shapes.items())
        if key not in self._statements:
            if len(self._statements) >= LARGEST:
                self._statements.clear()
            stand_ins = {name: _stand_in(shape) for name, shape in shapes.items()}
            try:
                self._statements[key] = _Statement(self._build(**stand_ins), [type(value) for value in given])
            except EmptyResultSet:
                self._statements[key] = None
        statement = self._statements[key]
        return statement.rows(given, connection) if statement else []

    def first(self, **values: Value) -> Any:
        """The first row for these values, or None."""
        return next(iter(self(**values)), None)


class _Place(NamedTuple):
    """Where the value with that number goes."""

    kind: type
    number: int


class _Reader(NamedTuple):
    """What is fixed of a person: the kinds of their ties. Keys are places."""

    model: type
    key: _Place
    held: Ties


class _Statement:
    """SQL with places among its parameters, and how Django makes rows of the answer."""

    def __init__(self, rows: QuerySet[Any, Any], kinds: list[type]) -> None:
        """Put it together. Raises EmptyResultSet where Django sees that there cannot be any row."""
        connection = connections[DEFAULT_DB_ALIAS]
        self._compiler: Any = rows.query.get_compiler(connection=connection)
        self._iterable: Any = rows._iterable_class
        self._sql, parameters = self._compiler.as_sql()
        columns = [column[0] for column in self._compiler.select[: self._compiler.col_count]]
        converters = self._compiler.get_converters(columns)
        self._compiler.get_converters = lambda _columns: converters
        places = [_Place(kind, number) for number, kind in enumerate(kinds)]
        found = {_written(_stand_in(place), connection): place for place in places}
        self._parameters = [found.get(parameter, parameter) for parameter in parameters]
        self._planned = _planned(f"konvent_{next(_numbers)}", self._sql, self._parameters)
        self._keepers: WeakSet[Any] = WeakSet()

    def rows(self, given: list[Any], connection: BaseDatabaseWrapper) -> list[Any]:
        """Run it; the queryset's own way of making rows is given a compiler that has its SQL already."""
        written = [_written(value, connection) for value in given]
        compiler = copy(self._compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: self._for(connection, written)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        rows = list(self._iterable(SimpleNamespace(query=query, db=DEFAULT_DB_ALIAS, _known_related_objects={})))
        if _keeps_plans(connection):
            self._keepers.add(connection.connection)
        return rows

    def _for(self, connection: BaseDatabaseWrapper, written: list[Any]) -> tuple[str, list[Any]]:
        """The statement and its parameters; a database that keeps plans is told this one with the first question."""
        if not _keeps_plans(connection):
            return self._sql, [written[one.number] if isinstance(one, _Place) else one for one in self._parameters]
        prepare, constants, execute, places = self._planned
        asked = [written[place.number] for place in places]
        if connection.connection in self._keepers:
            return execute, asked
        return f"{prepare}; {execute}", [*constants, *asked]


def _keeps_plans(connection: BaseDatabaseWrapper) -> bool:
    """PostgreSQL does, as long as the connection lasts; not behind a pooler that hands out another each time."""
    return connection.vendor == "postgresql" and not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")


def _planned(name: str, sql: str, parameters: list[Any]) -> tuple[str, list[Any], str, list[_Place]]:
    """The same for PREPARE, with its constants, and EXECUTE, with its places."""
    places = list(dict.fromkeys(one for one in parameters if isinstance(one, _Place)))
    marks = tuple(f"${places.index(one) + 1}" if isinstance(one, _Place) else "%s" for one in parameters)
    body = sql.replace("%%", "%%%%") % marks
    constants = [one for one in parameters if not isinstance(one, _Place)]
    values = f"({', '.join(['%s'] * len(places))})" if places else ""
    return f"PREPARE {name} AS {body}", constants, f"EXECUTE {name}{values}", places


def _shape_of(value: Any, given: list[Any]) -> Hashable:
    """The value with places instead of what differs from call to call; that is put down in `given`."""

    def place(one: Any) -> _Place:
        given.append(one)
        return _Place(type(one), len(given) - 1)

    if isinstance(value, frozenset):
        return frozenset(place(one) for one in value)
    if type(value) in _KINDS:
        return place(value)
    held = ties(value)
    places = {key: place(key) for key in held.keys}
    return _Reader(value.__class__, place(value.pk), held.renamed(places))


def _stand_in(shape: Any) -> Any:
    """The shape with something in each place that can be found again in the SQL's parameters."""
    if isinstance(shape, _Place):
        return _KINDS[shape.kind][0](shape.number)
    if isinstance(shape, frozenset):
        return frozenset(_stand_in(place) for place in shape)
    person = shape.model(pk=_stand_in(shape.key))
    setattr(person, REMEMBERED, shape.held.renamed({place: _stand_in(place) for place in shape.held.keys}))
    return person


def _written(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """The value as the database driver takes it."""
    return _KINDS[type(value)][1].get_db_prep_value(value, connection, prepared=False)
