"""Periods and deadlines: the notice of a meeting, the run of a circular ballot, moments in local time.

The counting follows BGB §§ 187, 188, 193; which end days count is a setting, because statutes differ (facts.md
4.3: one excludes both the day of dispatch and the day of the meeting). Holidays come from outside, as a set
of days, as anything that answers ``day in holidays`` (so does the ``holidays`` package), or as a function.
No clock: every moment is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from committees.rules.rule_set import LAENDER, Circular, LateItems, LateKind, Notice, Unit
from committees.rules.sentence import RuleRefusal, Sentence

Holidays = Container[date] | Callable[[date], bool]
BERLIN: Final = ZoneInfo("Europe/Berlin")
REMINDER_TIME: Final = time(9, 0)
_DAY: Final = timedelta(days=1)
_WEEKDAYS_DE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class LocalTimeError(RuleRefusal):
    """A local time does not exist, or exists twice, on the day the clocks change."""


@dataclass(frozen=True, slots=True)
class NoticeCalculation:
    """A notice period worked out, with the way there in sentences.

    ``is_kept`` and ``latest_dispatch_on`` are known where a day of the meeting was given.
    """

    dispatch_on: date
    last_day: date
    earliest_on: date
    meeting_on: date | None
    is_kept: bool | None
    latest_dispatch_on: date | None
    sentences: tuple[Sentence, ...]


def is_working_day(day: date, holidays: Holidays) -> bool:
    """Monday to Friday and no holiday (BGB § 193 treats Saturday like Sunday)."""
    return day.weekday() < 5 and not _is_holiday(day, holidays)


def _is_holiday(day: date, holidays: Holidays) -> bool:
    # Containers first: the ``holidays`` package's calendars are containers with a call of their own.
    if isinstance(holidays, Container):
        return day in holidays
    return bool(holidays(day))


def earliest_meeting(dispatch_on: date, notice: Notice, holidays: Holidays = frozenset()) -> date:
    """The first day a meeting may be held when the invitation goes out on a day."""
    return _run(dispatch_on, notice, holidays)[1]


def latest_dispatch(meeting_on: date, notice: Notice, holidays: Holidays = frozenset()) -> date:
    """The last day the invitation may go out for a meeting on a day."""
    day = meeting_on
    while earliest_meeting(day, notice, holidays) > meeting_on:
        day -= _DAY
    return day


def _run(dispatch_on: date, notice: Notice, holidays: Holidays) -> tuple[date, date, date]:
    """Last day of the period, earliest day of the meeting, and the last day before it was moved."""
    if notice.amount == 0:
        return dispatch_on, dispatch_on, dispatch_on
    left = notice.amount * (7 if notice.unit is Unit.WEEKS else 1)
    day = dispatch_on if notice.is_dispatch_day_counted else dispatch_on + _DAY
    while True:
        if notice.unit is not Unit.WORKING_DAYS or is_working_day(day, holidays):
            left -= 1
        if left == 0:
            break
        day += _DAY
    counted = day
    if notice.is_end_moved:
        while not is_working_day(day, holidays):
            day += _DAY
    return day, day if notice.is_meeting_day_counted else day + _DAY, counted


def calculate_notice(
    dispatch_on: date,
    notice: Notice,
    holidays: Holidays = frozenset(),
    *,
    meeting_on: date | None = None,
    is_urgent: bool = False,
) -> NoticeCalculation:
    """Work out the notice period from the day of dispatch, and hold a day of the meeting against it.

    Raises ``RuleError`` for an urgent case where the rules know no shorter period.
    """
    shorter = notice.urgent if not is_urgent and notice.urgent_amount is not None else None
    notice = notice.urgent if is_urgent else notice
    last, earliest, counted = _run(dispatch_on, notice, holidays)
    lines = [
        Sentence(f"Versand am {words(dispatch_on).de}.", f"Sent on {words(dispatch_on).en}."),
    ]
    if is_urgent:
        lines.append(Sentence("Es gilt die Frist für dringende Fälle.", "The period for urgent cases applies."))
    if notice.amount == 0:
        lines.append(Sentence("Es ist keine Ladungsfrist festgelegt.", "No notice period is set."))
    else:
        lines.append(_length(notice))
        if notice.land is not None:
            name = LAENDER[notice.land]
            lines.append(Sentence(f"Es gelten die Feiertage des Landes {name}.", f"The holidays of {name} apply."))
        lines.append(
            Sentence(
                f"Letzter Tag der Frist: {words(counted).de}.",
                f"Last day of the period: {words(counted).en}.",
            )
        )
        if last != counted:
            lines.append(
                Sentence(
                    f"Das ist kein Werktag; die Frist endet am nächsten Werktag, {words(last).de}.",
                    f"That is no working day; the period ends on the next one, {words(last).en}.",
                )
            )
    lines.append(
        Sentence(
            f"Die Sitzung kann frühestens am {words(earliest).de} stattfinden.",
            f"The meeting can be held on {words(earliest).en} at the earliest.",
        )
    )
    if meeting_on is None:
        return NoticeCalculation(dispatch_on, last, earliest, None, None, None, tuple(lines))
    is_kept = meeting_on >= earliest
    latest = latest_dispatch(meeting_on, notice, holidays)
    if is_kept:
        lines.append(
            Sentence(
                f"Sitzung am {words(meeting_on).de}: Die Frist ist eingehalten.",
                f"Meeting on {words(meeting_on).en}: the period is kept.",
            )
        )
    else:
        lines.append(
            Sentence(
                f"Sitzung am {words(meeting_on).de}: Die Frist ist nicht eingehalten. "
                f"Dafür hätte die Einladung spätestens am {words(latest).de} versandt werden müssen.",
                f"Meeting on {words(meeting_on).en}: the period is not kept. "
                f"The invitation would have had to go out on {words(latest).en} at the latest.",
            )
        )
        if shorter is not None and meeting_on >= earliest_meeting(dispatch_on, shorter, holidays):
            lines.append(
                Sentence(
                    "Die kürzere Frist für dringende Fälle wäre eingehalten.",
                    "The shorter period for urgent cases would be kept.",
                )
            )
        if notice.is_waivable:
            lines.append(
                Sentence(
                    "Die Verfahrensregeln erlauben, auf die Einhaltung der Frist zu verzichten.",
                    "The rules of procedure allow waiving the period.",
                )
            )
    return NoticeCalculation(dispatch_on, last, earliest, meeting_on, is_kept, latest, tuple(lines))


def _length(notice: Notice) -> Sentence:
    singular, plural = {
        Unit.DAYS: (Sentence("Tag", "day"), Sentence("Tage", "days")),
        Unit.WEEKS: (Sentence("Woche", "week"), Sentence("Wochen", "weeks")),
        Unit.WORKING_DAYS: (Sentence("Werktag", "working day"), Sentence("Werktage", "working days")),
    }[notice.unit]
    unit = singular if notice.amount == 1 else plural
    dispatch = (
        Sentence("Versandtag mitgezählt", "day of dispatch counted")
        if notice.is_dispatch_day_counted
        else Sentence("Versandtag nicht mitgezählt", "day of dispatch not counted")
    )
    meeting = (
        Sentence("Sitzungstag mitgezählt", "day of the meeting counted")
        if notice.is_meeting_day_counted
        else Sentence("Sitzungstag nicht mitgezählt", "day of the meeting not counted")
    )
    return Sentence(
        f"Frist {notice.amount} {unit.de}, {dispatch.de}, {meeting.de}.",
        f"Period of {notice.amount} {unit.en}, {dispatch.en}, {meeting.en}.",
    )


def may_add_late_item(
    late: LateItems,
    *,
    on: date,
    meeting_on: date,
    all_present_agree: bool = False,
    nobody_objects: bool = False,
) -> Sentence | None:
    """Why an item may not come onto the agenda after the invitation; None where it may."""
    if late.kind is LateKind.UNTIL_DAYS_BEFORE:
        assert late.days is not None
        last = meeting_on - timedelta(days=late.days)
        if on <= last:
            return None
        return Sentence(
            f"Weitere Tagesordnungspunkte waren nur bis {words(last).de} möglich.",
            f"Further items were possible until {words(last).en} only.",
        )
    if late.kind is LateKind.NOT_ALLOWED:
        return Sentence(
            "Nach der Einladung sind keine weiteren Tagesordnungspunkte möglich.",
            "No further items are possible after the invitation.",
        )
    if late.kind is LateKind.ALL_PRESENT_AGREE and not all_present_agree:
        return Sentence(
            "Ein weiterer Tagesordnungspunkt braucht die Zustimmung aller Anwesenden.",
            "A further item needs the consent of all who are present.",
        )
    if late.kind is LateKind.NOBODY_OBJECTS and not nobody_objects:
        return Sentence(
            "Ein weiterer Tagesordnungspunkt ist nur möglich, wenn niemand widerspricht.",
            "A further item is possible only if nobody objects.",
        )
    return None


# Moments


def local_moment(day: date, at: time, zone: ZoneInfo = BERLIN) -> datetime:
    """The moment a local clock shows a time on a day.

    Raises ``LocalTimeError`` for a time that is skipped or shown twice when the clocks change.
    """
    first = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise LocalTimeError(
            f"{at:%H:%M} Uhr gibt es am {words(day).de} wegen der Zeitumstellung nicht.",
            f"There is no {at:%H:%M} on {words(day).en}, because the clocks change.",
        )
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise LocalTimeError(
            f"{at:%H:%M} Uhr gibt es am {words(day).de} wegen der Zeitumstellung zweimal. "
            "Bitte wählen Sie eine andere Uhrzeit.",
            f"{at:%H:%M} comes twice on {words(day).en}, because the clocks change. Please choose another time.",
        )
    return first.astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo = BERLIN) -> datetime:
    """24:00 of a day, the moment it is over: a period that ends on a day ends with it (BGB § 188 (1)).

    Deadlines are upper ends and excluded: a vote counts while ``at < deadline``.
    """
    return local_moment(day + _DAY, time(0, 0), zone)


def last_day(deadline: datetime, zone: ZoneInfo = BERLIN) -> date:
    """The local day on which a deadline falls; 24:00 belongs to the day that ends."""
    return (deadline.astimezone(zone) - timedelta(microseconds=1)).date()


def deadline_words(deadline: datetime, zone: ZoneInfo = BERLIN) -> Sentence:
    """``Montag, 30.11.2026, 24:00 Uhr``: a deadline as people say it, midnight being the end of its day."""
    local = deadline.astimezone(zone)
    at = "24:00" if local.time() == time(0) else f"{local:%H:%M}"
    day = words(last_day(deadline, zone))
    return Sentence(f"{day.de}, {at} Uhr", f"{day.en}, {at}")


def circular_deadline(opened_at: datetime, circular: Circular, zone: ZoneInfo = BERLIN) -> datetime:
    """The earliest deadline a circular ballot may have: its least period in whole days after the day it opens."""
    return end_of_day(opened_at.astimezone(zone).date() + timedelta(days=circular.minimum_days), zone)


def check_circular_deadline(
    opened_at: datetime, deadline: datetime, circular: Circular, zone: ZoneInfo = BERLIN
) -> Sentence | None:
    """Why a deadline is too early; None where it is not."""
    earliest = circular_deadline(opened_at, circular, zone)
    if deadline <= opened_at:
        return Sentence("Die Frist muss in der Zukunft liegen.", "The deadline has to lie in the future.")
    if deadline >= earliest or not circular.minimum_days:
        return None
    days = Sentence(
        "1 Tag" if circular.minimum_days == 1 else f"{circular.minimum_days} Tage",
        "1 day" if circular.minimum_days == 1 else f"{circular.minimum_days} days",
    )
    return Sentence(
        f"Ein Umlauf dauert mindestens {days.de}: Die Frist kann frühestens {deadline_words(earliest, zone).de} sein.",
        f"A circular ballot runs for at least {days.en}: the deadline can be {deadline_words(earliest, zone).en} "
        "at the earliest.",
    )


def reminder_moments(
    opened_at: datetime, deadline: datetime, circular: Circular, zone: ZoneInfo = BERLIN
) -> tuple[datetime, ...]:
    """When those who have not voted are reminded: in the morning, so many days before the last day.

    Reminders that would fall on the day of opening or before are left out; rising order.
    """
    end, start = last_day(deadline, zone), opened_at.astimezone(zone).date()
    days = (end - timedelta(days=before) for before in circular.reminder_days)
    return tuple(sorted(local_moment(day, REMINDER_TIME, zone) for day in days if day > start))


def words(day: date) -> Sentence:
    """``Montag, 30.11.2026`` and ``Monday, 30 November 2026``, the same on every machine."""
    return Sentence(
        f"{_WEEKDAYS_DE[day.weekday()]}, {day:%d.%m.}{day.year:04d}",
        f"{_WEEKDAYS_EN[day.weekday()]}, {day.day} {_MONTHS_EN[day.month - 1]} {day.year}",
    )
