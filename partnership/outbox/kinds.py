"""Kinds of mail, by the names that the office reads. Apps bring them."""

from typing import Any

_kinds: dict[str, Any] = {}


def register_kind(kind: str, label: Any) -> None:
    """Give a kind of mail its name (in `AppConfig.ready`)."""
    _kinds[kind] = label


def kind_label(kind: str) -> str:
    """The name of a kind of mail."""
    return str(_kinds.get(kind, kind))
