"""The calendar entry of a meeting: iTIP REQUEST, its updates and its CANCEL (RFC 5545, 5546)."""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

import icalendar
from django.utils.translation import gettext as _

from committees.models import AgendaItem, Meeting
from committees.rules.deadlines import BERLIN
from partnership import clock
from partnership.models import User
from partnership.outbox.render import absolute

PRODID = "-//Konvent//Konvent//DE"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
END = b"END:VEVENT\r\n"

_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SAFE_IN_URI = ":/?#[]@!$&'()*+,;=%-._~"


def calendar(meeting: Meeting, items: Iterable[AgendaItem] = (), *, method: str = REQUEST) -> bytes:
    """The entry as a file of its own. The same UID for ever, SEQUENCE as the meeting has it.

    It names no attendee; see `addressed`. Confidential items stand in it by number alone: calendars are shared
    with colleagues.
    """
    found = icalendar.Calendar()
    found.add("prodid", PRODID)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", method)
    found.add_component(_berlin())
    found.add_component(_event(meeting, items, method))
    return found.to_ical()


def addressed(entry: bytes, person: User) -> bytes:
    """The same entry with its one attendee: built once for a meeting, addressed once for each mail."""
    attendee = icalendar.vCalAddress(f"mailto:{one_line(person.email)}")
    attendee.params["CN"] = _name(person.name or person.email)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    # Answers are given on the page, for the partner: no mail to the office for each press in a calendar.
    attendee.params["RSVP"] = "FALSE"
    line = icalendar.parser.Contentline.from_parts("ATTENDEE", attendee.params, attendee)
    head, end, tail = entry.rpartition(END)
    return b"".join((head, line.to_ical(), b"\r\n", end, tail))


def file_name(meeting: Meeting) -> str:
    """`sitzung-2026-11-30.ics`."""
    return f"sitzung-{meeting.on.isoformat()}.ics"


def one_line(value: object) -> str:
    """A text without anything that could end a line."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", str(value))).strip()


def many_lines(value: object) -> str:
    """A text with plain line feeds, which the format writes as two characters."""
    return _CONTROLS.sub("", _BREAKS.sub("\n", str(value))).strip()


def safe_uri(value: str) -> str:
    """A web address fit for a property; empty for anything else."""
    value = one_line(value)
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote(value, safe=_SAFE_IN_URI)


def _event(meeting: Meeting, items: Iterable[AgendaItem], method: str) -> icalendar.Event:
    page = safe_uri(absolute(meeting.get_absolute_url()))
    video = safe_uri(meeting.video_url)
    event = icalendar.Event()
    event.add("uid", str(meeting.calendar_uid))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", clock.now().replace(microsecond=0))
    event.add("dtstart", meeting.starts_at.astimezone(BERLIN))
    event.add("dtend", meeting.ends_at.astimezone(BERLIN))
    event.add("summary", one_line(f"{meeting.partnership.short_name}: {meeting.title}"))
    event.add("location", one_line(meeting.place or video))
    event.add("description", many_lines(_description(meeting, items, page, video)))
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("url", page)
    if video:
        event.add("conference", video, parameters={"VALUE": "URI", "FEATURE": "VIDEO"}, encode=False)
    organizer = icalendar.vCalAddress(f"mailto:{one_line(meeting.partnership.office_email)}")
    organizer.params["CN"] = _name(meeting.partnership.office_name or meeting.partnership.short_name)
    event.add("organizer", organizer)
    return event


def _name(value: str) -> str:
    return one_line(value).replace('"', "'")


def _description(meeting: Meeting, items: Iterable[AgendaItem], page: str, video: str) -> str:
    lines = []
    if meeting.cancel_reason:
        lines += [_("Abgesagt: %(reason)s") % {"reason": meeting.cancel_reason}, ""]
    agenda = [
        _("TOP %(position)s (vertraulich)") % {"position": item.position}
        if item.is_confidential
        else f"TOP {item.position} {one_line(item.title)}"
        for item in items
    ]
    if agenda:
        lines += [_("Tagesordnung"), *agenda, ""]
    if video:
        lines += [_("Videokonferenz: %(url)s") % {"url": video}, ""]
    lines.append(_("Unterlagen und Antwort: %(url)s") % {"url": page})
    return "\n".join(lines)


def _berlin() -> icalendar.Timezone:
    """Europe/Berlin by the rule that holds since 1996: two lines instead of every change since 1980."""
    zone = icalendar.Timezone()
    zone.add("tzid", "Europe/Berlin")
    for kind, name, month, before, after in (
        (icalendar.TimezoneDaylight, "CEST", 3, 1, 2),
        (icalendar.TimezoneStandard, "CET", 10, 2, 1),
    ):
        part = kind()
        part.add("tzname", name)
        part["dtstart"] = "19960331T020000" if month == 3 else "19961027T030000"
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part["tzoffsetfrom"] = f"+0{before}00"
        part["tzoffsetto"] = f"+0{after}00"
        zone.add_component(part)
    return zone
