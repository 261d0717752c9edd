"""Deadlines as people type and read them."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.utils import timezone

from committees.forms.ballots import DeadlineField
from partnership.ui.forms import KernForm


class Form(KernForm):
    deadline_at = DeadlineField(label="Frist", required=False)


def typed(day, month, year, time):
    names = ("deadline_at_day", "deadline_at_month", "deadline_at_year", "deadline_at_time")
    return Form(dict(zip(names, (day, month, year, time), strict=True)))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("words", "moment"),
    [
        (("30", "11", "2026", "18:00"), datetime(2026, 11, 30, 17, tzinfo=UTC)),
        (("30", "6", "2026", "18:00"), datetime(2026, 6, 30, 16, tzinfo=UTC)),
        (("30", "11", "2026", "24:00"), datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (("30", "11", "2026", "24 Uhr"), datetime(2026, 11, 30, 23, tzinfo=UTC)),
        # The day that the clocks go back ends 25 hours after its beginning.
        (("25", "10", "2026", "24:00"), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (("31", "12", "2026", "24:00"), datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_read_and_shown_by_the_clock_in_berlin(zone, words, moment):
    with timezone.override(zone):
        form = typed(*words)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["deadline_at"] == moment
        parts = form.fields["deadline_at"].widget.format_value(form.fields["deadline_at"].prepare_value(moment))
    assert (parts["day"], parts["month"], parts["year"]) == words[:3]
    assert parts["time"] == words[3].replace(" Uhr", ":00")


@pytest.mark.parametrize(
    "words",
    [
        ("29", "3", "2026", "02:30"),  # skipped when the clocks go forward
        ("25", "10", "2026", "02:30"),  # comes twice when they go back
        ("30", "11", "2026", "24:30"),
        ("30", "11", "2026", "25:00"),
        ("31", "2", "2026", "24:00"),
        ("", "", "", "24:00"),
    ],
)
def test_a_moment_that_is_none_or_two_is_refused_and_stays_as_typed(words):
    form = typed(*words)
    assert not form.is_valid()
    assert f'value="{words[3]}"' in str(form["deadline_at"])


def test_no_form_reads_a_moment_in_the_zone_of_its_reader():
    """What is typed in one zone and announced in another makes people late."""
    from tests.security.test_extra_fields import forms as every_form

    wrong = {
        (name, field)
        for name, form in every_form().items()
        for field, found in getattr(form, "base_fields", {}).items()
        if isinstance(found, forms.DateTimeField) and not isinstance(found, DeadlineField)
    }
    assert not wrong
