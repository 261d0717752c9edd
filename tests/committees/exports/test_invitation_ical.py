"""The calendar entry: what stands in it, and what can never get into it (I5)."""

from datetime import UTC, timedelta

import icalendar
import pytest

from committees.exports import invitation_ical
from committees.models import AgendaItem
from partnership import clock
from tests.factories.meetings import berlin, make_meeting
from tests.factories.motions import make_house

pytestmark = pytest.mark.django_db

HOSTILE = [
    "a\r\nATTENDEE:mailto:evil@example.org",
    "a\nMETHOD:CANCEL",
    "a\rX-EVIL:1\rEND:VEVENT",
    "END:VEVENT\r\nBEGIN:VEVENT",
    "x" * 1000,
    "ü" * 1000,
    'Komma, Semikolon; Doppelpunkt: "Zitat" \\n \\ ^n',
    "\x00\x07\x1b NUL",
    "Zeile\u2028X-EVIL:1\u2029X-EVIL:2\x85X-EVIL:3",
    "=?utf-8?q?X?=",
]
WEB = [
    "https://video.example.org/a\r\nX-EVIL:1",
    "https://video.example.org/a\rX-EVIL:1",
    "javascript:alert(1)",
    "https://video.example.org/ä b?c=d&e=f#g",
    "https://" + "x" * 480 + ".org",
    "http://[",
]
KNOWN = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "TZID", "TZNAME", "DTSTART", "DTEND", "RRULE",
    "TZOFFSETFROM", "TZOFFSETTO", "UID", "SEQUENCE", "DTSTAMP", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS",
    "TRANSP", "URL", "CONFERENCE", "ORGANIZER", "ATTENDEE",
}  # fmt: skip


def entry_for(house, meeting, items=()):
    return invitation_ical.addressed(invitation_ical.calendar(meeting, items), house.sk_delegates[0])


def content_lines(data: bytes) -> list[tuple[str, dict[str, str], str]]:
    """A second parser, straight from RFC 5545 3.1: CRLF lines of at most 75 octets, unfolded, name;params:value."""
    text = data.decode("utf-8")
    assert "\r\n" in text
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    assert not any(ord(char) < 32 and char not in "\r\n\t" for char in text)
    raw = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in raw)
    unfolded: list[str] = []
    for line in raw:
        if line[0] in " \t":
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    found = []
    for line in unfolded:
        quoted, cut = False, None
        for index, char in enumerate(line):
            if char == '"':
                quoted = not quoted
            elif char == ":" and not quoted:
                cut = index
                break
        assert cut is not None, line
        head, value = line[:cut], line[cut + 1 :]
        parts, current, quoted = [], "", False
        for char in head:
            if char == '"':
                quoted = not quoted
            if char == ";" and not quoted:
                parts.append(current)
                current = ""
            else:
                current += char
        parts.append(current)
        assert all(char.isalnum() or char == "-" for char in parts[0]), line
        found.append((parts[0].upper(), dict(part.split("=", 1) for part in parts[1:]), value))
    return found


def check(data: bytes) -> icalendar.Event:
    """Both parsers read the same, and nothing stands in it that we did not put there."""
    lines = content_lines(data)
    assert {name for name, _params, _value in lines} <= KNOWN
    depth: list[str] = []
    for name, _params, value in lines:
        if name == "BEGIN":
            depth.append(value)
        elif name == "END":
            assert depth.pop() == value
    assert depth == []
    for name in ("METHOD", "SUMMARY", "UID", "SEQUENCE", "ORGANIZER", "URL", "STATUS", "DESCRIPTION"):
        assert sum(line[0] == name for line in lines) == 1, name
    assert sum(line[0] == "ATTENDEE" for line in lines) <= 1
    calendar = icalendar.Calendar.from_ical(data)
    event = calendar.walk("VEVENT")[0]
    assert len(calendar.walk("VEVENT")) == 1
    assert not event.errors
    return event


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_injects_a_property(text):
    house = make_house(1)
    house.partnership.office_name = text
    house.sk_delegates[0].name = text
    # Set, not saved: a database that refuses a text is no defence of the calendar file.
    meeting = make_meeting(house)
    meeting.title = meeting.place = meeting.cancel_reason = text
    item = AgendaItem(meeting=meeting, position=1, title=text)
    data = entry_for(house, meeting, [item])
    event = check(data)
    # What is readable stays: the words arrive, on one line.
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    assert words in " ".join(str(event["SUMMARY"]).split())


@pytest.mark.parametrize("url", WEB)
def test_no_address_injects_a_property(url):
    house = make_house(1)
    meeting = make_meeting(house, video_url=url, place="")
    event = check(entry_for(house, meeting))
    assert str(event.get("CONFERENCE", "https:")).startswith("https:")
    assert "javascript" not in str(event)


def test_times_are_local_with_their_zone_in_winter_and_in_summer():
    house = make_house(1)
    for at, offset in ((berlin(2026, 1, 15, 14), 1), (berlin(2026, 7, 15, 14), 2)):
        meeting = make_meeting(house, starts_at=at, ends_at=at + timedelta(hours=2))
        data = invitation_ical.calendar(meeting)
        start = next(line for line in content_lines(data) if line[0] == "DTSTART" and line[1])
        assert start[1] == {"TZID": "Europe/Berlin"}
        assert start[2].endswith("T140000")
        event = check(data)
        assert event["DTSTART"].dt.astimezone(UTC) == at.astimezone(UTC)
        zone = icalendar.Calendar.from_ical(data).walk("VTIMEZONE")[0].to_tz()
        assert at.replace(tzinfo=None).replace(tzinfo=zone).utcoffset() == timedelta(hours=offset)


def test_an_update_keeps_the_uid_and_raises_the_sequence():
    house = make_house(1)
    meeting = make_meeting(house)
    first = check(invitation_ical.calendar(meeting))
    meeting.sequence = 3
    meeting.title = "Umbenannt"
    second = check(invitation_ical.calendar(meeting))
    assert first["UID"] == second["UID"] == str(meeting.calendar_uid)
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 3)


def test_a_cancellation_says_so():
    house = make_house(1)
    meeting = make_meeting(house, cancel_reason="Krankheit")
    data = invitation_ical.calendar(meeting, method=invitation_ical.CANCEL)
    event = check(data)
    assert icalendar.Calendar.from_ical(data)["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert "Krankheit" in event["DESCRIPTION"]


def test_the_entry_leads_to_the_page_and_rings_no_alarm():
    house = make_house(1)
    meeting = make_meeting(house, video_url="https://video.example.org/raum")
    event = check(entry_for(house, meeting))
    assert event["URL"].endswith(meeting.get_absolute_url())
    assert event["CONFERENCE"] == "https://video.example.org/raum"
    assert event["DTSTAMP"].dt <= clock.now()
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert not event.subcomponents


def test_a_download_names_nobody():
    assert "ATTENDEE" not in check(invitation_ical.calendar(make_meeting(make_house(1))))
