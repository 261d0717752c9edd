"""The result protocol as a tagged PDF (PDF/UA-1), set by typst. All text goes in as data, never as markup."""

import json
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.exports.protocol import Item, Protocol, Vote
from partnership import clock

TEMPLATE = Path(__file__).parent / "typst" / "protocol.typ"


def render(protocol: Protocol) -> bytes:
    """The PDF; the same protocol gives the same bytes, as long as the register has no further entry."""
    # 80 MB with its compiler: only loaded where a PDF is made.
    import typst

    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data_of(protocol))},
        pdf_standards=["ua-1"],
        timestamp=(protocol.meeting.closed_at or clock.now()).replace(microsecond=0),
        ignore_system_fonts=True,
    )


def data_of(protocol: Protocol) -> dict[str, Any]:
    """What the template prints, as plain data."""
    meeting = protocol.meeting
    facts = [
        (_("Gremium"), meeting.committee.name),
        (_("Zeit"), protocol.when),
        (_("Ort"), meeting.place or (_("Videokonferenz") if meeting.video_url else "")),
        (_("Eröffnet"), _("%(time)s Uhr") % {"time": protocol.opened} if protocol.opened else ""),
        (_("Geschlossen"), _("%(time)s Uhr") % {"time": protocol.closed} if protocol.closed else ""),
    ]
    has_times = any(row.times for row in protocol.attendance)
    return {
        "language": (get_language() or "de")[:2],
        "title": _("Ergebnisprotokoll: %(title)s") % {"title": meeting.title},
        "publisher": meeting.partnership.name,
        "draft": _("Entwurf: Die Sitzung läuft noch.") if protocol.is_draft else "",
        "facts": [[str(name), value] for name, value in facts if value],
        "words": {
            "attendance": _("Anwesenheit"),
            "agenda": _("Tagesordnung und Ergebnisse"),
            "page": _("Seite"),
            "of": _("von"),
            "confidential": _("vertraulich"),
            "result": _("Ergebnis"),
            "presenter": _("Berichterstattung"),
            "resolved": _("Zur Abstimmung gestellter Text"),
            "vote": _("Stimme"),
            "count": _("Anzahl"),
            "votes": _("Stimmen"),
            "resolution": _("Eingetragen im Beschlussregister als"),
            "head": _("Stand des Beschlussregisters, als dieses Protokoll erstellt wurde:"),
            "nothing": _("Es ist keine Anwesenheit erfasst."),
        },
        "quorum": [protocol.quorum.record] if protocol.quorum else [],
        "heads": [_("Partner"), _("Anwesenheit"), _("Person"), *([_("Zeit")] if has_times else [])],
        "attendance": [
            [row.partner, row.how, row.person, *([row.times] if has_times else [])] for row in protocol.attendance
        ],
        "items": [_item(item) for item in protocol.items],
        "head": protocol.head,
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "heading": _("TOP %(position)s: %(title)s") % {"position": item.position, "title": item.title},
        "state": str(item.state),
        "confidential": item.is_confidential,
        "presenter": item.presenter,
        "result": item.result,
        "votes": [_vote(vote) for vote in item.votes],
    }


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "title": vote.title,
        "text": vote.text,
        "state": str(vote.state),
        "numbers": [[str(label), str(number)] for label, number in vote.numbers],
        "sentences": list(vote.sentences),
        "outcome": vote.outcome,
        "resolution": vote.resolution,
    }
