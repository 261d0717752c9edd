"""Who is invited to a meeting, whether the notice period is kept, and what is still missing."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import holidays
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from committees.enums import DelegateKind
from committees.models import AgendaItem, CircleMember, Committee, Delegate, Meeting, RuleSet
from committees.models.delegate import DelegateQuerySet
from committees.rules.deadlines import NoticeCalculation, calculate_notice
from committees.rules.rule_set import Rules
from committees.services import second_invitation
from membership.models import Partner
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment, User

COMMITTEE_ROLES = (Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY)


@dataclass
class Recipient:
    """One person who gets the notice, and as what: one mail per person, whatever they are."""

    person: User
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gap:
    """A partner nobody speaks for, or only a deputy."""

    partner: Partner
    has_deputy: bool


@dataclass(frozen=True)
class Check:
    """One line of the check list before sending."""

    key: str
    is_met: bool
    is_blocking: bool
    sentence: str
    details: tuple[str, ...] = ()


def rules_of(meeting: Meeting, on: date | None = None) -> Rules | None:
    """The committee's rules valid today; None where it has none (role circles)."""
    found = RuleSet.objects.general().valid(on or clock.today()).filter(committee=meeting.committee_id).first()
    return found.rules if found else None


def holidays_of(meeting: Meeting, rules: Rules) -> Container[date]:
    """The holidays of the Land the rules name, else of the partnership's Land."""
    return holidays.country_holidays("DE", subdiv=rules.notice.land or meeting.partnership.land)


def notice_of(meeting: Meeting, rules: Rules | None = None) -> NoticeCalculation | None:
    """The notice period if the invitation goes out today, worked out sentence by sentence."""
    rules = rules or rules_of(meeting)
    if rules is None:
        return None
    return calculate_notice(clock.today(), rules.notice, holidays_of(meeting, rules), meeting_on=meeting.on)


# --- who ---------------------------------------------------------------------------------------------


def mandates(committee: Committee | UUID, on: date) -> list[Delegate]:
    """Delegates and deputies of members on a day, by partner and kind."""
    return list(mandates_on(committee, on))


def mandates_on(committee: Committee | UUID, on: date) -> DelegateQuerySet:
    """The same as a queryset: one query with partner and person."""
    return (
        Delegate.objects.valid(on)
        .filter(committee=committee, partner__in=Partner.objects.members(on))
        .select_related("partner", "person")
        .order_by("partner__number", "kind", "person__name")
    )


def recipients(meeting: Meeting) -> list[Recipient]:
    """Everybody the notices of a meeting go to, each once, by name.

    Delegates and deputies who hold their mandate today and still will on the day of the meeting; people of a
    circle; chair, secretary and managing office.
    """
    on = clock.today()
    found: dict[UUID, Recipient] = {}

    def take(person: User | None, reason: str) -> None:
        if person is not None and person.is_active:
            entry = found.setdefault(person.pk, Recipient(person))
            if reason not in entry.reasons:
                entry.reasons.append(reason)

    for mandate in mandates(meeting.committee_id, on):
        if mandate.is_valid(max(meeting.on, on)):
            take(
                mandate.person,
                _("%(kind)s für %(partner)s") % {"kind": mandate.get_kind_display(), "partner": mandate.partner},
            )
    if not meeting.committee.votes:
        for member in CircleMember.objects.valid(on).filter(committee=meeting.committee_id).select_related("person"):
            take(member.person, _("Mitglied"))
    for appointment in officers(meeting, on):
        take(appointment.person, str(Role(appointment.role).label))
    return sorted(found.values(), key=lambda entry: (entry.person.name.casefold(), entry.person.email))


def officers(meeting: Meeting, on: date) -> list[Appointment]:
    """Chair, deputy chair and secretary of the committee, and the managing office, on a day."""
    committee_type = ContentType.objects.get_for_model(Committee)
    return list(
        Appointment.objects.valid(on)
        .filter(
            Q(content_type=committee_type, object_pk=str(meeting.committee_id), role__in=COMMITTEE_ROLES)
            | Q(partnership=meeting.partnership_id, role=Role.MANAGING_OFFICE)
        )
        .select_related("person")
        .order_by("role", "person__name")
    )


def is_still_concerned(person: User, meeting: Meeting) -> bool:
    """Whether a notice of the meeting may still go to this person: asked again just before sending (M11)."""
    on = clock.today()
    if not person.is_active:
        return False
    return (
        Delegate.objects.valid(on)
        .filter(committee=meeting.committee_id, person=person, partner__in=Partner.objects.members(on))
        .exists()
        or CircleMember.objects.valid(on).filter(committee=meeting.committee_id, person=person).exists()
        or any(appointment.person_id == person.pk for appointment in officers(meeting, on))
    )


def gaps(meeting: Meeting) -> list[Gap]:
    """Partners entitled to vote on the day of the meeting for whom no delegate is named."""
    if not meeting.committee.votes:
        return []
    on = max(meeting.on, clock.today())
    held = Delegate.objects.valid(on).filter(
        committee=meeting.committee_id, partner=OuterRef("pk"), person__is_active=True
    )
    partners = (
        Partner.objects.filter(partnership=meeting.partnership_id)
        .with_voting_right(on)
        .filter(~Exists(held.filter(kind=DelegateKind.DELEGATE)))
        .annotate(has_deputy=Exists(held.filter(kind=DelegateKind.DEPUTY)))
        .order_by("number")
    )
    return [Gap(partner, partner.has_deputy) for partner in partners]


# --- the check list --------------------------------------------------------------------------------------


def checklist(
    meeting: Meeting,
    *,
    items: list[AgendaItem],
    entries: list[Recipient],
    missing: list[Gap],
    notice: NoticeCalculation | None,
    is_waivable: bool,
    waiver: str = "",
) -> list[Check]:
    """What must be true before a notice goes out, and what should be."""
    is_ahead = meeting.starts_at > clock.now()
    return [
        Check(
            "time",
            is_ahead,
            True,
            _("Die Sitzung liegt in der Zukunft.") if is_ahead else _("Der Beginn der Sitzung ist bereits vorbei."),
        ),
        Check(
            "place",
            bool(meeting.place or meeting.video_url),
            True,
            _("Ort oder Videokonferenz sind angegeben.")
            if meeting.place or meeting.video_url
            else _("Es fehlen Ort und Link zur Videokonferenz; eines von beiden ist nötig."),
        ),
        Check(
            "agenda",
            bool(items),
            True,
            ngettext("Die Tagesordnung hat %(count)s Punkt.", "Die Tagesordnung hat %(count)s Punkte.", len(items))
            % {"count": len(items)}
            if items
            else _("Die Tagesordnung ist leer."),
        ),
        _notice_check(notice, is_waivable, waiver),
        Check(
            "recipients",
            bool(entries),
            True,
            ngettext("%(count)s Person wird eingeladen.", "%(count)s Personen werden eingeladen.", len(entries))
            % {"count": len(entries)}
            if entries
            else _("Es gibt niemanden, der einzuladen wäre."),
        ),
        _gap_check(missing),
        _paper_check(items),
        *_second_check(meeting),
    ]


def _notice_check(notice: NoticeCalculation | None, is_waivable: bool, waiver: str) -> Check:
    if notice is None:
        return Check("notice", True, True, _("Für dieses Gremium ist keine Ladungsfrist festgelegt."))
    details = tuple(sentence.text(get_language()) for sentence in notice.sentences)
    if notice.is_kept:
        return Check("notice", True, True, _("Die Ladungsfrist ist eingehalten."), details)
    if waiver:
        return Check(
            "notice",
            True,
            True,
            _("Auf die Ladungsfrist wird verzichtet: %(reason)s") % {"reason": waiver},
            details,
        )
    sentence = (
        _("Die Ladungsfrist ist nicht eingehalten. Tragen Sie den Verzicht mit Begründung ein oder verlegen Sie.")
        if is_waivable
        else _(
            "Die Ladungsfrist ist nicht eingehalten, und die Verfahrensregeln lassen keinen Verzicht zu. "
            "Verlegen Sie die Sitzung."
        )
    )
    return Check("notice", False, True, sentence, details)


def _second_check(meeting: Meeting) -> list[Check]:
    """Only what stood on an earlier agenda is called a second time."""
    if not meeting.is_second_invitation:
        return []
    items = tuple(str(item) for item in second_invitation.items_called_anew(meeting))
    sentence = (
        _("Zu diesen Punkten wird ein zweites Mal eingeladen:")
        if items
        else _("Kein Punkt stand auf einer früheren Tagesordnung; das Quorum entfällt für keinen.")
    )
    return [Check("second", bool(items), False, sentence, items)]


def _gap_check(missing: list[Gap]) -> Check:
    if not missing:
        return Check("gaps", True, False, _("Jeder stimmberechtigte Partner hat eine Vertretung."))
    return Check(
        "gaps",
        False,
        False,
        ngettext(
            "%(count)s stimmberechtigter Partner hat keine Vertretung.",
            "%(count)s stimmberechtigte Partner haben keine Vertretung.",
            len(missing),
        )
        % {"count": len(missing)},
        tuple(
            _("%(partner)s (nur Stellvertretung)") % {"partner": gap.partner} if gap.has_deputy else str(gap.partner)
            for gap in missing
        ),
    )


def _paper_check(items: list[AgendaItem]) -> Check:
    without = [item for item in items if not item.referral_id and not item.text and not item.files]
    if not without:
        return Check("papers", True, False, _("Zu jedem Punkt gibt es eine Vorlage, eine Unterlage oder einen Text."))
    return Check(
        "papers",
        False,
        False,
        ngettext(
            "%(count)s Punkt hat weder Vorlage noch Unterlage noch Text.",
            "%(count)s Punkte haben weder Vorlage noch Unterlage noch Text.",
            len(without),
        )
        % {"count": len(without)},
        tuple(str(item) for item in without),
    )
