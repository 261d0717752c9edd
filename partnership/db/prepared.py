"""Questions that every request asks: put into SQL once for a process, answered with other values ever after.

Django builds the SQL of a queryset anew each time, which costs more processor time than the answer.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateField, Field, QuerySet, UUIDField

# What stands for a value while the SQL is built, and the field that writes such values.
_KINDS: dict[type, tuple[Callable[[int], Any], Field]] = {
    UUID: (lambda place: UUID(int=place), UUIDField()),
    date: (lambda place: date(1, 1, place), DateField()),
}


class Prepared:
    """A `values_list` queryset, as a function of keys and days: `Prepared(build)(user=…, on=…)` answers its rows."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._statements: dict[str, tuple[str, list[Any], Any, Any]] = {}

    def __call__(self, **values: UUID | date) -> Sequence[tuple[Any, ...]]:
        """The rows for these values, in one statement."""
        if connection.vendor not in self._statements:
            self._statements[connection.vendor] = self._compile(values)
        sql, parameters, columns, converters = self._statements[connection.vendor]
        written = {name: _written(value) for name, value in values.items()}
        given = [written[part.name] if isinstance(part, _Place) else part for part in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows = [list(row[:columns]) for row in cursor.fetchall()]
        for position, (functions, expression) in converters.items():
            for row in rows:
                for function in functions:
                    row[position] = function(row[position], expression, connection)
        return [tuple(row) for row in rows]

    def _compile(self, values: dict[str, Any]) -> tuple[str, list[Any], Any, Any]:
        markers = {name: _KINDS[type(value)][0](place) for place, (name, value) in enumerate(values.items(), start=1)}
        compiler = self._build(**markers).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        names = {_written(marker): _Place(name) for name, marker in markers.items()}
        expressions = [column[0] for column in compiler.select[: compiler.col_count]]
        return (
            sql,
            [names.get(parameter, parameter) for parameter in parameters],
            compiler.col_count,
            compiler.get_converters(expressions),
        )


class _Place:
    """Where a value goes."""

    def __init__(self, name: str) -> None:
        self.name = name


def _written(value: Any) -> Any:
    """The value as the database driver takes it."""
    return _KINDS[type(value)][1].get_db_prep_value(value, connection, prepared=False)
