"""Charts as numbers for an SVG template: bars, columns, lines and the stacked vote bar.

All geometry is computed here and handed over as strings, so that a page's language never puts
a comma into a coordinate. The drawing is 360 units wide: readable at 360 px, calm at 32 rem.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

from django.utils.formats import number_format
from django.utils.text import slugify

WIDTH = 360
Number = int | float | Decimal


def _coord(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _shown(value: Number, unit: str = "") -> str:
    places = 0 if value == int(value) else 2
    text = number_format(round(Decimal(str(value)), places), places, use_l10n=True, force_grouping=True)
    return f"{text}\u00a0{unit}" if unit else text


def nice_top(highest: float) -> float:
    """The next round number at or above the highest value, for the top of an axis."""
    if highest <= 0:
        return 1
    step = 10 ** floor(log10(highest))
    for factor in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10):
        if highest <= factor * step:
            return factor * step
    return highest


@dataclass(frozen=True)
class Mark:
    """One value of a chart, with where it stands in the drawing."""

    label: str
    shown: str
    x: str = "0"
    y: str = "0"
    width: str = "0"
    height: str = "0"
    label_y: str = "0"
    middle: str = "0"
    value_y: str = "0"
    fill: str = "1"


@dataclass(frozen=True)
class Chart:
    """A drawing and the table that says the same."""

    key: str
    title: str
    description: str
    label_head: str
    value_head: str
    marks: Sequence[Mark]
    height: str
    points: str = ""
    baseline: str = "0"
    top_label: str = ""
    half_label: str = ""
    half_y: str = "0"
    top_y: str = "0"


def _key(title: str, key: str) -> str:
    return f"chart-{key or slugify(title) or 'x'}"


def _describe(pairs: Iterable[tuple[Any, Number]], unit: str) -> str:
    return "; ".join(f"{label}: {_shown(value, unit)}" for label, value in pairs)


def bars(
    title: Any,
    pairs: Sequence[tuple[Any, Number]],
    *,
    unit: str = "",
    label_head: Any = "",
    value_head: Any = "",
    key: str = "",
    highest: Number | None = None,
) -> Chart:
    """Lying bars, one per (label, value): for few things with long names."""
    row = 46
    top = float(highest if highest is not None else max((value for _, value in pairs), default=0)) or 1.0
    marks = [
        Mark(
            label=str(label),
            shown=_shown(value, unit),
            y=_coord(i * row + 22),
            width=_coord(max(float(value), 0) / top * WIDTH),
            height="14",
            label_y=_coord(i * row + 15),
        )
        for i, (label, value) in enumerate(pairs)
    ]
    return Chart(
        _key(str(title), key), str(title), _describe(pairs, unit), str(label_head), str(value_head), marks,
        _coord(max(len(pairs), 1) * row),
    )  # fmt: skip


def columns(
    title: Any,
    pairs: Sequence[tuple[Any, Number]],
    *,
    unit: str = "",
    label_head: Any = "",
    value_head: Any = "",
    key: str = "",
) -> Chart:
    """Standing columns, one per (label, value): for years and months."""
    return _upright(title, pairs, unit, label_head, value_head, key, line=False)


def line(
    title: Any,
    pairs: Sequence[tuple[Any, Number]],
    *,
    unit: str = "",
    label_head: Any = "",
    value_head: Any = "",
    key: str = "",
) -> Chart:
    """A line through (label, value): for what grows over time."""
    return _upright(title, pairs, unit, label_head, value_head, key, line=True)


def _upright(
    title: Any,
    pairs: Sequence[tuple[Any, Number]],
    unit: str,
    label_head: Any,
    value_head: Any,
    key: str,
    *,
    line: bool,
) -> Chart:
    left, top_y, base_y, height = 46, 22, 176, 204
    highest = nice_top(float(max((value for _, value in pairs), default=0)))
    slot = (WIDTH - left) / max(len(pairs), 1)
    every = max(1, ceil(34 / slot))  # a label needs about 34 units
    fits = max((len(_shown(value, unit)) for _, value in pairs), default=0) * 6.4 <= slot
    marks = []
    for i, (label, value) in enumerate(pairs):
        size = max(float(value), 0) / highest * (base_y - top_y)
        middle = left + slot * (i + 0.5)
        is_labelled = (len(pairs) - 1 - i) % every == 0
        marks.append(
            Mark(
                label=str(label),
                shown=_shown(value, unit),
                x=_coord(middle - min(slot * 0.62, 44) / 2),
                y=_coord(base_y - size),
                width=_coord(min(slot * 0.62, 44)),
                height=_coord(size),
                label_y=_coord(base_y + 19) if is_labelled else "",
                middle=_coord(middle),
                value_y=_coord(base_y - size - 6) if fits else "",
            )
        )
    points = " ".join(f"{mark.middle},{mark.y}" for mark in marks) if line else ""
    return Chart(
        _key(str(title), key), str(title), _describe(pairs, unit), str(label_head), str(value_head), marks,
        str(height), points, str(base_y), _short(highest), _short(highest / 2), _coord((base_y + top_y) / 2),
        str(top_y),
    )  # fmt: skip


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{_trimmed(value / 1_000_000)}\u00a0Mio."
    if value >= 10_000:
        return f"{_trimmed(value / 1000)}\u00a0T"
    return _trimmed(value)


def _trimmed(value: float) -> str:
    rounded = round(Decimal(str(value)), 1)
    return number_format(rounded, 0 if rounded == int(rounded) else 1)


def _percent(count: Number, total: float) -> str:
    share = Decimal(str(count)) / Decimal(str(total)) * 100 if total else Decimal(0)
    return f"{number_format(round(share, 1), 1)}\u00a0%"


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar."""

    label: str
    count: Number
    shown: str
    share: str
    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class Stack:
    """A stacked bar and its table."""

    key: str
    title: str
    description: str
    parts: Sequence[Part]
    total: str


def stack(title: Any, parts: Sequence[tuple[str, Any, Number]], *, unit: str = "", key: str = "") -> Stack:
    """One bar out of (kind, label, count); kind yes, no, abstain, missing or excluded gives the pattern."""
    total = float(sum(count for _, _, count in parts))
    drawn = [(kind, label, count) for kind, label, count in parts if count > 0]
    gap = 2.0
    least = 2.0  # a single vote among thousands is still seen
    space = WIDTH - gap * max(len(drawn) - 1, 0) - least * len(drawn)
    ends = [0.0]
    for _, _, count in drawn:
        ends.append(ends[-1] + least + float(count) / total * space)
    places = {
        kind: (start + i * gap, end - start) for i, ((kind, _, _), (start, end)) in enumerate(
            zip(drawn, pairwise(ends), strict=True)
        )
    }  # fmt: skip
    return Stack(
        _key(str(title), key),
        str(title),
        "; ".join(f"{label}: {_shown(count, unit)}" for _, label, count in parts),
        [
            Part(
                str(label),
                count,
                _shown(count, unit),
                _percent(count, total),
                kind,
                _coord(places.get(kind, (0.0, 0.0))[0]),
                _coord(places.get(kind, (0.0, 0.0))[1]),
            )
            for kind, label, count in parts
        ],
        _shown(Decimal(str(total)).normalize() if total != int(total) else int(total), unit),
    )


@dataclass(frozen=True)
class Meter:
    """How much of something has been reached, perhaps with the mark that is needed."""

    width: str
    needed_x: str
    is_reached: bool


def meter(value: Number, total: Number, needed: Number | None = None) -> Meter:
    """Geometry of a turnout or quorum meter, in percent."""
    whole = float(total) or 1.0
    share = min(max(float(value) / whole * 100, 0), 100)
    needed_x = "" if needed is None else _coord(min(max(float(needed) / whole * 100, 0), 100))
    return Meter(_coord(share), needed_x, needed is not None and value >= needed)
