"""What people really send, where a cell of the matrix is to be done and not only let through."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from partnership import clock
from tests.access.world import World

Payload = Callable[[World, str], dict[str, Any]]

PAYLOADS: dict[str, Payload] = {}


def of(key: str, world: World, role: str) -> dict[str, Any]:
    """What this role sends there; empty where letting through is all that is asked."""
    make = PAYLOADS.get(key)
    return make(world, role) if make else {}


def succeeded(response: Any) -> bool:
    """Good data leads on to the next page, or is answered with a result."""
    return response.status_code in (200, 302, 303)


__all__ = ["PAYLOADS", "clock", "of", "succeeded", "timedelta", "uuid4"]
