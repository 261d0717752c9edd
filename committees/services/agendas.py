"""The agenda of a meeting: items, their order and papers, motions put on it, items carried over."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.enums import BallotState, ItemState, MeetingState, MotionState, ReferralRole, ReferralState
from committees.models import AgendaItem, Ballot, Committee, Meeting, Paper, Referral
from committees.rules.deadlines import earliest_meeting, may_add_late_item
from committees.rules.rule_set import LateKind, Rules
from committees.services import motions, notices, revisions
from partnership import clock
from partnership.db.locks import lock
from partnership.enums import Audience
from partnership.errors import Refusal
from partnership.models import Document, Partnership, User
from partnership.services import audit, documents

# Far above every real position, so that a new order never meets the old one on its way.
_ASIDE = 10_000
EDITABLE = (MeetingState.DRAFT, MeetingState.INVITED, MeetingState.RUNNING)
UNTREATED = (ReferralState.WAITING, ReferralState.SCHEDULED, ReferralState.DEFERRED)


class AgendaClosed(Refusal):
    """The meeting is over or cancelled: its agenda stands."""


class LateItem(Refusal):
    """The rules of procedure do not let this item onto the agenda any more."""


class ItemInUse(Refusal):
    """Something rests on the item: a ballot, or an item carried over from it."""


class MotionNotWaiting(Refusal):
    """The motion does not wait for this committee."""


class NotStopped(Refusal):
    """The matter of the ballot does not wait for a meeting."""


class NotCalled(Refusal):
    """The step does not fit the state of the item or of the meeting."""


def _editable(meeting: Meeting) -> Meeting:
    meeting = revisions.locked(meeting)
    if meeting.state not in EDITABLE:
        raise AgendaClosed(
            _("Die Sitzung ist %(state)s; ihre Tagesordnung ist nicht mehr zu ändern.")
            % {"state": meeting.get_state_display()}
        )
    return meeting


def _item(item: AgendaItem) -> tuple[Meeting, AgendaItem]:
    """The item with its meeting, both under the meeting's lock."""
    meeting = _editable(item.meeting)
    item = AgendaItem.objects.select_related("referral").get(pk=item.pk)
    item.meeting = meeting
    return meeting, item


# --- late items --------------------------------------------------------------------------------------


def consent_needed(meeting: Meeting, rules: Rules | None) -> str:
    """Whose consent a further item needs now: "all_present_agree", "nobody_objects", or "" for nobody's.

    An item that still reaches everybody within the notice period is not late.
    Raises LateItem where the rules admit none at all.
    """
    if rules is None or meeting.state == MeetingState.DRAFT:
        return ""
    on = clock.today()
    holidays = notices.holidays_of(meeting, rules)
    if meeting.state == MeetingState.INVITED and earliest_meeting(on, rules.notice, holidays) <= meeting.on:
        return ""
    late = rules.late_items
    if late.kind in (LateKind.ALL_PRESENT_AGREE, LateKind.NOBODY_OBJECTS):
        return late.kind.value
    refusal = may_add_late_item(late, on=on, meeting_on=meeting.on)
    if refusal is not None:
        raise LateItem(refusal.text(get_language()))
    return ""


def _check_late(meeting: Meeting, has_consent: bool) -> None:
    rules = notices.rules_of(meeting)
    if consent_needed(meeting, rules) and not has_consent:
        assert rules is not None
        refusal = may_add_late_item(rules.late_items, on=clock.today(), meeting_on=meeting.on)
        raise LateItem(refusal.text(get_language()) if refusal else "", field="has_consent")


# --- items -------------------------------------------------------------------------------------------


@transaction.atomic
def add_item(
    *,
    by: User | None,
    meeting: Meeting,
    title: str,
    text: str = "",
    presenter: str = "",
    minutes_planned: int | None = None,
    is_confidential: bool = False,
    has_consent: bool = False,
    referral: Referral | None = None,
    carried_from: AgendaItem | None = None,
    stopped_ballot: Ballot | None = None,
) -> AgendaItem:
    """A further item at the end of the agenda. Raises AgendaClosed, LateItem."""
    meeting = _editable(meeting)
    _check_late(meeting, has_consent)
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=last + 1,
        title=title,
        text=text,
        presenter=presenter,
        minutes_planned=minutes_planned,
        is_confidential=is_confidential,
        referral=referral,
        carried_from=carried_from,
        stopped_ballot=stopped_ballot,
    )
    revisions.touch(meeting)
    audit.record(
        by=by,
        action="agenda.item_added",
        subject=item,
        partnership=meeting.partnership,
        meeting=str(meeting.pk),
        position=item.position,
        has_consent=has_consent,
    )
    return item


@transaction.atomic
def change_item(*, by: User, item: AgendaItem, **values: Any) -> AgendaItem:
    """Change title, text, presenter, minutes or confidentiality. Raises AgendaClosed."""
    meeting, item = _item(item)
    changed = [name for name, value in values.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, values[name])
    if changed:
        item.save(update_fields=changed)
        revisions.touch(meeting)
        audit.record(by=by, action="agenda.item_changed", subject=item, partnership=meeting.partnership, fields=changed)
    return item


@transaction.atomic
def move_item(*, by: User, item: AgendaItem, to: int) -> AgendaItem:
    """Put the item at the position `to` (the ends, where it lies beyond them). Raises AgendaClosed."""
    meeting, item = _item(item)
    order = list(AgendaItem.objects.filter(meeting=meeting).order_by("position"))
    target = min(max(to, 1), len(order))
    if target != item.position:
        order = [other for other in order if other.pk != item.pk]
        order.insert(target - 1, item)
        _renumber(meeting, order)
        revisions.touch(meeting)
        audit.record(by=by, action="agenda.item_moved", subject=item, partnership=meeting.partnership, to=target)
    return item


def _renumber(meeting: Meeting, order: list[AgendaItem]) -> None:
    AgendaItem.objects.filter(meeting=meeting).update(position=F("position") + _ASIDE)
    for position, item in enumerate(order, start=1):
        item.position = position
    AgendaItem.objects.bulk_update(order, ["position"])


@transaction.atomic
def remove_item(*, by: User, item: AgendaItem) -> None:
    """Take an item off the agenda; a motion on it waits again. Raises AgendaClosed, ItemInUse."""
    meeting, item = _item(item)
    if Ballot.objects.filter(agenda_item=item).exists():
        raise ItemInUse(_("Zu diesem Punkt gibt es eine Abstimmung; er lässt sich nicht mehr löschen."))
    if AgendaItem.objects.filter(carried_from=item).exists():
        raise ItemInUse(_("Dieser Punkt wurde in eine spätere Sitzung übernommen; er lässt sich nicht mehr löschen."))
    if meeting.state == MeetingState.RUNNING:
        raise ItemInUse(_("Die Sitzung läuft; vertagen Sie den Punkt, statt ihn zu löschen."))
    audit.record(by=by, action="agenda.item_removed", subject=item, partnership=meeting.partnership)
    _defer(by, item, _("Von der Tagesordnung genommen."))
    item.delete()
    _renumber(meeting, list(AgendaItem.objects.filter(meeting=meeting).order_by("position")))
    revisions.touch(meeting)


def _defer(by: User, item: AgendaItem, reason: str) -> None:
    """The motion of an item that is not treated goes back to those that wait."""
    if item.referral is not None and item.referral.state == ReferralState.SCHEDULED:
        motions.defer(by=by, referral=item.referral, reason=reason)


def release_motions(*, by: User, meeting: Meeting) -> None:
    """The motions of a meeting that is not held wait again. Under the meeting's lock."""
    for item in AgendaItem.objects.filter(meeting=meeting, referral__isnull=False).select_related("referral"):
        _defer(by, item, _("Die Sitzung „%(meeting)s“ findet nicht statt.") % {"meeting": meeting.title})


# --- papers ------------------------------------------------------------------------------------------


@transaction.atomic
def add_paper(*, by: User, item: AgendaItem, file: UploadedFile, title: str = "") -> Paper:
    """Lay a document before an item; its readers are those of the item. Raises AgendaClosed, UploadRefused."""
    # Partnership before meeting, in the one order of locks.
    lock(Partnership.objects.all(), item.meeting.partnership_id)
    meeting, item = _item(item)
    document = documents.add(
        by=by,
        partnership=meeting.partnership,
        title=title,
        file=file,
        audience=Audience.COMMITTEE,
        scope=item,
    )
    paper = _link(item, document)
    revisions.touch(meeting)
    return paper


def _link(item: AgendaItem, document: Document) -> Paper:
    last = Paper.objects.filter(item=item).aggregate(last=Max("position"))["last"] or 0
    return Paper.objects.create(item=item, document=document, position=last + 1)


@transaction.atomic
def remove_paper(*, by: User, item: AgendaItem, paper: Paper) -> None:
    """Take a paper off the item; the document is withdrawn, not deleted. Raises AgendaClosed."""
    meeting, item = _item(item)
    document = paper.document
    paper.delete()
    if not Paper.objects.filter(document=document).exists():
        documents.withdraw(by=by, document=document)
    revisions.touch(meeting)
    audit.record(
        by=by,
        action="agenda.paper_removed",
        subject=item,
        partnership=meeting.partnership,
        document=str(document.pk),
    )


# --- motions -----------------------------------------------------------------------------------------


def waiting_motions(meeting: Meeting) -> QuerySet[Referral]:
    """Treatments that wait for this committee and stand on no coming agenda, in the order they came in.

    Among them what the committee deferred, and what came back from a vote without a resolution.
    """
    coming = AgendaItem.objects.filter(referral=OuterRef("pk"), meeting__state__in=EDITABLE).exclude(
        state__in=(ItemState.DONE, ItemState.CARRIED)
    )
    voting = Ballot.objects.filter(
        referral=OuterRef("pk"),
        state__in=(BallotState.DRAFT, BallotState.OPEN, BallotState.COUNTING, BallotState.CLOSED),
    )
    unfinished = Referral.objects.filter(
        motion=OuterRef("motion"),
        position__lt=OuterRef("position"),
        state__in=(*UNTREATED, ReferralState.IN_VOTE),
    ).exclude(role=ReferralRole.IS_TOLD)
    return (
        Referral.objects.filter(
            ~Exists(coming),
            ~Exists(voting),
            ~Exists(unfinished),
            committee=meeting.committee_id,
            state__in=UNTREATED,
            motion__state__in=(MotionState.SUBMITTED, MotionState.IN_TREATMENT),
        )
        .select_related("motion__submitting_partner")
        .order_by("motion__submitted_at", "motion__year", "motion__number")
    )


@transaction.atomic
def put_motion(*, by: User | None, meeting: Meeting, referral: Referral, has_consent: bool = False) -> AgendaItem:
    """Make an item of a motion that waits. Raises AgendaClosed, LateItem, MotionNotWaiting."""
    meeting = _editable(meeting)
    found = waiting_motions(meeting).filter(pk=referral.pk).first()
    if found is None:
        raise MotionNotWaiting(_("Diese Vorlage wartet nicht mehr auf eine Beratung in diesem Gremium."))
    item = add_item(
        by=by,
        meeting=meeting,
        title=found.motion.title,
        is_confidential=found.motion.is_confidential,
        has_consent=has_consent,
        referral=found,
    )
    if found.state != ReferralState.SCHEDULED:
        motions.schedule(by=by, referral=found)
    return item


def take_up_stopped(*, by: User | None, ballot: Ballot) -> AgendaItem | None:
    """Put the matter of a circular ballot that was stopped onto the agenda of the committee's next meeting.

    None where no meeting is planned that still takes it: it then comes onto the agenda of the next one that is
    prepared (`take_up_waiting`), and until then its editor offers it.
    """
    coming = Meeting.objects.filter(
        committee=ballot.committee_id,
        state__in=(MeetingState.DRAFT, MeetingState.INVITED),
        starts_at__gt=clock.now(),
    ).order_by("starts_at")
    for meeting in coming:
        try:
            if ballot.referral is not None:
                return put_motion(by=by, meeting=meeting, referral=ballot.referral)
            return put_stopped(by=by, meeting=meeting, ballot=ballot)
        except LateItem:
            continue
        except (MotionNotWaiting, NotStopped):
            return None
    return None


def waiting_stopped(committee: Committee | UUID) -> QuerySet[Ballot]:
    """Circular ballots without a motion that were stopped, and whose matter stands on no agenda."""
    taken = AgendaItem.objects.filter(stopped_ballot=OuterRef("pk")).exclude(meeting__state=MeetingState.CANCELLED)
    return Ballot.objects.filter(
        ~Exists(taken),
        committee=committee,
        state=BallotState.STOPPED,
        referral__isnull=True,
        is_opinion=False,
        continued_by__isnull=True,
    ).order_by("closed_at")


@transaction.atomic
def put_stopped(*, by: User | None, meeting: Meeting, ballot: Ballot, has_consent: bool = False) -> AgendaItem:
    """Make an item of the matter of a stopped circular ballot. Raises AgendaClosed, LateItem, NotStopped."""
    meeting = _editable(meeting)
    found = waiting_stopped(meeting.committee_id).filter(pk=ballot.pk).first()
    if found is None:
        raise NotStopped(_("Diese Sache steht schon auf einer Tagesordnung."))
    return add_item(
        by=by,
        meeting=meeting,
        title=found.title,
        text=found.text,
        is_confidential=found.is_confidential,
        has_consent=has_consent,
        stopped_ballot=found,
    )


def take_up_waiting(*, by: User, meeting: Meeting) -> int:
    """Put what stopped circular ballots left waiting onto the agenda of a new meeting; answers how many."""
    stopped = Ballot.objects.filter(referral=OuterRef("pk"), state=BallotState.STOPPED)
    referrals = list(waiting_motions(meeting).filter(Exists(stopped), state=ReferralState.SCHEDULED))
    for referral in referrals:
        put_motion(by=by, meeting=meeting, referral=referral)
    ballots = list(waiting_stopped(meeting.committee_id))
    for ballot in ballots:
        put_stopped(by=by, meeting=meeting, ballot=ballot)
    return len(referrals) + len(ballots)


# --- from the last meeting ------------------------------------------------------------------------------


def previous_meeting(meeting: Meeting) -> Meeting | None:
    """The committee's last meeting before this one that was not cancelled."""
    return (
        Meeting.objects.filter(committee=meeting.committee_id, starts_at__lt=meeting.starts_at)
        .exclude(state__in=(MeetingState.CANCELLED, MeetingState.DRAFT))
        .exclude(pk=meeting.pk)
        .order_by("-starts_at")
        .first()
    )


@transaction.atomic
def carry_over(
    *, by: User, meeting: Meeting, source: Meeting, with_standing: bool = True, with_open: bool = True
) -> int:
    """Take items from an earlier meeting; answers how many.

    `with_open`: adjourned items come along with motion and papers, each once, and are linked to where they come
    from. `with_standing`: so do the other items that are no motion, as new ones. Raises AgendaClosed.
    """
    meeting = _editable(meeting)
    carried = set(
        AgendaItem.objects.filter(carried_from__meeting=source)
        .exclude(meeting__state=MeetingState.CANCELLED)
        .values_list("carried_from", flat=True)
    )
    titles = set(AgendaItem.objects.filter(meeting=meeting).values_list("title", flat=True))
    count = 0
    for old in revisions.agenda(source):
        is_open = old.state == ItemState.CARRIED
        if is_open and (not with_open or old.pk in carried):
            continue
        if not is_open and (not with_standing or old.referral_id or old.title in titles):
            continue
        referral = old.referral if is_open else None
        if referral is not None and not waiting_motions(meeting).filter(pk=referral.pk).exists():
            # Settled, or put on another agenda in the meantime.
            continue
        item = add_item(
            by=by,
            meeting=meeting,
            title=old.title,
            text=old.text,
            presenter=old.presenter,
            minutes_planned=old.minutes_planned,
            is_confidential=old.is_confidential,
            referral=referral,
            carried_from=old if is_open else None,
        )
        if is_open:
            for link in old.files:
                _link(item, link.document)
        if referral is not None and referral.state != ReferralState.SCHEDULED:
            motions.schedule(by=by, referral=referral)
        count += 1
    revisions.touch(meeting)
    return count


def _is_undecided(item: AgendaItem) -> bool:
    """Whether the item's motion still waits for this committee's vote."""
    referral = item.referral
    return referral is not None and referral.state == ReferralState.SCHEDULED and referral.role != ReferralRole.IS_TOLD


def _note(by: User, item: AgendaItem) -> None:
    referral = item.referral
    if referral is not None and referral.state == ReferralState.SCHEDULED and referral.role == ReferralRole.IS_TOLD:
        motions.note(by=by, referral=referral)


# --- in the meeting --------------------------------------------------------------------------------------


def _running(item: AgendaItem) -> tuple[Meeting, AgendaItem]:
    meeting, item = _item(item)
    if meeting.state != MeetingState.RUNNING:
        raise NotCalled(_("Die Sitzung ist nicht eröffnet."))
    return meeting, item


def _no_open_ballot(item: AgendaItem) -> None:
    if Ballot.objects.filter(agenda_item=item, state=BallotState.OPEN).exists():
        raise NotCalled(
            _("Zu TOP %(position)s läuft noch eine Abstimmung. Schließen Sie sie zuerst.") % {"position": item.position}
        )


def _enter(by: User, meeting: Meeting, item: AgendaItem, state: ItemState) -> AgendaItem:
    item.state = state
    item.save(update_fields=["state"])
    audit.record(by=by, action="agenda.item_state", subject=item, partnership=meeting.partnership, state=state.value)
    return item


@transaction.atomic
def call_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """Call an item; the one treated so far is interrupted. Raises AgendaClosed, NotCalled."""
    meeting, item = _running(item)
    AgendaItem.objects.filter(meeting=meeting, state=ItemState.CURRENT).exclude(pk=item.pk).update(state=ItemState.OPEN)
    return _enter(by, meeting, item, ItemState.CURRENT)


@transaction.atomic
def finish_item(*, by: User, item: AgendaItem, calls_next: bool = False) -> AgendaItem | None:
    """The item is treated; the next open one may be called at once and is answered.

    A motion of which the committee is only told is noted with it. Raises NotCalled.
    """
    meeting, item = _running(item)
    _no_open_ballot(item)
    if _is_undecided(item):
        raise NotCalled(
            _("Über die Vorlage zu TOP %(position)s ist nicht abgestimmt. Stimmen Sie ab, oder vertagen Sie den Punkt.")
            % {"position": item.position}
        )
    _note(by, item)
    _enter(by, meeting, item, ItemState.DONE)
    if not calls_next:
        return item
    following = AgendaItem.objects.filter(meeting=meeting, state=ItemState.OPEN).order_by("position")
    found = following.filter(position__gt=item.position).first() or following.first()
    return call_item(by=by, item=found) if found else item


@transaction.atomic
def adjourn_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """Leave the item to the next meeting; its motion waits again. Raises NotCalled."""
    meeting, item = _running(item)
    _no_open_ballot(item)
    _defer(by, item, _("Vertagt in der Sitzung „%(meeting)s“.") % {"meeting": meeting.title})
    return _enter(by, meeting, item, ItemState.CARRIED)


@transaction.atomic
def note_result(*, by: User, item: AgendaItem, result: str) -> AgendaItem:
    """What came out of the item, for the result protocol. Raises AgendaClosed."""
    meeting, item = _item(item)
    item.result = result
    item.save(update_fields=["result"])
    audit.record(by=by, action="agenda.item_result", subject=item, partnership=meeting.partnership)
    return item


def close_items(*, by: User, meeting: Meeting) -> None:
    """At the end of a meeting: what was called is treated, what was not is adjourned. Under the meeting's lock."""
    for item in AgendaItem.objects.filter(meeting=meeting).select_related("referral", "meeting"):
        if item.state == ItemState.CURRENT and not _is_undecided(item):
            _note(by, item)
            _enter(by, meeting, item, ItemState.DONE)
        elif item.state in (ItemState.OPEN, ItemState.CURRENT):
            _defer(by, item, _("In der Sitzung „%(meeting)s“ nicht behandelt.") % {"meeting": meeting.title})
            _enter(by, meeting, item, ItemState.CARRIED)
