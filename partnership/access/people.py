"""Who belongs to a partnership: the other direction of `ties`, for lists of people."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from partnership import clock
from partnership.models import Appointment, Partnership, User

# (partnership, day) -> keys of people, as a query of one column.
Source = Callable[[Partnership, date], QuerySet[Any, Any]]
_sources: list[Source] = []


def register_people(source: Source) -> Source:
    """Let a higher app say whom it ties to a partnership (in `AppConfig.ready`)."""
    if source not in _sources:
        _sources.append(source)
    return source


def people_of(partnership: Partnership) -> QuerySet[User]:
    """Everybody who holds anything in the partnership today."""
    on = clock.today()
    among = Q()
    for source in _sources:
        among |= Q(pk__in=source(partnership, on))
    return User.objects.filter(among)


@register_people
def appointed(partnership: Partnership, on: date) -> QuerySet[Any, Any]:
    """People with an appointment."""
    return Appointment.objects.valid(on).filter(partnership=partnership).values("person")
