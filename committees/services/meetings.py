"""Meetings from the first draft to the close: prepare, invite, tell changes, cancel, hold."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees.enums import BallotState, CommitteeState, MeetingState
from committees.models import AgendaItem, Ballot, Committee, Meeting
from committees.notifications import meetings as notifications
from committees.rules import lifecycles
from committees.rules.deadlines import NoticeCalculation
from committees.rules.rule_set import Rules
from committees.services import agendas, notices, revisions
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit, outbox


class MeetingRefused(Refusal):
    """The meeting is in a state in which this cannot be done."""


class NotReady(Refusal):
    """Something needed for the invitation is missing."""


class NothingChanged(Refusal):
    """The invited know everything already; pressing twice sends once."""


def _step(meeting: Meeting, to: MeetingState) -> None:
    """Walk the table of states. Raises MeetingRefused where it has no such step."""
    if lifecycles.allowed(lifecycles.MEETING, meeting.state, to.value) is None:
        raise MeetingRefused(
            _("Das geht nicht: Die Sitzung ist bereits %(state)s.") % {"state": meeting.get_state_display()}
            if meeting.state != MeetingState.DRAFT
            else _("Das geht nicht: Die Sitzung ist noch in Vorbereitung.")
        )
    meeting.state = to


# --- preparing --------------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    by: User,
    committee: Committee,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    video_url: str = "",
    invitation_text: str = "",
    is_second_invitation: bool = False,
    copies_agenda: bool = False,
    carries_open: bool = False,
) -> Meeting:
    """A meeting in preparation; on wish with the agenda and the open items of the last one.

    What stopped circular ballots left waiting comes onto its agenda.

    Raises MeetingRefused.
    """
    committee = lock(Committee.objects.select_related("partnership"), committee.pk)
    if committee.state == CommitteeState.ENDED:
        raise MeetingRefused(_("Dieses Gremium ist beendet; es hat keine Sitzungen mehr."))
    _check_times(starts_at, ends_at)
    meeting = Meeting.objects.create(
        partnership=committee.partnership,
        committee=committee,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        video_url=video_url,
        invitation_text=invitation_text,
        is_second_invitation=is_second_invitation,
        created_by=by,
    )
    audit.record(by=by, action="meeting.created", subject=meeting)
    source = agendas.previous_meeting(meeting) if copies_agenda or carries_open else None
    if source is not None:
        meeting.copied_from = source
        meeting.save(update_fields=["copied_from"])
        agendas.carry_over(by=by, meeting=meeting, source=source, with_standing=copies_agenda, with_open=carries_open)
    agendas.take_up_waiting(by=by, meeting=meeting)
    return meeting


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise MeetingRefused(_("Die Sitzung endet vor ihrem Beginn."), field="ends")


@transaction.atomic
def change(*, by: User, meeting: Meeting, **values: Any) -> Meeting:
    """Change time, place or text; after the invitation the page asks to send the change.

    Raises MeetingRefused.
    """
    meeting = revisions.locked(meeting)
    if meeting.state not in (MeetingState.DRAFT, MeetingState.INVITED):
        raise MeetingRefused(
            _("Die Sitzung ist %(state)s und nicht mehr zu ändern.") % {"state": meeting.get_state_display()}
        )
    _check_times(values.get("starts_at", meeting.starts_at), values.get("ends_at", meeting.ends_at))
    changed = [name for name, value in values.items() if getattr(meeting, name) != value]
    for name in changed:
        setattr(meeting, name, values[name])
    if changed:
        meeting.save(update_fields=changed)
        revisions.touch(meeting)
        audit.record(by=by, action="meeting.changed", subject=meeting, fields=changed)
    return meeting


# --- telling ----------------------------------------------------------------------------------------------


@dataclass
class Preparation:
    """All that stands on the page before a notice goes out; read once."""

    meeting: Meeting
    rules: Rules | None
    waiver: str = ""

    @cached_property
    def items(self) -> list[AgendaItem]:
        return revisions.agenda(self.meeting)

    @cached_property
    def recipients(self) -> list[notices.Recipient]:
        return notices.recipients(self.meeting)

    @cached_property
    def gaps(self) -> list[notices.Gap]:
        return notices.gaps(self.meeting)

    @property
    def is_first(self) -> bool:
        """Whether this is the invitation itself, not a change of it."""
        return self.meeting.state == MeetingState.DRAFT

    @cached_property
    def changes(self) -> list[str]:
        """What a change notice would say."""
        return [] if self.is_first else revisions.changes(self.meeting.sent_state, self.now)

    @cached_property
    def now(self) -> dict[str, Any]:
        return revisions.snapshot(self.meeting, self.items)

    @cached_property
    def is_moved(self) -> bool:
        """Whether the day is another than the one last told: then the notice period runs anew."""
        if self.is_first or not self.meeting.sent_state:
            return False
        return datetime.fromisoformat(self.meeting.sent_state["starts_at"]) != self.meeting.starts_at

    @cached_property
    def notice(self) -> NoticeCalculation | None:
        """The notice period, where one has to be kept now."""
        return notices.notice_of(self.meeting, self.rules) if self.rules and (self.is_first or self.is_moved) else None

    @property
    def is_waivable(self) -> bool:
        return self.rules is not None and self.rules.notice.is_waivable

    @cached_property
    def checks(self) -> list[notices.Check]:
        found = notices.checklist(
            self.meeting,
            items=self.items,
            entries=self.recipients,
            missing=self.gaps,
            notice=self.notice,
            is_waivable=self.is_waivable,
            waiver=self.waiver if self.is_waivable else "",
        )
        return found if self.is_first or self.is_moved else [check for check in found if check.key != "notice"]

    @property
    def blocking(self) -> list[notices.Check]:
        return [check for check in self.checks if check.is_blocking and not check.is_met]


def prepare(meeting: Meeting, *, waiver: str = "", rules: Rules | None = None) -> Preparation:
    """The page before a notice goes out."""
    return Preparation(meeting, rules or notices.rules_of(meeting), waiver or meeting.notice_waiver)


def _ready(meeting: Meeting, waiver: str) -> Preparation:
    preparation = prepare(meeting, waiver=waiver)
    if preparation.blocking:
        raise NotReady(" ".join(check.sentence for check in preparation.blocking))
    return preparation


@transaction.atomic
def invite(*, by: User, meeting: Meeting, waiver: str = "") -> Meeting:
    """Send the invitation: one mail with calendar entry per person. Pressed twice, it goes out once.

    Raises MeetingRefused, NotReady.
    """
    meeting = revisions.locked(meeting)
    if meeting.state == MeetingState.INVITED:
        raise MeetingRefused(_("Die Einladung ist bereits versandt."))
    ready = _ready(meeting, waiver)
    _step(meeting, MeetingState.INVITED)
    meeting.invited_at, meeting.invited_by = clock.now(), by
    meeting.notice_waiver = ready.waiver if ready.notice is not None and not ready.notice.is_kept else ""
    revisions.mark_sent(meeting, ready.items)
    meeting.save()
    count = notifications.invited(meeting, items=ready.items, recipients=ready.recipients)
    audit.record(
        by=by,
        action="meeting.invited",
        subject=meeting,
        recipients=count,
        waiver=meeting.notice_waiver,
        notice=[sentence.de for sentence in ready.notice.sentences] if ready.notice else [],
    )
    return meeting


@transaction.atomic
def send_change(*, by: User, meeting: Meeting, waiver: str = "") -> Meeting:
    """Tell everybody what is different now, as an update of the same calendar entry. Pressed twice, once.

    Raises MeetingRefused, NotReady, NothingChanged.
    """
    meeting = revisions.locked(meeting)
    if meeting.state != MeetingState.INVITED:
        raise MeetingRefused(
            _("Die Sitzung ist %(state)s; eine Änderung ist nicht zu versenden.")
            % {"state": meeting.get_state_display()}
        )
    ready = _ready(meeting, waiver)
    if not meeting.has_unsent_changes:
        raise NothingChanged(_("Die Eingeladenen kennen bereits den heutigen Stand; es ist nichts zu versenden."))
    changes = (meeting.sent_state, ready.now)
    meeting.sequence += 1
    if ready.notice is not None and not ready.notice.is_kept:
        meeting.notice_waiver = ready.waiver
    revisions.mark_sent(meeting, ready.items)
    meeting.save()
    count = notifications.changed(meeting, items=ready.items, recipients=ready.recipients, states=changes)
    audit.record(
        by=by,
        action="meeting.change_sent",
        subject=meeting,
        sequence=meeting.sequence,
        recipients=count,
        changes=ready.changes,
    )
    return meeting


@transaction.atomic
def invite_newcomers(*, by: User, meeting: Meeting) -> int:
    """Send the invitation as it stands to people who have joined since; answers how many.

    Raises MeetingRefused.
    """
    meeting = revisions.locked(meeting)
    if meeting.state != MeetingState.INVITED:
        raise MeetingRefused(_("Nachladen lässt sich nur zu einer Sitzung, zu der eingeladen ist."))
    if meeting.has_unsent_changes:
        raise MeetingRefused(_("Versenden Sie zuerst die Änderung; sie geht an alle, auch an neu Hinzugekommene."))
    told = set(
        outbox.OutboxMessage.objects.about(meeting)
        .filter(kind__in=notifications.NOTICES)
        .values_list("recipient", flat=True)
    )
    newcomers = [entry for entry in notices.recipients(meeting) if entry.person.pk not in told]
    if not newcomers:
        raise MeetingRefused(_("Alle, die zu laden sind, haben die Einladung bereits."))
    count = notifications.invited(meeting, items=revisions.agenda(meeting), recipients=newcomers)
    audit.record(by=by, action="meeting.newcomers_invited", subject=meeting, recipients=count)
    return count


@transaction.atomic
def send_test(*, by: User, meeting: Meeting) -> Meeting:
    """Send the notice that would go out now to oneself alone, marked as a test. Raises MeetingRefused."""
    if meeting.state not in (MeetingState.DRAFT, MeetingState.INVITED):
        raise MeetingRefused(_("Zu dieser Sitzung geht keine Einladung mehr hinaus."))
    items = revisions.agenda(meeting)
    states = None if meeting.state == MeetingState.DRAFT else (meeting.sent_state, revisions.snapshot(meeting, items))
    notifications.test(meeting, items=items, person=by, states=states)
    audit.record(by=by, action="meeting.test_sent", subject=meeting)
    return meeting


@transaction.atomic
def cancel(*, by: User, meeting: Meeting, reason: str = "") -> Meeting:
    """Cancel: a draft is just put away, the invited are told and the calendar entry is taken back.

    Raises MeetingRefused.
    """
    meeting = revisions.locked(meeting)
    was_invited = meeting.state == MeetingState.INVITED
    _step(meeting, MeetingState.CANCELLED)
    if was_invited and not reason.strip():
        raise MeetingRefused(_("Bitte nennen Sie den Grund der Absage; er steht in der Nachricht."), field="reason")
    items = revisions.agenda(meeting)
    meeting.cancel_reason = reason.strip()
    agendas.release_motions(by=by, meeting=meeting)
    count = 0
    if was_invited:
        meeting.sequence += 1
        meeting.has_unsent_changes = False
        outbox.withdraw(by=by, reason=_("Die Sitzung ist abgesagt."), about=meeting, kinds=notifications.NOTICES)
    meeting.save()
    if was_invited:
        count = notifications.cancelled(meeting, items=items, recipients=notices.recipients(meeting))
    audit.record(by=by, action="meeting.cancelled", subject=meeting, reason=meeting.cancel_reason, recipients=count)
    return meeting


# --- holding ----------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, by: User, meeting: Meeting) -> Meeting:
    """Open the meeting, on its day. Raises MeetingRefused."""
    meeting = revisions.locked(meeting)
    _step(meeting, MeetingState.RUNNING)
    if clock.today() < meeting.on:
        raise MeetingRefused(
            _("Die Sitzung kann erst an ihrem Tag eröffnet werden: %(when)s.") % {"when": meeting.time_words}
        )
    meeting.started_at = clock.now()
    meeting.save(update_fields=["state", "started_at"])
    audit.record(by=by, action="meeting.started", subject=meeting)
    return meeting


@transaction.atomic
def close(*, by: User, meeting: Meeting) -> Meeting:
    """Close the meeting; what was not treated is adjourned. Raises MeetingRefused while a ballot is open."""
    meeting = revisions.locked(meeting)
    _step(meeting, MeetingState.CLOSED)
    running = Ballot.objects.filter(meeting=meeting, state=BallotState.OPEN).first()
    if running is not None:
        raise MeetingRefused(
            _("Die Abstimmung „%(ballot)s“ läuft noch. Schließen Sie sie zuerst.") % {"ballot": running.title}
        )
    agendas.close_items(by=by, meeting=meeting)
    meeting.closed_at = clock.now()
    meeting.save(update_fields=["state", "closed_at"])
    audit.record(by=by, action="meeting.closed", subject=meeting)
    return meeting
