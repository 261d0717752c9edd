"""Mails about motions."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from committees.enums import ReferralRole, ReferralState
from committees.models import Committee, Delegate, Motion, Referral, Resolution
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment, OutboxMessage, User
from partnership.services import outbox

SUBMITTED = "motion.submitted"
RECOMMENDED = "motion.recommended"
OUTCOME = "motion.outcome"
ENDED = "motion.ended"
ENTITLEMENT = "committees.motion"


def _conducting(committees: Iterable[Committee], motion: Motion) -> Q:
    """Chairs, deputies and secretaries of these committees, and the managing office of the partnership."""
    on = clock.today()
    at_committees = Appointment.objects.valid(on).filter(
        content_type=ContentType.objects.get_for_model(Committee),
        object_pk__in=[str(committee.pk) for committee in committees],
        role__in=(Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY),
    )
    office = Appointment.objects.valid(on).filter(partnership=motion.partnership_id, role=Role.MANAGING_OFFICE)
    return Q(pk__in=at_committees.values("person")) | Q(pk__in=office.values("person"))


def _delegates(committees: Iterable[Committee]) -> Q:
    rows = Delegate.objects.valid(clock.today()).filter(committee__in=list(committees))
    return Q(pk__in=rows.values("person"))


def _people(who: Q, but: User | None) -> QuerySet[User]:
    people = User.objects.filter(who, is_active=True).order_by("email")
    return people.exclude(pk=but.pk) if but is not None else people


def _post(
    kind: str, motion: Motion, people: Iterable[User], *, subject: Any, template: str, key: str, **context: Any
) -> list[OutboxMessage]:
    """One mail per person. A confidential motion's title never leaves the portal: number and link only."""
    title = _("(vertraulich)") if motion.is_confidential else motion.title
    return outbox.post_many(
        [
            outbox.Letter(
                kind=kind,
                template=f"committees/mail/{template}",
                context={"motion": motion, "title": title, "url": motion.get_absolute_url(), **context},
                dedup_key=f"motion:{motion.pk}:{key}:{person.pk}",
                subject=format_lazy(subject, number=motion.label, title=title),
                partnership=motion.partnership,
                recipient=person,
                about=motion,
                entitlement=ENTITLEMENT,
            )
            for person in people
        ]
    )


def submitted(*, by: User | None, motion: Motion) -> list[OutboxMessage]:
    """A motion came in: the managing office and those who conduct the first committee take it up."""
    first = motion.referrals.select_related("committee").order_by("position").first()
    assert first is not None
    people = _people(_conducting([first.committee], motion), by)
    return _post(
        SUBMITTED,
        motion,
        people,
        subject=_("Neue Vorlage {number}: {title}"),
        template="motion_submitted",
        key="submitted",
        committee=first.committee,
    )


def recommended(*, by: User | None, motion: Motion, referral: Referral, resolution: Resolution) -> list[OutboxMessage]:
    """A committee has recommended, or not: those who conduct the next one can put the motion on the agenda."""
    following = (
        motion.referrals.filter(position__gt=referral.position).select_related("committee").order_by("position").first()
    )
    if following is None:
        return []
    return _post(
        RECOMMENDED,
        motion,
        _people(_conducting([following.committee], motion), by),
        subject=_("Empfehlung zu Vorlage {number}: {title}"),
        template="motion_recommended",
        key=f"recommended:{resolution.pk}",
        referral=referral,
        following=following,
        resolution=resolution,
        is_recommended=referral.state == ReferralState.RECOMMENDED,
    )


def outcome_told(*, by: User | None, motion: Motion, referral: Referral, resolution: Resolution) -> list[OutboxMessage]:
    """The decision fell: the delegates of the committees that had advised, and who wrote the motion, learn it."""
    advised = Committee.objects.filter(
        referrals__motion=motion, referrals__role=ReferralRole.RECOMMENDS, referrals__position__lt=referral.position
    )
    return _post(
        OUTCOME,
        motion,
        _people(_delegates(advised) | Q(pk=motion.created_by_id), None),
        subject=_("Entschieden: Vorlage {number}, {title}"),
        template="motion_outcome",
        key=f"outcome:{resolution.pk}",
        referral=referral,
        resolution=resolution,
        is_adopted=referral.state == ReferralState.ADOPTED,
    )


def ended(*, by: User | None, motion: Motion, reason: str) -> list[OutboxMessage]:
    """A motion was withdrawn or has lapsed: those who conduct the committees on its way take it off their agendas."""
    committees = [referral.committee for referral in motion.referrals.select_related("committee")]
    return _post(
        ENDED,
        motion,
        _people(_conducting(committees, motion), by),
        subject=_("Vorlage {number} wird nicht weiter beraten: {title}"),
        template="motion_ended",
        key=f"ended:{motion.state}",
        end_reason=reason,
    )


def is_still_entitled(message: OutboxMessage) -> str | None:
    """Asked just before sending: the recipient must still be able to see the motion."""
    if message.recipient is None:
        return None
    if Motion.objects.visible_to(message.recipient).filter(pk=message.subject_pk).exists():
        return None
    return str(_("Die Person darf diese Vorlage nicht mehr sehen."))


def register() -> None:
    """Name the mails and the check before each send; called when the app is ready."""
    outbox.register_kind(SUBMITTED, _("Neue Vorlage"))
    outbox.register_kind(RECOMMENDED, _("Empfehlung eines Gremiums"))
    outbox.register_kind(OUTCOME, _("Ausgang einer Vorlage"))
    outbox.register_kind(ENDED, _("Ende einer Vorlage"))
    outbox.register_entitlement(ENTITLEMENT, is_still_entitled)
