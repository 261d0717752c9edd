"""Who answers an invitation, who is there, and whether the committee is quorate."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, UUIDField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committees.enums import PRESENT, Answer, DelegateKind, MeetingState, Presence
from committees.models import Attendance, Delegate, Meeting, MeetingAnswer
from committees.notifications import meetings as notifications
from committees.rules.rule_set import Rules, WeightKind
from committees.services import notices, revisions, weighing
from membership.models import Partner
from partnership import clock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit

# A slip of the finger put right within a minute is no coming and going.
SLIP_SECONDS = 60


class AnswerRefused(Refusal):
    """The person does not speak for the partner, or the meeting takes no answers."""


class AttendanceRefused(Refusal):
    """The meeting is not being held, or the partner has no seat in it."""


# --- answers ------------------------------------------------------------------------------------------


@transaction.atomic
def answer(*, by: User, meeting: Meeting, partner: Partner, answer: str, deputy: User | None = None) -> MeetingAnswer:
    """Answer the invitation for a partner; answering again replaces it. A called deputy is told by mail.

    Raises AnswerRefused.
    """
    meeting = revisions.locked(meeting)
    if meeting.state != MeetingState.INVITED:
        raise AnswerRefused(
            _("Zu dieser Sitzung kann nicht mehr geantwortet werden: Sie ist %(state)s.")
            % {"state": meeting.get_state_display()}
        )
    held = [row for row in notices.mandates(meeting.committee_id, clock.today()) if row.partner_id == partner.pk]
    mine = {row.kind for row in held if row.person_id == by.pk}
    if not mine:
        raise AnswerRefused(_("Sie vertreten diesen Partner in diesem Gremium heute nicht."))
    deputy = _deputy(by, held, deputy, is_delegate=DelegateKind.DELEGATE in mine) if answer == Answer.DEPUTY else None
    earlier = MeetingAnswer.objects.filter(meeting=meeting, partner=partner, person=by).first()
    was = earlier.deputy if earlier is not None else None
    row, _created = MeetingAnswer.objects.update_or_create(
        meeting=meeting,
        partner=partner,
        person=by,
        defaults={"answer": answer, "deputy": deputy, "answered_at": clock.now()},
    )
    if was != deputy:
        # The same deputy may be called, released and called again: each is a notice of its own.
        turn = secrets.token_hex(4)
        if was is not None:
            notifications.deputy_released(meeting, partner=partner, deputy=was, by=by, turn=turn)
        if deputy is not None:
            notifications.deputy_called(meeting, partner=partner, deputy=deputy, by=by, turn=turn)
    audit.record(
        by=by,
        action="meeting.answered",
        subject=meeting,
        partner=str(partner.pk),
        answer=answer,
        deputy=str(deputy.pk) if deputy else None,
    )
    return row


def _deputy(by: User, held: Iterable[Delegate], wanted: User | None, *, is_delegate: bool) -> User:
    """The deputy who is to come: the one named, else the only one."""
    if not is_delegate:
        raise AnswerRefused(_("Nur die Vertretung selbst kann ihre Stellvertretung schicken."))
    deputies = [row.person for row in held if row.kind == DelegateKind.DEPUTY and row.person_id != by.pk]
    if wanted is not None:
        deputies = [person for person in deputies if person.pk == wanted.pk]
    if not deputies:
        raise AnswerRefused(
            _("Für diesen Partner ist keine Stellvertretung eingetragen. Tragen Sie zuerst eine ein."), field="deputy"
        )
    if len(deputies) > 1:
        raise AnswerRefused(_("Bitte wählen Sie, welche Stellvertretung kommt."), field="deputy")
    return deputies[0]


@dataclass
class Seat:
    """A partner's seat in a meeting: who may come, who said what, and who is there."""

    partner: Partner
    delegates: list[User] = field(default_factory=list)
    deputies: list[User] = field(default_factory=list)
    answers: list[MeetingAnswer] = field(default_factory=list)
    rows: list[Attendance] = field(default_factory=list)
    has_vote: bool = True

    @property
    def state(self) -> str:
        """What is expected: "yes", "deputy", "no" or "open"."""
        people = {person.pk for person in self.delegates}
        by_delegate = {row.answer for row in self.answers if row.person_id in people}
        by_deputy = {row.answer for row in self.answers if row.person_id not in people}
        if Answer.YES in by_delegate:
            return "yes"
        if Answer.DEPUTY in by_delegate or Answer.YES in by_deputy:
            return "no" if self._called_refused() else "deputy"
        return "no" if Answer.NO in by_delegate | by_deputy else "open"

    def _called_refused(self) -> bool:
        called = {row.deputy_id for row in self.answers if row.answer == Answer.DEPUTY}
        refused = {row.person_id for row in self.answers if row.answer == Answer.NO}
        coming = {row.person_id for row in self.answers if row.answer == Answer.YES}
        return bool(called) and called <= refused and not coming

    @property
    def coming(self) -> list[User]:
        """The people who are expected."""
        yes = {row.person_id for row in self.answers if row.answer == Answer.YES}
        if self.state == "yes":
            return [person for person in self.delegates if person.pk in yes]
        if self.state == "deputy":
            called = yes | {row.deputy_id for row in self.answers if row.answer == Answer.DEPUTY}
            return [person for person in self.deputies if person.pk in called]
        return []

    @property
    def current(self) -> Attendance | None:
        """The row that holds now."""
        return next((row for row in self.rows if row.until_at is None), None)

    @property
    def is_present(self) -> bool:
        return self.current is not None and self.current.presence in PRESENT

    @property
    def has_left(self) -> bool:
        return bool(self.rows) and self.current is None


def mandates_with_answers(meeting: Meeting) -> list[Delegate]:
    """Who speaks for which partner today, each with what they answered (`given_…`), in one query."""
    given = MeetingAnswer.objects.filter(meeting=meeting, partner=OuterRef("partner"), person=OuterRef("person"))
    return list(
        notices.mandates_on(meeting.committee_id, clock.today()).annotate(
            given_answer=Subquery(given.values("answer")[:1]),
            given_deputy=Subquery(given.values("deputy")[:1], output_field=UUIDField()),
            given_at=Subquery(given.values("answered_at")[:1]),
        )
    )


def seats(
    meeting: Meeting,
    *,
    mandates: Iterable[Delegate],
    partners: Iterable[Partner] = (),
    rows: Iterable[Attendance] = (),
) -> list[Seat]:
    """Seats of the partners (those entitled to vote, and those somebody speaks for), in their order.

    `mandates` as `mandates_with_answers` reads them; answers of people who no longer speak for a partner are gone.
    """
    voting = {partner.pk: partner for partner in partners}
    found = {pk: Seat(partner) for pk, partner in voting.items()}
    for mandate in mandates:
        seat = found.setdefault(mandate.partner_id, Seat(mandate.partner, has_vote=not voting))
        if mandate.person in (*seat.delegates, *seat.deputies):
            continue
        (seat.delegates if mandate.kind == DelegateKind.DELEGATE else seat.deputies).append(mandate.person)
        if mandate.given_answer:  # type: ignore[attr-defined]
            seat.answers.append(
                MeetingAnswer(
                    meeting=meeting,
                    partner=mandate.partner,
                    person=mandate.person,
                    answer=mandate.given_answer,  # type: ignore[attr-defined]
                    deputy_id=mandate.given_deputy,  # type: ignore[attr-defined]
                    answered_at=mandate.given_at,  # type: ignore[attr-defined]
                )
            )
    for row in rows:
        found.setdefault(row.partner_id, Seat(row.partner, has_vote=False)).rows.append(row)
    return sorted(found.values(), key=lambda seat: seat.partner.number)


def rows_of(meeting: Meeting) -> list[Attendance]:
    """All attendance rows, in the order they were written."""
    return list(
        Attendance.objects.filter(meeting=meeting)
        .select_related("person", "partner")
        .order_by("partner__number", "from_at", "pk")
    )


def voting_partners(meeting: Meeting) -> list[Partner]:
    """Partners entitled to vote: on the day the meeting was opened, else today."""
    on = clock.today() if meeting.started_at is None else meeting.on
    return list(Partner.objects.filter(partnership=meeting.partnership_id).with_voting_right(on).order_by("number"))


# --- attendance ---------------------------------------------------------------------------------------


@transaction.atomic
def record(*, by: User, meeting: Meeting, partner: Partner, presence: str, person: User | None = None) -> Attendance:
    """Note down that a partner is present by delegate or deputy, excused or absent, from now on.

    Raises AttendanceRefused.
    """
    meeting = _taking(meeting)
    person = _who(meeting, partner, presence, person)
    now = clock.now()
    row = Attendance.objects.filter(meeting=meeting, partner=partner, until_at=None).first()
    if row is not None and row.presence == presence and row.person_id == (person.pk if person else None):
        return row
    if row is not None and (now - row.from_at).total_seconds() < SLIP_SECONDS:
        row.presence, row.person, row.recorded_by = presence, person, by
        row.save(update_fields=["presence", "person", "recorded_by"])
    else:
        if row is not None:
            row.until_at = now
            row.save(update_fields=["until_at"])
        row = Attendance.objects.create(
            meeting=meeting, partner=partner, person=person, presence=presence, from_at=now, recorded_by=by
        )
    audit.record(
        by=by,
        action="attendance.recorded",
        subject=meeting,
        partner=str(partner.pk),
        presence=presence,
        person=str(person.pk) if person else None,
    )
    return row


@transaction.atomic
def leave(*, by: User, meeting: Meeting, partner: Partner) -> Attendance:
    """Note down that a partner who was there has left. Raises AttendanceRefused."""
    meeting = _taking(meeting)
    row = Attendance.objects.filter(meeting=meeting, partner=partner, until_at=None, presence__in=PRESENT).first()
    if row is None:
        raise AttendanceRefused(_("%(partner)s ist nicht als anwesend eingetragen.") % {"partner": partner})
    row.until_at = clock.now()
    row.save(update_fields=["until_at"])
    audit.record(by=by, action="attendance.left", subject=meeting, partner=str(partner.pk))
    return row


@transaction.atomic
def record_expected(*, by: User, meeting: Meeting) -> int:
    """Note down at once everybody who announced to come, and as excused who declined; answers how many.

    Partners noted down already stay as they are. Raises AttendanceRefused.
    """
    meeting = _taking(meeting)
    known = set(Attendance.objects.filter(meeting=meeting).values_list("partner", flat=True))
    found = seats(meeting, mandates=mandates_with_answers(meeting))
    now = clock.now()
    presences = {"yes": Presence.DELEGATE, "deputy": Presence.DEPUTY, "no": Presence.EXCUSED}
    rows = [
        Attendance(
            meeting=meeting,
            partner=seat.partner,
            person=next(iter(seat.coming), None),
            presence=presences[seat.state],
            from_at=now,
            recorded_by=by,
        )
        for seat in found
        if seat.partner.pk not in known and seat.state in presences
    ]
    Attendance.objects.bulk_create(rows)
    audit.record(
        by=by,
        action="attendance.expected_recorded",
        subject=meeting,
        rows=[{"partner": str(row.partner_id), "presence": str(row.presence)} for row in rows],
    )
    return len(rows)


def _taking(meeting: Meeting) -> Meeting:
    """The meeting under its lock, on its day or while it runs."""
    meeting = revisions.locked(meeting)
    is_day = meeting.state == MeetingState.INVITED and meeting.on <= clock.today()
    if meeting.state != MeetingState.RUNNING and not is_day:
        raise AttendanceRefused(_("Die Anwesenheit wird am Tag der Sitzung erfasst, bis die Sitzung geschlossen ist."))
    return meeting


def _who(meeting: Meeting, partner: Partner, presence: str, person: User | None) -> User | None:
    """The person who is there: the one named, else the only one in that capacity."""
    if not Partner.objects.filter(pk=partner.pk, partnership=meeting.partnership_id).members(clock.today()).exists():
        raise AttendanceRefused(_("Dieser Partner gehört der Partnerschaft heute nicht an."))
    if presence not in PRESENT:
        return None
    kind = DelegateKind.DELEGATE if presence == Presence.DELEGATE else DelegateKind.DEPUTY
    people = [
        row.person
        for row in notices.mandates(meeting.committee_id, clock.today())
        if row.partner_id == partner.pk and row.kind == kind
    ]
    if person is not None:
        if person.pk not in {one.pk for one in people}:
            raise AttendanceRefused(
                _("%(person)s vertritt %(partner)s heute nicht.") % {"person": person, "partner": partner}
            )
        return person
    if not people:
        raise AttendanceRefused(
            _("Für %(partner)s ist in diesem Gremium niemand dafür eingetragen.") % {"partner": partner}
        )
    return people[0] if len(people) == 1 else None


# --- quorum ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quorum:
    """How many of those entitled are there, and how many the rules ask for; in votes where they are unequal."""

    present: int
    electorate: int
    needed: int
    is_lifted: bool = False
    is_weighed: bool = False
    # Why the votes cannot be counted: a key that is missing. Then nothing is reached.
    problem: str = ""

    @property
    def is_reached(self) -> bool:
        return not self.problem and (self.is_lifted or self.present >= self.needed)

    @property
    def sentence(self) -> str:
        """`21 von 34 stimmberechtigten Partnern sind anwesend.`"""
        if self.problem:
            return self.problem
        if self.is_weighed:
            return ngettext(
                "%(present)s von %(electorate)s Stimmen ist anwesend.",
                "%(present)s von %(electorate)s Stimmen sind anwesend.",
                self.present,
            ) % {"present": self.present, "electorate": self.electorate}
        return ngettext(
            "%(present)s von %(electorate)s stimmberechtigten Partnern ist anwesend.",
            "%(present)s von %(electorate)s stimmberechtigten Partnern sind anwesend.",
            self.present,
        ) % {"present": self.present, "electorate": self.electorate}

    @property
    def record(self) -> str:
        """The same for a protocol: `21 von 34 stimmberechtigten Partnern waren anwesend; 18 waren nötig.`"""
        if self.problem:
            return self.problem
        if self.is_weighed:
            said = ngettext(
                "%(present)s von %(electorate)s Stimmen war anwesend",
                "%(present)s von %(electorate)s Stimmen waren anwesend",
                self.present,
            )
        else:
            said = ngettext(
                "%(present)s von %(electorate)s stimmberechtigten Partnern war anwesend",
                "%(present)s von %(electorate)s stimmberechtigten Partnern waren anwesend",
                self.present,
            )
        said %= {"present": self.present, "electorate": self.electorate}
        if self.is_lifted:
            return _("%(said)s; nach der zweiten Einladung kam es auf die Zahl nicht an.") % {"said": said}
        if not self.needed:
            return f"{said}."
        return _("%(said)s; für die Beschlussfähigkeit waren %(needed)s nötig.") % {
            "said": said,
            "needed": self.needed,
        }

    @property
    def verdict(self) -> str:
        """What that means under the rules."""
        if self.problem:
            return _("Die Beschlussfähigkeit lässt sich nicht feststellen.")
        if self.is_lifted:
            return _("Beschlussfähig: Nach der zweiten Einladung kommt es auf die Zahl nicht an.")
        if not self.needed:
            return _("Beschlussfähig: Die Verfahrensregeln verlangen keine Mindestzahl.")
        if self.is_reached:
            return _("Beschlussfähig: %(needed)s sind nötig.") % {"needed": self.needed}
        missing = self.needed - self.present
        return ngettext(
            "Nicht beschlussfähig: %(needed)s sind nötig, es fehlt %(missing)s.",
            "Nicht beschlussfähig: %(needed)s sind nötig, es fehlen %(missing)s.",
            missing,
        ) % {"needed": self.needed, "missing": missing}


def quorum_of(meeting: Meeting, rules: Rules | None, *, voting: Iterable[UUID], present: Iterable[UUID]) -> Quorum:
    """The quorum from facts already read; where votes are unequal, the key that holds that day is read besides."""
    entitled = set(voting)
    there = entitled & set(present)
    if rules is None:
        return Quorum(len(there), len(entitled), 0)
    on = clock.today() if meeting.started_at is None else meeting.on
    try:
        votes = weighing.votes_of(rules, partnership=meeting.partnership, partners=entitled, on=on)
    except weighing.WeighingRefused as refusal:
        return Quorum(0, 0, 0, is_weighed=True, problem=str(refusal))
    electorate = sum(votes.values())
    return Quorum(
        present=sum(votes[partner] for partner in there),
        electorate=electorate,
        needed=rules.quorum.turnout.needed(electorate),
        is_lifted=meeting.is_second_invitation and rules.quorum.is_lifted_by_second_invitation,
        is_weighed=rules.weights.kind is not WeightKind.EQUAL,
    )


def present_partner_ids(meeting: Meeting, at: datetime | None = None) -> set[UUID]:
    """Partners present now, or at a moment."""
    rows = Attendance.objects.filter(meeting=meeting, presence__in=PRESENT)
    if at is None:
        rows = rows.filter(until_at=None)
    else:
        rows = rows.filter(Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at)
    return set(rows.values_list("partner", flat=True))


def quorum(meeting: Meeting, rules: Rules | None = None) -> Quorum:
    """The quorum of a meeting as it stands now."""
    return quorum_of(
        meeting,
        rules or notices.rules_of(meeting),
        voting=[partner.pk for partner in voting_partners(meeting)],
        present=present_partner_ids(meeting),
    )
