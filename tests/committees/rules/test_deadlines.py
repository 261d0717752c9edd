import os
import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from committees.rules.deadlines import (
    LocalTimeError,
    calculate_notice,
    check_circular_deadline,
    circular_deadline,
    deadline_words,
    earliest_meeting,
    end_of_day,
    is_working_day,
    last_day,
    latest_dispatch,
    local_moment,
    may_add_late_item,
    reminder_moments,
    words,
)
from committees.rules.rule_set import LAENDER, Circular, LateItems, LateKind, Notice, RuleError, Unit

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(land):
    return holidays.country_holidays("DE", subdiv=land)


# Q7. Written by hand from the calendar. Columns: day of dispatch; length; D days, W weeks, T working days;
# end days counted: d day of dispatch, m day of the meeting; "moved" where an end on no working day moves;
# Land; earliest day of the meeting.
TABLE = """
2026-11-02  14 D --  -     -   2026-11-17
2026-11-02  14 D d-  -     -   2026-11-16
2026-11-02  14 D -m  -     -   2026-11-16
2026-11-02  14 D dm  -     -   2026-11-15
2026-11-02   2 W --  -     -   2026-11-17
2026-11-02   2 W dm  -     -   2026-11-15
2026-02-02   4 W --  -     -   2026-03-03
2028-02-07   4 W --  -     -   2028-03-07
2026-12-22  10 D --  -     -   2027-01-02
2026-06-01   1 D --  -     -   2026-06-03
2026-06-01   1 D dm  -     -   2026-06-01
2026-06-01   1 D d-  -     -   2026-06-02
2026-06-01   1 D -m  -     -   2026-06-02
2026-06-01   0 D --  -     -   2026-06-01
2026-06-01   0 W dm  -     -   2026-06-01
2026-10-20   7 D --  -     -   2026-10-28
2026-10-20   1 W -m  -     -   2026-10-27
2026-03-20  14 D --  moved MV  2026-04-08
2026-03-20  14 D -m  moved MV  2026-04-07
2026-03-20  14 D --  -     MV  2026-04-04
2026-11-20  14 D --  moved HH  2026-12-05
2026-11-21  14 D --  moved HH  2026-12-08
2026-05-21  14 D --  moved BY  2026-06-06
2026-05-21  14 D --  moved HH  2026-06-05
2026-11-04   2 W --  moved SN  2026-11-20
2026-11-04   2 W --  moved BY  2026-11-19
2027-03-01   7 D --  moved MV  2027-03-10
2027-03-01   7 D --  moved HH  2027-03-09
2026-12-12  14 D dm  moved MV  2026-12-28
2026-12-12  14 D d-  moved MV  2026-12-29
2026-11-02   5 T --  -     HH  2026-11-10
2026-11-02   5 T d-  -     HH  2026-11-07
2026-11-02   5 T -m  -     HH  2026-11-09
2026-11-02   5 T dm  -     HH  2026-11-06
2026-03-27  10 T --  -     MV  2026-04-15
2026-11-16   3 T --  -     SN  2026-11-21
2026-11-16   3 T --  -     BY  2026-11-20
2026-06-03   2 T --  -     BY  2026-06-09
2026-06-03   2 T --  -     HH  2026-06-06
2026-12-23   3 T --  -     MV  2026-12-30
2026-11-21   1 T d-  -     HH  2026-11-24
2026-12-30   2 T --  -     HH  2027-01-05
2027-09-17   1 T --  -     TH  2027-09-22
2026-01-05   1 T --  -     BW  2026-01-08
2026-01-05   1 T --  -     NW  2026-01-07
""".strip().splitlines()


def read(row):
    dispatch, amount, unit, ends, moved, land, earliest = row.split()
    notice = Notice(
        amount=int(amount),
        unit={"D": Unit.DAYS, "W": Unit.WEEKS, "T": Unit.WORKING_DAYS}[unit],
        is_dispatch_day_counted=ends[0] == "d",
        is_meeting_day_counted=ends[1] == "m",
        is_end_moved=moved == "moved",
        land=None if land == "-" else land,
    )
    return date.fromisoformat(dispatch), notice, date.fromisoformat(earliest)


def test_the_table_has_at_least_forty_cases():
    assert len(set(TABLE)) >= 40


@pytest.mark.parametrize("row", TABLE)
def test_the_notice_period_is_that_of_the_table(row):
    dispatch, notice, earliest = read(row)
    free = calendar(notice.land) if notice.land else frozenset()
    assert earliest_meeting(dispatch, notice, free) == earliest
    assert calculate_notice(dispatch, notice, free, meeting_on=earliest).is_kept is True
    assert calculate_notice(dispatch, notice, free, meeting_on=earliest - timedelta(days=1)).is_kept is False
    assert latest_dispatch(earliest, notice, free) >= dispatch
    assert latest_dispatch(earliest - timedelta(days=1), notice, free) < dispatch


def test_the_notice_period_agrees_with_counting_every_day():
    """The earliest day is the first before which, the end days taken as the rules say, enough days lie."""
    seed = int(os.environ.get("KONVENT_SEED", random.randrange(10**9)))
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(400):
        land = rng.choice(list(LAENDER))
        free = calendar(land)
        notice = Notice(
            amount=rng.randint(1, 25),
            unit=rng.choice(list(Unit)),
            is_dispatch_day_counted=rng.random() < 0.5,
            is_meeting_day_counted=rng.random() < 0.5,
            land=land,
        )
        dispatch = date(2026, 1, 1) + timedelta(days=rng.randrange(800))
        meeting = earliest_meeting(dispatch, notice, free)

        def days_until(day, notice=notice, dispatch=dispatch, free=free):
            first = dispatch if notice.is_dispatch_day_counted else dispatch + timedelta(days=1)
            end = day if notice.is_meeting_day_counted else day - timedelta(days=1)
            between = [first + timedelta(days=n) for n in range((end - first).days + 1)]
            if notice.unit is Unit.WORKING_DAYS:
                between = [d for d in between if d.weekday() < 5 and d not in free]
            return len(between)

        needed = notice.amount * (7 if notice.unit is Unit.WEEKS else 1)
        assert days_until(meeting) >= needed, (seed, dispatch, notice)
        assert days_until(meeting - timedelta(days=1)) < needed, (seed, dispatch, notice)


def test_an_urgent_case_has_its_own_notice():
    notice = Notice(amount=14, urgent_amount=3)
    sent, meeting = date(2026, 11, 2), date(2026, 11, 6)
    assert calculate_notice(sent, notice, meeting_on=meeting, is_urgent=True).is_kept
    assert not calculate_notice(sent, notice, meeting_on=meeting - timedelta(days=1), is_urgent=True).is_kept
    usual = calculate_notice(sent, notice, meeting_on=meeting)
    assert not usual.is_kept
    said = " ".join(sentence.de for sentence in usual.sentences)
    assert "Die kürzere Frist für dringende Fälle wäre eingehalten." in said
    urgent = calculate_notice(sent, notice, meeting_on=meeting, is_urgent=True)
    assert urgent.sentences[1].de == "Es gilt die Frist für dringende Fälle."
    assert earliest_meeting(sent, notice.urgent) == meeting


def test_an_urgent_case_may_need_no_notice_at_all():
    notice = Notice(amount=1, unit=Unit.WEEKS, urgent_amount=0)
    assert calculate_notice(date(2026, 11, 2), notice, meeting_on=date(2026, 11, 2), is_urgent=True).is_kept


def test_where_the_rules_know_no_shorter_notice_none_is_urgent():
    with pytest.raises(RuleError, match="keine kürzere Frist"):
        calculate_notice(date(2026, 11, 2), Notice(amount=14), is_urgent=True)


def test_a_later_dispatch_never_makes_an_earlier_meeting_possible():
    for row in TABLE:
        dispatch, notice, _ = read(row)
        free = calendar(notice.land) if notice.land else frozenset()
        days = [earliest_meeting(dispatch + timedelta(days=n), notice, free) for n in range(15)]
        assert days == sorted(days)


def test_the_calculation_is_shown_step_by_step():
    notice = Notice(amount=14, is_end_moved=True, land="MV", is_waivable=True)
    result = calculate_notice(date(2026, 3, 20), notice, calendar("MV"), meeting_on=date(2026, 4, 7))
    assert [line.de for line in result.sentences] == [
        "Versand am Freitag, 20.03.2026.",
        "Frist 14 Tage, Versandtag nicht mitgezählt, Sitzungstag nicht mitgezählt.",
        "Es gelten die Feiertage des Landes Mecklenburg-Vorpommern.",
        "Letzter Tag der Frist: Freitag, 03.04.2026.",
        "Das ist kein Werktag; die Frist endet am nächsten Werktag, Dienstag, 07.04.2026.",
        "Die Sitzung kann frühestens am Mittwoch, 08.04.2026 stattfinden.",
        "Sitzung am Dienstag, 07.04.2026: Die Frist ist nicht eingehalten. Dafür hätte die Einladung spätestens am "
        "Donnerstag, 19.03.2026 versandt werden müssen.",
        "Die Verfahrensregeln erlauben, auf die Einhaltung der Frist zu verzichten.",
    ]
    assert result.sentences[0].en == "Sent on Friday, 20 March 2026."
    assert (result.last_day, result.earliest_on) == (date(2026, 4, 7), date(2026, 4, 8))


def test_without_a_period_any_day_will_do():
    result = calculate_notice(date(2026, 3, 20), Notice(amount=0), meeting_on=date(2026, 3, 20))
    assert result.is_kept
    assert "keine Ladungsfrist" in result.sentences[1].de


@pytest.mark.parametrize("free", [{date(2026, 5, 1)}, lambda day: day == date(2026, 5, 1), calendar("HH")])
def test_holidays_come_as_a_set_as_a_function_or_as_a_calendar(free):
    assert not is_working_day(date(2026, 5, 1), free)
    assert is_working_day(date(2026, 4, 30), free)
    assert not is_working_day(date(2026, 5, 2), free)


def test_days_are_written_the_same_on_every_machine():
    assert (words(date(2026, 11, 3)).de, words(date(2026, 11, 3)).en) == (
        "Dienstag, 03.11.2026",
        "Tuesday, 3 November 2026",
    )


# Late items


@pytest.mark.parametrize(
    ("late", "facts", "is_possible"),
    [
        (LateItems(LateKind.NOT_ALLOWED), {"all_present_agree": True, "nobody_objects": True}, False),
        (LateItems(LateKind.UNTIL_DAYS_BEFORE, 7), {"on": date(2026, 11, 3)}, True),
        (LateItems(LateKind.UNTIL_DAYS_BEFORE, 7), {"on": date(2026, 11, 4)}, False),
        (LateItems(LateKind.ALL_PRESENT_AGREE), {}, False),
        (LateItems(LateKind.ALL_PRESENT_AGREE), {"all_present_agree": True}, True),
        (LateItems(LateKind.NOBODY_OBJECTS), {}, False),
        (LateItems(LateKind.NOBODY_OBJECTS), {"nobody_objects": True}, True),
    ],
)
def test_a_late_item_comes_on_as_the_rules_say(late, facts, is_possible):
    reason = may_add_late_item(late, **{"on": date(2026, 11, 9), "meeting_on": date(2026, 11, 10), **facts})
    assert (reason is None) == is_possible


# Moments


def test_a_day_ends_at_midnight_in_summer_and_winter():
    assert end_of_day(date(2026, 7, 1)) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert end_of_day(date(2026, 12, 1)) == datetime(2026, 12, 1, 23, tzinfo=UTC)
    # The days on which the clocks change have 23 and 25 hours.
    assert end_of_day(date(2026, 3, 29)) - end_of_day(date(2026, 3, 28)) == timedelta(hours=23)
    assert end_of_day(date(2026, 10, 25)) - end_of_day(date(2026, 10, 24)) == timedelta(hours=25)


@pytest.mark.parametrize(
    ("day", "at"), [(date(2026, 3, 29), time(2, 0)), (date(2026, 3, 29), time(2, 59)), (date(2027, 3, 28), time(2, 30))]
)
def test_a_time_that_is_skipped_is_refused(day, at):
    with pytest.raises(LocalTimeError, match=r"gibt es am .* nicht"):
        local_moment(day, at)


@pytest.mark.parametrize("at", [time(2, 0), time(2, 59), time(2, 30, fold=1)])
def test_a_time_that_comes_twice_is_refused(at):
    with pytest.raises(LocalTimeError, match="zweimal"):
        local_moment(date(2026, 10, 25), at)


@pytest.mark.parametrize(
    ("day", "at", "hour"),
    [
        (date(2026, 3, 29), time(1, 59), 0),
        (date(2026, 3, 29), time(3, 0), 1),
        (date(2026, 10, 25), time(1, 59), 23),
        (date(2026, 10, 25), time(3, 0), 2),
    ],
)
def test_the_times_around_the_change_of_clocks_are_exact(day, at, hour):
    moment = local_moment(day, at)
    assert moment.tzinfo is UTC
    assert moment.hour == hour
    assert moment.astimezone(BERLIN).time() == at


def test_a_deadline_at_midnight_belongs_to_the_day_that_ends():
    deadline = end_of_day(date(2026, 11, 30))
    assert last_day(deadline) == date(2026, 11, 30)
    assert deadline_words(deadline).de == "Montag, 30.11.2026, 24:00 Uhr"
    assert deadline_words(local_moment(date(2026, 11, 30), time(12, 5))).de == "Montag, 30.11.2026, 12:05 Uhr"


def test_a_circular_ballot_runs_for_whole_days_after_the_day_it_opens():
    circular = Circular(minimum_days=7)
    opened = local_moment(date(2026, 10, 20), time(23, 30))
    earliest = circular_deadline(opened, circular)
    assert earliest == end_of_day(date(2026, 10, 27))
    assert check_circular_deadline(opened, earliest, circular) is None
    reason = check_circular_deadline(opened, earliest - timedelta(minutes=1), circular)
    assert reason.de == (
        "Ein Umlauf dauert mindestens 7 Tage: Die Frist kann frühestens Dienstag, 27.10.2026, 24:00 Uhr sein."
    )
    assert check_circular_deadline(opened, opened, Circular(minimum_days=0)).de.startswith("Die Frist muss in der Zuk")
    assert check_circular_deadline(opened, opened + timedelta(minutes=1), Circular(minimum_days=0)) is None


def test_reminders_go_out_in_the_morning_of_the_days_before():
    opened = local_moment(date(2026, 10, 20), time(10, 0))
    deadline = end_of_day(date(2026, 10, 27))
    moments = reminder_moments(opened, deadline, Circular(reminder_days=(7, 3, 1)))
    assert [moment.astimezone(BERLIN).isoformat() for moment in moments] == [
        "2026-10-24T09:00:00+02:00",
        "2026-10-26T09:00:00+01:00",
    ]
    assert reminder_moments(opened, deadline, Circular(reminder_days=())) == ()
    assert all(opened < moment < deadline for moment in moments)
