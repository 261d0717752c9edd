"""What became of a resolution: higher apps tell it here (in `AppConfig.ready`), the page of the resolution shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from partnership.access import Person


@dataclass(frozen=True)
class FollowUp:
    """One line below a resolution, such as a measure paid for with it."""

    label: Any
    title: str
    url: str = ""


Source = Callable[[Any, Person], Iterable[FollowUp]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a higher app add lines: `source(resolution, user)`, at most one query."""
    if source not in _sources:
        _sources.append(source)
    return source


def of(resolution: Any, user: Person) -> list[FollowUp]:
    """All that became of a resolution, as far as the person may see it."""
    return [line for source in _sources for line in source(resolution, user)]
