"""The Beschlussausfertigung: one resolution as a tagged PDF."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from committees.exports import paper
from committees.models import Resolution
from committees.services import register
from partnership.ui.tags import date_de

COUNTS = ("yes", "no", "abstained", "missing", "excluded")


def count_rows(counts: Mapping[str, Any], *, has_options: bool = False) -> list[tuple[str, Any]]:
    """The counts with the words of the pages."""
    words = {
        "yes": _("mit einer Wahl") if has_options else _("Ja"),
        "no": _("gegen alle") if has_options else _("Nein"),
        "abstained": _("Enthaltung"),
        "missing": _("Nicht abgestimmt"),
        "excluded": _("Befangen"),
    }
    return [(words[name], counts[name]) for name in COUNTS]


def render(
    resolution: Resolution,
    *,
    sentences: Sequence[str],
    counts: Mapping[str, Any] | None,
    roll_call: Sequence[Mapping[str, Any]] = (),
    options: Sequence[Mapping[str, Any]] = (),
    corrections: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The PDF of an entry, with its place in the chain."""
    wording = register.part(resolution, "text") or {}
    blocks = [paper.heading(_("Beschlusstext")), paper.quote(wording.get("text", ""))]
    for row in corrections:
        blocks += [
            paper.heading(_("Berichtigung vom %(day)s") % {"day": date_de(row["entry"].resolved_on)}),
            paper.prose(row.get("reason", "")),
            paper.quote(row.get("text", "")),
        ]
    if counts or sentences:
        blocks.append(paper.heading(_("Ergebnis")))
    if counts:
        blocks.append(
            paper.table(_("Stimmen"), [_("Stimme"), _("Anzahl")], count_rows(counts, has_options=bool(options)))
        )
    if options:
        rows = [(row["title"], row["votes"]) for row in options]
        blocks.append(paper.table(_("Stimmen je Möglichkeit"), [_("Möglichkeit"), _("Stimmen")], rows))
    if sentences:
        blocks.append(paper.items(sentences))
    if roll_call:
        blocks.append(
            paper.table(
                _("Namentliche Liste"),
                [_("Partner"), _("Stimme")],
                [(row["name"], _choice(row)) for row in roll_call],
            )
        )
    blocks += [
        paper.heading(_("Nachweis")),
        paper.prose(
            _("Eintrag %(position)s im Beschlussregister der Partnerschaft. Prüfsumme (SHA-256):")
            % {"position": resolution.position}
        ),
        paper.code(resolution.hash),
        paper.prose(_("Prüfsumme des vorigen Eintrags:")),
        paper.code(resolution.previous_hash),
    ]
    number = resolution.number or _("Eintrag %(position)s") % {"position": resolution.position}
    return paper.render(
        title=_("Beschluss %(number)s: %(title)s") % {"number": number, "title": resolution.title},
        publisher=resolution.partnership.name,
        note=_("vertraulich") if resolution.is_confidential and not hasattr(resolution, "publication") else "",
        facts=[
            (_("Gremium"), resolution.committee.name),
            (_("Datum"), date_de(resolution.resolved_on)),
            (_("Art"), resolution.get_kind_display()),
            (_("Verfahren"), resolution.ballot.get_way_display() if resolution.ballot else ""),
        ],
        blocks=blocks,
        footer=number,
        at=resolution.recorded_at,
    )


def _choice(row: Mapping[str, Any]) -> str:
    if row["is_excluded"]:
        return _("befangen")
    if not row["words"]:
        return _("nicht abgestimmt")
    return f"{row['words']}. {row['statement']}" if row.get("statement") else str(row["words"])
