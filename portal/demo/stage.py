"""The stage of the demonstration: its people and bodies by name, and moments relative to today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.utils import timezone

from committees.models import Committee
from membership.models import Partner
from partnership import clock
from partnership.models import Partnership, User
from portal.demo import content

# Nobody meets from Christmas Eve to New Year's Day.
BETWEEN_YEARS = {(1, 1), *((12, day) for day in range(24, 32))}


def at(days: int, hour: int = 10, minute: int = 0) -> datetime:
    """The moment `days` from today at a time of day; today is the real one, whatever the clock is set to."""
    return timezone.make_aware(
        datetime.combine(timezone.localdate() + timedelta(days=days), time(hour + minute // 60, minute % 60))
    )


def soon() -> datetime:
    """The next full quarter of an hour; shortly before midnight the last one, so that it is always today."""
    quarter = 15 * 60
    last = datetime.fromtimestamp(timezone.now().timestamp() // quarter * quarter, timezone.get_current_timezone())
    following = timezone.localtime(last + timedelta(seconds=quarter))
    return following if following.date() == timezone.localdate() else last


def working(days: int) -> int:
    """The nearest number of days not before `days` that falls on a Monday to Thursday, and not between the years."""
    while (day := timezone.localdate() + timedelta(days=days)).weekday() > 3 or (day.month, day.day) in BETWEEN_YEARS:
        days += 1
    return days


@contextmanager
def moment(days: int, hour: int = 10, minute: int = 0) -> Iterator[datetime]:
    """Let services believe it is that moment."""
    with clock.frozen(at(days, hour, minute)) as now:
        yield now


class Stage:
    """Everybody and everything of the demonstration, by name."""

    partnership: Partnership
    strategic: Committee
    technical: Committee

    def __init__(self) -> None:
        self.people: dict[str, User] = {}
        self.partners: dict[str, Partner] = {}

    def __getitem__(self, persona: content.Persona) -> User:
        return self.people[persona.key]
