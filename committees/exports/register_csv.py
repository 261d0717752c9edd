"""The register as a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.models import Resolution
from committees.services import register
from partnership.exports import tables

HEADS = (
    gettext_lazy("Position"),
    gettext_lazy("Nummer"),
    gettext_lazy("Art"),
    gettext_lazy("Gremium"),
    gettext_lazy("Datum"),
    gettext_lazy("Gegenstand"),
    gettext_lazy("Beschlusstext"),
    gettext_lazy("Ja"),
    gettext_lazy("Nein"),
    gettext_lazy("Enthaltung"),
    gettext_lazy("Nicht abgestimmt"),
    gettext_lazy("Befangen"),
    gettext_lazy("Prüfsumme"),
)


def table(resolutions: Iterable[Resolution]) -> Any:
    """One line per entry; of what the person may not read (`is_readable`), number and kind only."""
    return tables.table(HEADS, _rows(resolutions), title=_("Beschlüsse"))


def _rows(resolutions: Iterable[Resolution]) -> Iterator[list[Any]]:
    for entry in resolutions:
        line: list[Any] = [entry.position, entry.number, entry.get_kind_display()]
        if getattr(entry, "is_readable", False):
            stated = register.record_of(entry, ()).entry.get("counts")
            counts = stated or (register.part(entry, "verdict") or {}).get("count") or {}
            wording = register.part(entry, "text") or {}
            line += [entry.committee.name, entry.resolved_on, entry.title, wording.get("text", "")]
            line += [counts.get(name) for name in ("yes", "no", "abstained", "missing", "excluded")]
        else:
            line += ["", "", _("vertraulich"), "", "", "", "", "", ""]
        yield [*line, entry.hash]
