"""What the last notice of a meeting said, and what is different now."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from committees.enums import MeetingState
from committees.models import AgendaItem, Meeting, Paper
from committees.models.meeting import span_words
from partnership.db.locks import lock

State = Mapping[str, Any]


def locked(meeting: Meeting) -> Meeting:
    """The meeting, locked and read afresh; every change of it, its agenda and its attendance goes through here."""
    return lock(Meeting.objects.select_related("committee", "partnership"), meeting.pk)


def agenda(meeting: Meeting) -> list[AgendaItem]:
    """All items with their motions and papers (`item.files`), in two queries."""
    return list(with_files(AgendaItem.objects.filter(meeting=meeting)))


def with_files(items: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    """Items in their order, each with its motion and its readable papers as `files`."""
    return (
        items.select_related("referral__motion")  # type: ignore[no-redef] # the model declares `files`
        .prefetch_related(Prefetch("paper_links", queryset=Paper.objects.with_file(), to_attr="files"))
        .order_by("position")
    )


def snapshot(meeting: Meeting, items: list[AgendaItem] | None = None) -> dict[str, Any]:
    """All that an invitation tells, as JSON."""
    return {
        "title": meeting.title,
        "starts_at": meeting.starts_at.astimezone(UTC).isoformat(),
        "ends_at": meeting.ends_at.astimezone(UTC).isoformat(),
        "place": meeting.place,
        "video_url": meeting.video_url,
        "invitation_text": meeting.invitation_text,
        "items": [
            {
                "id": str(item.pk),
                "position": item.position,
                "title": item.title,
                "text": item.text,
                "presenter": item.presenter,
                "is_confidential": item.is_confidential,
                "papers": [
                    {
                        "id": str(link.document_id),
                        "title": link.document.title,
                        "version": link.version or 0,
                    }
                    for link in item.files
                ],
            }
            for item in (agenda(meeting) if items is None else items)
        ],
    }


def touch(meeting: Meeting) -> None:
    """After a change: note whether the invited now know less than what holds. Undoing a change clears it."""
    if meeting.state != MeetingState.INVITED:
        return
    now = snapshot(meeting)
    has_changes = now != meeting.sent_state
    if has_changes != meeting.has_unsent_changes:
        meeting.has_unsent_changes = has_changes
        meeting.save(update_fields=["has_unsent_changes"])


def changes(before: State, after: State) -> list[str]:
    """What a change notice says, one sentence each. Confidential items are named by number alone."""
    if not before:
        return []
    found: list[str] = []
    if before["title"] != after["title"]:
        found.append(_now_and_before(_("Bezeichnung"), after["title"], before["title"]))
    times = [
        span_words(datetime.fromisoformat(state["starts_at"]), datetime.fromisoformat(state["ends_at"]))
        for state in (before, after)
    ]
    if times[0] != times[1]:
        found.append(_now_and_before(_("Zeit"), times[1], times[0]))
    if before["place"] != after["place"]:
        found.append(_now_and_before(_("Ort"), after["place"], before["place"]))
    if before["video_url"] != after["video_url"]:
        found.append(
            _("Der Link zur Videokonferenz ist neu.")
            if after["video_url"]
            else _("Die Sitzung wird nicht mehr als Videokonferenz übertragen.")
        )
    if before["invitation_text"] != after["invitation_text"]:
        found.append(_("Der Einladungstext ist geändert."))
    return found + _agenda_changes(before["items"], after["items"])


def _now_and_before(what: str, now: str, before: str) -> str:
    values = {"what": what, "now": now, "before": before}
    if not now:
        return _("%(what)s: entfällt (bisher: %(before)s).") % values
    if not before:
        return _("%(what)s: %(now)s (bisher nicht angegeben).") % values
    return _("%(what)s: jetzt %(now)s (bisher: %(before)s).") % values


def _agenda_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    old, new = {item["id"]: item for item in before}, {item["id"]: item for item in after}
    found = [_("Neu: %(item)s.") % {"item": _name(item)} for item in after if item["id"] not in old]
    found += [_("Entfallen: %(item)s.") % {"item": _name(item)} for item in before if item["id"] not in new]
    common = [item["id"] for item in after if item["id"] in old]
    if common != [item["id"] for item in before if item["id"] in new]:
        found.append(_("Die Reihenfolge der Tagesordnung ist geändert."))
    for key in common:
        found += _item_changes(old[key], new[key])
    return found


def _item_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    told = ("title", "text", "presenter", "is_confidential", "papers")
    if all(old[field] == new[field] for field in told):
        return []
    if old["is_confidential"] or new["is_confidential"]:
        return [_("Geändert: %(item)s.") % {"item": _name({**new, "is_confidential": True})}]
    found = []
    if old["title"] != new["title"]:
        found.append(
            _("TOP %(position)s heißt jetzt „%(now)s“ (bisher „%(before)s“).")
            % {"position": new["position"], "now": new["title"], "before": old["title"]}
        )
    if (old["text"], old["presenter"]) != (new["text"], new["presenter"]):
        found.append(_("Geändert: %(item)s.") % {"item": _name(new)})
    earlier = {paper["id"]: paper for paper in old["papers"]}
    for paper in new["papers"]:
        values = {"item": _name(new), "paper": paper["title"]}
        if paper["id"] not in earlier:
            found.append(_("Neue Unterlage zu %(item)s: „%(paper)s“.") % values)
        elif earlier[paper["id"]]["version"] != paper["version"]:
            found.append(_("Neue Fassung einer Unterlage zu %(item)s: „%(paper)s“.") % values)
    still = {paper["id"] for paper in new["papers"]}
    for paper in old["papers"]:
        if paper["id"] not in still:
            found.append(
                _("Unterlage zurückgezogen bei %(item)s: „%(paper)s“.") % {"item": _name(new), "paper": paper["title"]}
            )
    return found


def _name(item: Mapping[str, Any]) -> str:
    if item["is_confidential"]:
        return _("TOP %(position)s (vertraulich)") % item
    return _("TOP %(position)s %(title)s") % item


def mark_sent(meeting: Meeting, items: list[AgendaItem]) -> None:
    """Keep what the notice that goes out now says; saved by the caller."""
    meeting.sent_state = snapshot(meeting, items)
    meeting.has_unsent_changes = False
