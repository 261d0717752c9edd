"""Kinds of mail, by the names that the office reads. Apps bring them."""

from typing import Any

_kinds: dict[str, Any] = {}
_personal: set[str] = set()


def register_kind(kind: str, label: Any, *, is_personal: bool = False) -> None:
    """Give a kind of mail its name (in `AppConfig.ready`).

    `is_personal`: its link opens the recipient's account, so nobody else reads the mail, the office neither.
    """
    _kinds[kind] = label
    if is_personal:
        _personal.add(kind)


def kind_label(kind: str) -> str:
    """The name of a kind of mail."""
    return str(_kinds.get(kind, kind))


def is_personal(kind: str) -> bool:
    """Whether only the recipient may read mails of this kind."""
    return kind in _personal
