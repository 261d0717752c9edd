"""Deeds of the audit, by the names that people read. Apps bring theirs in `AppConfig.ready`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_names: dict[str, Any] = {}


def register(names: Mapping[str, Any]) -> None:
    """Name deeds (`noun.verb`)."""
    _names.update(names)


def name_of(action: str) -> str:
    """The name of a deed."""
    return str(_names.get(action, action))


def actions_like(words: str) -> list[str]:
    """Deeds whose name contains the words."""
    return [action for action, name in _names.items() if words.casefold() in str(name).casefold()]


NAMES = {
    "account.accepted": _("Einladung angenommen"),
    "account.changed_by_administration": _("Konto in der Verwaltung geändert"),
    "account.created": _("Konto angelegt"),
    "account.invited": _("Person eingeladen"),
    "account.password_reset_requested": _("Neues Passwort angefordert"),
    "account.updated": _("Konto geändert"),
    "appointment.ended": _("Funktion beendet"),
    "appointment.made": _("Funktion übertragen"),
    "document.added": _("Dokument hochgeladen"),
    "document.restored": _("Dokument wieder freigegeben"),
    "document.version_added": _("Fassung eines Dokuments hochgeladen"),
    "document.withdrawn": _("Dokument zurückgezogen"),
    "outbox.all_resent": _("Alle gescheiterten Nachrichten erneut gesendet"),
    "outbox.released": _("Versand freigegeben"),
    "outbox.resent": _("Nachricht erneut gesendet"),
    "outbox.withdrawn": _("Nachrichten zurückgezogen"),
    "partnership.founded": _("Partnerschaft eingerichtet"),
    "partnership.updated": _("Partnerschaft geändert"),
}
