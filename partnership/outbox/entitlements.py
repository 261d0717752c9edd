"""Checks asked just before each send: whether the recipient may still have the mail. Apps bring them."""

from collections.abc import Callable

from partnership.models import OutboxMessage

Entitlement = Callable[[OutboxMessage], str | None]
_entitlements: dict[str, Entitlement] = {}


def register_entitlement(name: str, check: Entitlement) -> None:
    """Name a check (in `AppConfig.ready`): it answers why the recipient is no longer entitled, else None.

    `post(entitlement=name)` refers to it. The message it gets has recipient, partnership and what it is about.
    """
    _entitlements[name] = check


def entitlement(name: str) -> Entitlement | None:
    """The check of that name, if there is one."""
    return _entitlements.get(name)
