"""The result protocol of a meeting: who was there, what was treated, counted and resolved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.enums import PRESENT, BallotState
from committees.models import AgendaItem, Attendance, Ballot, Meeting, Resolution
from committees.rules.deadlines import BERLIN
from committees.rules.elections import Result
from committees.rules.rule_set import Rules
from committees.rules.verdict import Verdict
from committees.services import attendance, register
from partnership.access import Person

# Calling the roll after the opening takes a while: who is noted down meanwhile was there from the beginning.
ROLL_CALL = timedelta(minutes=5)


@dataclass(frozen=True)
class Presence:
    """One partner's line in the list of attendance."""

    partner: str
    how: str
    person: str
    times: str
    is_present: bool


@dataclass(frozen=True)
class Vote:
    """One ballot: what was put to the vote, how the votes fell, what follows."""

    title: str
    text: str
    state: str
    numbers: tuple[tuple[str, int], ...]
    sentences: tuple[str, ...]
    outcome: str
    resolution: str
    resolution_url: str


@dataclass(frozen=True)
class Item:
    """One item with its result."""

    position: int
    title: str
    state: str
    is_confidential: bool
    presenter: str
    result: str
    votes: tuple[Vote, ...]


@dataclass(frozen=True)
class Protocol:
    """Everything on the page and in the PDF, for one reader."""

    meeting: Meeting
    when: str
    opened: str
    closed: str
    quorum: attendance.Quorum | None
    attendance: tuple[Presence, ...]
    items: tuple[Item, ...]
    is_draft: bool
    # Where the register ends as this is read: a witness outside of it.
    head: str


def of(meeting: Meeting, *, items: Iterable[AgendaItem], reader: Person, rules: Rules | None = None) -> Protocol:
    """The protocol as this reader may see it; `items` are those visible to the reader."""
    rows = attendance.rows_of(meeting)
    voting = attendance.voting_partners(meeting) if meeting.committee.votes else []
    ballots: dict[object, list[Vote]] = {}
    for ballot in _ballots(meeting, reader):
        ballots.setdefault(ballot.agenda_item_id, []).append(_vote(ballot))
    head = register.head_of(meeting.partnership)
    return Protocol(
        meeting=meeting,
        when=meeting.time_words,
        opened=_clock(meeting.started_at),
        closed=_clock(meeting.closed_at),
        quorum=attendance.quorum_of(
            meeting,
            rules,
            voting=[partner.pk for partner in voting],
            present={row.partner_id for row in rows if row.presence in PRESENT},
        )
        if voting
        else None,
        attendance=_attendance(meeting, rows, {partner.pk: partner.name for partner in voting}),
        items=tuple(
            Item(
                position=item.position,
                title=item.title,
                state=item.get_state_display(),
                is_confidential=item.is_confidential,
                presenter=item.presenter,
                result=item.result,
                votes=tuple(ballots.get(item.pk, ())),
            )
            for item in items
        ),
        is_draft=meeting.closed_at is None,
        head=f"{head.position}:{head.hash}" if head.position else "",
    )


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(BERLIN):%H:%M}" if at else ""


def _ballots(meeting: Meeting, reader: Person) -> list[Ballot]:
    numbered = Resolution.objects.exclude(number="").order_by("position")
    return list(
        Ballot.objects.visible_to(reader)
        .filter(meeting=meeting)
        .exclude(state=BallotState.DRAFT)
        .prefetch_related(Prefetch("resolutions", queryset=numbered))
        .order_by("opened_at", "created_at")
    )


def _vote(ballot: Ballot) -> Vote:
    language = get_language()
    verdict = ballot.result_of_options or (Verdict.from_data(ballot.verdict) if ballot.verdict else None)
    resolution = next(iter(ballot.resolutions.all()), None)
    numbers: tuple[tuple[str, int], ...] = ()
    shows_numbers = verdict is not None and not ballot.is_count_withheld
    if verdict is not None and shows_numbers:
        count = verdict.count
        of_options = verdict.table if isinstance(verdict, Result) else None
        numbers = (
            *(((_("Ja"), count.yes),) if of_options is None else ((row.title, row.votes) for row in of_options)),
            (_("Nein") if of_options is None else _("gegen alle"), count.no),
            (_("Enthaltung"), count.abstained),
            (_("Nicht abgestimmt"), count.missing),
            (_("Befangen"), count.excluded),
        )
    is_declared = ballot.state == BallotState.DECLARED
    return Vote(
        title=ballot.title,
        text=ballot.text,
        state=ballot.get_state_display(),
        numbers=numbers,
        sentences=tuple(condition.sentence.text(language) for condition in verdict.conditions)
        if verdict and shows_numbers
        else (),
        outcome=verdict.sentence.text(language) if verdict and is_declared else "",
        resolution=resolution.number if resolution else "",
        resolution_url=resolution.get_absolute_url() if resolution else "",
    )


def _attendance(meeting: Meeting, rows: list[Attendance], voting: dict[object, str]) -> tuple[Presence, ...]:
    """Each partner's presence, from–until where it was not the whole meeting; those never noted down last."""
    lines = []
    noted = set()
    for row in rows:
        noted.add(row.partner_id)
        lines.append(
            Presence(
                partner=row.partner.name,
                how=row.get_presence_display(),
                person=row.person.name if row.person else "",
                times=_times(meeting, row),
                is_present=row.presence in PRESENT,
            )
        )
    lines += [
        Presence(partner=name, how=_("nicht erfasst"), person="", times="", is_present=False)
        for pk, name in voting.items()
        if pk not in noted
    ]
    return tuple(lines)


def _times(meeting: Meeting, row: Attendance) -> str:
    if row.presence not in PRESENT:
        return ""
    came = meeting.started_at is not None and row.from_at - meeting.started_at >= ROLL_CALL
    left = row.until_at is not None and (meeting.closed_at is None or row.until_at < meeting.closed_at)
    start, end = _clock(row.from_at), _clock(row.until_at)
    if came and left:
        return _("%(start)s bis %(end)s Uhr") % {"start": start, "end": end}
    if came:
        return _("ab %(start)s Uhr") % {"start": start}
    return _("bis %(end)s Uhr") % {"end": end} if left else ""
