"""Lines at the foot of every mail of a partnership that bear witness to something; apps bring them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from partnership.models import Partnership


@dataclass(frozen=True)
class Line:
    """What is witnessed, in the reader's language, and its value."""

    label: Any
    value: str


_witnesses: list[Callable[[Partnership], Line | None]] = []


def register_witness(witness: Callable[[Partnership], Line | None]) -> None:
    """Let every mail of a partnership carry this line, where there is one (in `AppConfig.ready`)."""
    _witnesses.append(witness)


def lines(partnership: Partnership | None) -> list[Line]:
    """The lines of a partnership's mails as they stand now."""
    if partnership is None:
        return []
    found = (witness(partnership) for witness in _witnesses)
    return [line for line in found if line is not None]
