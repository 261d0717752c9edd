"""Settings as JSON and back, strictly: every setting must be there, none may be unknown, none of another kind.

Works on frozen dataclasses whose fields are truths, whole numbers, text, enumerations, fractions, other such
dataclasses, tuples of these, and ``None`` where the annotation allows it. Fractions are written ``"2/3"``.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from committees.rules.sentence import RuleRefusal


class RuleError(RuleRefusal):
    """A setting is unknown, malformed, or contradicts another one."""


T = TypeVar("T")
# Numerators and denominators of a fraction have at most so many digits.
DIGITS = 9


def encode(value: Any) -> Any:
    """The value as plain JSON; keys and values never depend on a locale."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], data: object, name: str) -> T:
    """Read what ``encode`` wrote. Raises ``RuleError`` with a sentence that names the setting."""
    data = _object(data, name)
    hints = _hints(kind)  # type: ignore[arg-type]
    for key in hints:
        if key not in data:
            raise _missing(name, key)
    if unknown := sorted(str(key) for key in set(data) - set(hints)):
        raise RuleError(
            f"{name}: Die Einstellung „{unknown[0]}“ ist unbekannt.", f"{name}: the setting '{unknown[0]}' is unknown."
        )
    return kind(**{key: _read(hint, data[key], name, key) for key, hint in hints.items()})


def format_of(data: object, name: str) -> object:
    """The format that stored data names. Raises ``RuleError`` where it names none."""
    data = _object(data, name)
    if "format" not in data:
        raise _missing(name, "format")
    return data["format"]


def _object(data: object, name: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise RuleError(f"{name}: erwartet wird ein Objekt.", f"{name}: an object is expected.")
    return data


def _missing(name: str, key: str) -> RuleError:
    return RuleError(f"{name}: Die Einstellung „{key}“ fehlt.", f"{name}: the setting '{key}' is missing.")


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(hint: Any, value: Any, name: str, key: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        (hint,) = (option for option in get_args(hint) if option is not type(None))
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise _wrong(value, name, key)
        return tuple(_read(get_args(hint)[0], item, name, key) for item in value)
    if is_dataclass(hint):
        return decode(hint, value, f"{name}.{key}")  # type: ignore[arg-type]
    if issubclass(hint, StrEnum):
        try:
            return hint(value)
        except ValueError:
            raise _wrong(value, name, key) from None
    if hint is Fraction:
        return _fraction(value, name, key)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise _wrong(value, name, key)
    return value


def _fraction(value: Any, name: str, key: str) -> Fraction:
    above, slash, below = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not (slash and all(n.isascii() and n.isdigit() and len(n) <= DIGITS for n in (above, below)) and int(below)):
        raise _wrong(value, name, key)
    return Fraction(int(above), int(below))


def _wrong(value: object, name: str, key: str) -> RuleError:
    return RuleError(
        f"{name}: „{value}“ ist kein zulässiger Wert für die Einstellung „{key}“.",
        f"{name}: '{value}' is no possible value of the setting '{key}'.",
    )
