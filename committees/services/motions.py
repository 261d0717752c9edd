"""Motions and their way through the committees: one service walks the tables of `rules.lifecycles`.

A motion's state follows from its referrals. Whoever holds the lock on a ballot must have locked its motion before
(`lock_motion`), see partnership.db.locks. Every function takes who acts as `by`; None is the system itself.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from committees.enums import BallotWay, CommitteeState, EntryKind, MotionState, ReferralRole, ReferralState
from committees.models import Ballot, Committee, Motion, Referral, Resolution
from committees.notifications import motions as notices
from committees.rules import lifecycles
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.db.locks import lock
from partnership.enums import Audience, Role
from partnership.errors import Refusal, Stale
from partnership.models import Document, Partnership, User
from partnership.services import audit, documents

# What people may write; nothing else is taken from a form.
FIELDS = (
    "title",
    "text",
    "reasons",
    "effects",
    "amount",
    "matter",
    "is_confidential",
    "submitting_partner",
    "replaces",
    "concerned_partner",
)
FINAL = (MotionState.WITHDRAWN, MotionState.LAPSED, MotionState.REJECTED, MotionState.ADOPTED, MotionState.IMPLEMENTED)
SETTLED = (
    ReferralState.RECOMMENDED,
    ReferralState.NOT_RECOMMENDED,
    ReferralState.ADOPTED,
    ReferralState.REJECTED,
    ReferralState.NOTED,
)
UNTOUCHED = (ReferralState.WAITING, ReferralState.SCHEDULED, ReferralState.DEFERRED)
_OUTCOMES = {
    EntryKind.ADOPTED: ReferralState.ADOPTED,
    EntryKind.REJECTED: ReferralState.REJECTED,
    EntryKind.RECOMMENDED: ReferralState.RECOMMENDED,
    EntryKind.NOT_RECOMMENDED: ReferralState.NOT_RECOMMENDED,
}
# The rules name one role otherwise than the database does.
_ROLES = {ReferralRole.IS_TOLD: lifecycles.ReferralRole.TOLD}


class MotionRefused(Refusal):
    """The motion does not allow this step now."""


class NotYourPartner(Refusal):
    """Somebody wants to submit for a partner they do not act for."""


class NothingSaid(Refusal):
    """A reason is missing."""


# --- the way through the committees ----------------------------------------------------------------


def default_way(committee: Committee) -> list[tuple[Committee, ReferralRole]]:
    """The committees a motion passes from `committee` on: each recommends to the next one, the last decides.

    Masterportal path (domain.md 4) and DIPAS path differ only in `Committee.is_adoption_required`.
    """
    way: list[tuple[Committee, ReferralRole]] = []
    seen: set[UUID] = set()
    at: Committee | None = committee
    while at is not None and at.pk not in seen:
        seen.add(at.pk)
        way.append((at, role_of(at)))
        at = at.recommends_to
    if way[-1][1] == ReferralRole.RECOMMENDS:  # committees that recommend to each other in a circle: the last decides
        way[-1] = (way[-1][0], ReferralRole.DECIDES)
    return way


def role_of(committee: Committee) -> ReferralRole:
    """What a committee does with a motion, by its own data."""
    if not committee.votes:
        return ReferralRole.IS_TOLD
    return ReferralRole.RECOMMENDS if committee.recommends_to_id else ReferralRole.DECIDES


def _write_way(motion: Motion, way: Sequence[tuple[Committee, ReferralRole]]) -> list[Referral]:
    """Replace the referrals that nobody has begun to treat."""
    begun = list(motion.referrals.exclude(state=ReferralState.WAITING).order_by("position"))
    kept = {referral.committee_id for referral in begun}
    motion.referrals.filter(state=ReferralState.WAITING).delete()
    position = max((referral.position for referral in begun), default=0)
    added = []
    for committee, role in way:
        if committee.pk in kept:
            continue
        position += 1
        added.append(
            Referral.objects.create(
                motion=motion,
                committee=committee,
                position=position,
                role=role,
                is_adoption_required=committee.is_adoption_required and role == ReferralRole.RECOMMENDS,
            )
        )
    return begun + added


# --- writing, submitting, ending ---------------------------------------------------------------------


def lock_motion(pk: Any) -> Motion:
    """The motion, locked until the transaction ends."""
    return lock(Motion.objects.select_related("partnership", "submitting_partner", "matter"), pk)


@transaction.atomic
def create(
    *,
    by: User,
    partnership: Partnership,
    title: str,
    text: str,
    committee: Committee | None = None,
    **fields: Any,
) -> Motion:
    """Save a draft. `committee` is where its way begins. Raises NotYourPartner, MotionRefused."""
    motion = Motion(partnership=partnership, created_by=by, title=title, text=text)
    _assign(motion, fields)
    _check_partner(by, motion)
    _check_replaces(motion)
    _check_matter(motion)
    motion.save()
    if committee is not None:
        _check_committees(motion, [committee])
        _write_way(motion, default_way(committee))
    audit.record(by=by, action="motion.created", subject=motion)
    return motion


@transaction.atomic
def edit(
    *, by: User, motion: Motion, revision: int | None = None, committee: Committee | None = None, **fields: Any
) -> Motion:
    """Change a motion that no committee has voted on yet. What a submitted motion said before stays in its history.

    `revision` is that of the form: raises Stale where somebody else changed the motion since.
    Raises MotionRefused, NotYourPartner.
    """
    motion = lock_motion(motion.pk)
    if revision is not None and revision != motion.revision:
        raise Stale(
            _(
                "Jemand anders hat diese Vorlage inzwischen geändert. Ihre Eingaben stehen noch im Formular; "
                "vergleichen Sie sie mit der neuen Fassung und speichern Sie erneut."
            )
        )
    _check_editable(motion)
    before = {name: getattr(motion, name) for name in FIELDS}
    _assign(motion, fields)
    _check_partner(by, motion, before["submitting_partner"])
    _check_replaces(motion)
    _check_matter(motion)
    changed = [name for name in FIELDS if getattr(motion, name) != before[name]]
    if committee is not None and not motion.referrals.exclude(state=ReferralState.WAITING).exists():
        _check_committees(motion, [committee])
        way = default_way(committee)
        if [pair[0].pk for pair in way] != [
            referral.committee_id for referral in motion.referrals.order_by("position")
        ]:
            _write_way(motion, way)
            changed.append("committee")
    if not changed:
        return motion
    motion.revision += 1
    motion.save()
    details: dict[str, Any] = {"changed": changed}
    if motion.state != MotionState.DRAFT:
        details["before"] = {
            name: str(before[name]) if before[name] not in (None, "") else "" for name in changed if name in before
        }
    audit.record(by=by, action="motion.edited", subject=motion, **details)
    return motion


@transaction.atomic
def submit(*, by: User, motion: Motion) -> Motion:
    """Submit a draft: it gets its number (by year, per partnership) and goes to the first committee of its way.

    Raises MotionRefused, NotYourPartner.
    """
    lock(Partnership.objects.all(), motion.partnership_id)
    motion = lock_motion(motion.pk)
    _walk_motion(motion, MotionState.SUBMITTED)
    _check_partner(by, motion)
    if not motion.title.strip() or not motion.text.strip():
        raise MotionRefused(_("Zum Einreichen braucht die Vorlage einen Titel und einen Beschlusstext."))
    if not motion.referrals.exists():
        raise MotionRefused(_("Wählen Sie zuerst das Gremium, das die Vorlage berät."), field="committee")
    motion.year = clock.today().year
    last = Motion.objects.filter(partnership=motion.partnership_id, year=motion.year).aggregate(last=Max("number"))
    motion.number = (last["last"] or 0) + 1
    motion.submitted_at = clock.now()
    motion.save(update_fields=["state", "year", "number", "submitted_at"])
    audit.record(by=by, action="motion.submitted", subject=motion, number=motion.label)
    notices.submitted(by=by, motion=motion)
    return motion


@transaction.atomic
def withdraw(*, by: User, motion: Motion, reason: str = "") -> Motion:
    """Discard a draft, or withdraw a submitted motion with a reason. Raises MotionRefused, NothingSaid."""
    return _end(by=by, motion=motion, to=MotionState.WITHDRAWN, reason=reason)


@transaction.atomic
def lapse(*, by: User, motion: Motion, reason: str) -> Motion:
    """Declare a motion settled without a decision. Raises MotionRefused, NothingSaid."""
    return _end(by=by, motion=motion, to=MotionState.LAPSED, reason=reason)


def _end(*, by: User, motion: Motion, to: MotionState, reason: str) -> Motion:
    motion = lock_motion(motion.pk)
    was_draft = motion.state == MotionState.DRAFT
    _walk_motion(motion, to)
    if motion.referrals.filter(state=ReferralState.IN_VOTE).exists():
        raise MotionRefused(_("Über die Vorlage wird gerade abgestimmt. Heben Sie zuerst die Abstimmung auf."))
    if not was_draft and not reason.strip():
        raise NothingSaid(_("Nennen Sie bitte den Grund."), field="reason")
    motion.save(update_fields=["state"])
    audit.record(by=by, action=f"motion.{to}", subject=motion, reason=reason.strip())
    if not was_draft:
        notices.ended(by=by, motion=motion, reason=reason.strip())
    return motion


@transaction.atomic
def mark_implemented(*, by: User, motion: Motion, note: str = "") -> Motion:
    """Report that what was resolved is done. Raises MotionRefused."""
    motion = lock_motion(motion.pk)
    _walk_motion(motion, MotionState.IMPLEMENTED)
    motion.save(update_fields=["state"])
    audit.record(by=by, action="motion.implemented", subject=motion, note=note.strip())
    return motion


@transaction.atomic
def attach(*, by: User, motion: Motion, title: str, file: UploadedFile) -> Document:
    """Add a file to a motion no committee has voted on yet. Raises MotionRefused, UploadRefused."""
    lock(Partnership.objects.all(), motion.partnership_id)
    motion = lock_motion(motion.pk)
    _check_editable(motion)
    document = documents.add(
        by=by,
        partnership=motion.partnership,
        title=title,
        file=file,
        audience=Audience.PARTNERS,
        scope=motion,
    )
    motion.attachments.add(document)
    audit.record(by=by, action="motion.attached", subject=motion, title=document.title)
    return document


@transaction.atomic
def detach(*, by: User, motion: Motion, document: Document) -> Motion:
    """Take an attachment away; the file itself is kept. Raises MotionRefused."""
    motion = lock_motion(motion.pk)
    _check_editable(motion)
    motion.attachments.remove(document)
    audit.record(by=by, action="motion.detached", subject=motion, title=document.title)
    return motion


# --- treatment in the committees ---------------------------------------------------------------------


@transaction.atomic
def refer(
    *, by: User, motion: Motion, committees: Sequence[Committee], roles: Mapping[Any, str] | None = None
) -> list[Referral]:
    """Set the way of a motion anew, as far as no committee has begun: `committees` in order.

    `roles` by committee key overrides what the committee does by its own data. Raises MotionRefused.
    """
    motion = lock_motion(motion.pk)
    if motion.state in FINAL:
        raise MotionRefused(_("Die Beratung dieser Vorlage ist abgeschlossen."))
    _check_committees(motion, committees)
    chosen = roles or {}
    way = [(committee, ReferralRole(chosen.get(committee.pk, role_of(committee)))) for committee in committees]
    is_decided = motion.referrals.exclude(state=ReferralState.WAITING).filter(role=ReferralRole.DECIDES).exists()
    if not is_decided and not any(role == ReferralRole.DECIDES for _committee, role in way):
        raise MotionRefused(_("Mindestens ein Gremium muss beschließen."), field="committees")
    referrals = _write_way(motion, way)
    audit.record(
        by=by,
        action="motion.referred",
        subject=motion,
        committees=[referral.committee.name for referral in referrals],
    )
    return referrals


@transaction.atomic
def schedule(*, by: User | None, referral: Referral) -> Referral:
    """Put a motion onto the agenda of a committee (or prepare it for a circular vote).

    Committees before this one must have finished. Raises MotionRefused.
    """
    motion = lock_motion(referral.motion_id)
    referral = _locked_referral(motion, referral)
    _walk_referral(by, motion, referral, ReferralState.SCHEDULED)
    return referral


@transaction.atomic
def defer(*, by: User | None, referral: Referral, reason: str) -> Referral:
    """Postpone the treatment; it comes onto a later agenda. Raises MotionRefused, NothingSaid."""
    motion = lock_motion(referral.motion_id)
    referral = _locked_referral(motion, referral)
    if not reason.strip():
        raise NothingSaid(_("Nennen Sie bitte den Grund."), field="reason")
    _walk_referral(by, motion, referral, ReferralState.DEFERRED, reason=reason.strip())
    return referral


@transaction.atomic
def note(*, by: User | None, referral: Referral) -> Referral:
    """A committee that is only told has taken note. Raises MotionRefused."""
    motion = lock_motion(referral.motion_id)
    referral = _locked_referral(motion, referral)
    if referral.role != ReferralRole.IS_TOLD:
        raise MotionRefused(_("Dieses Gremium nimmt nicht nur zur Kenntnis, es stimmt ab."))
    if referral.state in (ReferralState.WAITING, ReferralState.DEFERRED):
        _walk_referral(by, motion, referral, ReferralState.SCHEDULED)
    _walk_referral(by, motion, referral, ReferralState.NOTED)
    return referral


@transaction.atomic
def begin_vote(*, by: User | None, referral: Referral, ballot: Ballot) -> Referral:
    """A ballot on the motion was opened in this committee. Puts it on the agenda first where that is still to do.

    Call it before locking the ballot. Raises MotionRefused.
    """
    motion = lock_motion(referral.motion_id)
    referral = _locked_referral(motion, referral)
    if referral.state == ReferralState.IN_VOTE:
        raise MotionRefused(_("Über diese Vorlage wird in diesem Gremium bereits abgestimmt."))
    if referral.state in (ReferralState.WAITING, ReferralState.DEFERRED):
        _walk_referral(by, motion, referral, ReferralState.SCHEDULED)
    _walk_referral(
        by, motion, referral, ReferralState.IN_VOTE, ballot=str(ballot.pk), is_circular=ballot.way == BallotWay.CIRCULAR
    )
    return referral


@transaction.atomic
def record_outcome(*, by: User | None, ballot: Ballot, resolution: Resolution) -> Referral | None:
    """The result of a ballot was declared as `resolution`: the referral is settled and the motion follows.

    An entry that is no resolution (no quorum, tie, stopped) puts the motion back on the agenda. Ballots without a
    motion are passed over (None). Tells the next committee, or after the decision those that had recommended.
    Raises MotionRefused.
    """
    if ballot.referral is None:
        return None
    to = _OUTCOMES.get(EntryKind(resolution.kind))
    if to is None:
        return return_from_vote(
            by=by, referral=ballot.referral, ballot=ballot, reason=str(EntryKind(resolution.kind).label)
        )
    motion = lock_motion(ballot.referral.motion_id)
    referral = _locked_referral(motion, ballot.referral)
    if referral.role == ReferralRole.IS_TOLD:
        to = ReferralState.NOTED
    _walk_referral(by, motion, referral, to, number=resolution.number, resolution=str(resolution.pk))
    if to in (ReferralState.ADOPTED, ReferralState.REJECTED) or motion.state == MotionState.REJECTED:
        notices.outcome_told(by=by, motion=motion, referral=referral, resolution=resolution)
    elif to in (ReferralState.RECOMMENDED, ReferralState.NOT_RECOMMENDED):
        notices.recommended(by=by, motion=motion, referral=referral, resolution=resolution)
    return referral


@transaction.atomic
def return_from_vote(*, by: User | None, referral: Referral, ballot: Ballot, reason: str) -> Referral:
    """A ballot ended without a resolution (no quorum, tie, stopped, annulled): the motion is on the agenda again.

    Raises MotionRefused.
    """
    motion = lock_motion(referral.motion_id)
    referral = _locked_referral(motion, referral)
    if referral.state == ReferralState.IN_VOTE:
        _walk_referral(by, motion, referral, ReferralState.SCHEDULED, ballot=str(ballot.pk), reason=reason)
    return referral


@transaction.atomic
def reopen(*, by: User | None, ballot: Ballot, reason: str) -> Referral | None:
    """The resolution of a ballot was declared invalid: its committee treats the motion again.

    Nothing changes where a later committee has begun already, or the motion was carried out or withdrawn meanwhile.
    """
    if ballot.referral is None:
        return None
    motion = lock_motion(ballot.referral.motion_id)
    referral = _locked_referral(motion, ballot.referral)
    has_gone_on = motion.referrals.filter(position__gt=referral.position).exclude(state__in=UNTOUCHED).exists()
    is_over = motion.state not in (MotionState.IN_TREATMENT, MotionState.ADOPTED, MotionState.REJECTED)
    if (
        is_over
        or has_gone_on
        or lifecycles.allowed(lifecycles.REFERRAL, referral.state, ReferralState.SCHEDULED) is None
    ):
        return None
    referral.state, referral.settled_at = ReferralState.SCHEDULED, None
    referral.save(update_fields=["state", "settled_at"])
    audit.record(by=by, action="motion.reopened", subject=motion, committee=referral.committee.name, reason=reason)
    _follow(motion)
    return referral


@transaction.atomic
def set_opinion(*, by: User, referral: Referral, opinion: str) -> Referral:
    """Write down why a committee recommends, or does not; it becomes part of the next committee's Beschlussvorlage.

    Possible until the next committee votes. Raises MotionRefused.
    """
    motion = lock_motion(referral.motion_id)
    referral = _locked_referral(motion, referral)
    if referral.role != ReferralRole.RECOMMENDS:
        raise MotionRefused(_("Eine Stellungnahme gibt nur ein Gremium ab, das empfiehlt."))
    later = motion.referrals.filter(position__gt=referral.position)
    if motion.state in FINAL or later.exclude(state__in=UNTOUCHED).exists():
        raise MotionRefused(
            _("Das nächste Gremium stimmt bereits ab oder hat entschieden; die Stellungnahme steht damit fest.")
        )
    before, referral.opinion = referral.opinion, opinion.strip()
    if before != referral.opinion:
        referral.save(update_fields=["opinion"])
        audit.record(by=by, action="motion.opinion", subject=motion, committee=referral.committee.name, before=before)
    return referral


# --- under the lock ------------------------------------------------------------------------------------


def _locked_referral(motion: Motion, referral: Referral) -> Referral:
    """The referral as it stands now, read under the lock of its motion."""
    return motion.referrals.select_related("committee").get(pk=referral.pk)


def _walk_motion(motion: Motion, to: MotionState) -> None:
    if lifecycles.allowed(lifecycles.MOTION, motion.state, to) is None:
        raise MotionRefused(
            _("Die Vorlage ist „%(state)s“; dieser Schritt ist damit nicht möglich.")
            % {"state": MotionState(motion.state).label}
        )
    motion.state = to


def _walk_referral(by: User | None, motion: Motion, referral: Referral, to: ReferralState, **details: Any) -> None:
    """One step of a committee's treatment, and what follows from it for the motion."""
    if motion.state not in (MotionState.SUBMITTED, MotionState.IN_TREATMENT):
        raise MotionRefused(
            _("Die Vorlage ist „%(state)s“ und wird in keinem Gremium beraten.")
            % {"state": MotionState(motion.state).label}
        )
    if lifecycles.allowed(lifecycles.REFERRAL, referral.state, to) is None:
        raise MotionRefused(
            _("In %(committee)s ist die Vorlage „%(state)s“; dieser Schritt ist damit nicht möglich.")
            % {"committee": referral.committee.name, "state": ReferralState(referral.state).label}
        )
    if to == ReferralState.SCHEDULED and referral.state in (ReferralState.WAITING, ReferralState.DEFERRED):
        _check_earlier(motion, referral)
    referral.state = to
    referral.settled_at = clock.now() if to in SETTLED else None
    referral.save(update_fields=["state", "settled_at"])
    audit.record(by=by, action=f"motion.{to}", subject=motion, committee=referral.committee.name, **details)
    _follow(motion)


def _check_earlier(motion: Motion, referral: Referral) -> None:
    """Committees before this one have finished (`earlier_referrals_finished`)."""
    waiting = (
        motion.referrals.filter(position__lt=referral.position)
        .exclude(role=ReferralRole.IS_TOLD)
        .exclude(state__in=SETTLED)
        .select_related("committee")
        .first()
    )
    if waiting is not None:
        raise MotionRefused(
            _("Zuerst muss %(committee)s die Vorlage beraten haben.") % {"committee": waiting.committee.name}
        )


def _follow(motion: Motion) -> None:
    """Let the motion's state follow from its referrals."""
    referrals = list(motion.referrals.order_by("position"))
    missed = any(
        referral.is_adoption_required and referral.state == ReferralState.NOT_RECOMMENDED for referral in referrals
    )
    if missed:
        state = MotionState.REJECTED
    else:
        state = MotionState(
            lifecycles.motion_state(
                [referral.state for referral in referrals],
                [_ROLES.get(ReferralRole(referral.role), referral.role) for referral in referrals],
            ).value
        )
    if state != motion.state:
        motion.state = state
        motion.save(update_fields=["state"])


def is_editable(motion: Motion, referrals: Sequence[Referral]) -> bool:
    """Whether the wording may still be changed: no committee votes on it or has voted."""
    return motion.state not in FINAL and all(referral.state in UNTOUCHED for referral in referrals)


def _check_editable(motion: Motion) -> None:
    if not is_editable(motion, list(motion.referrals.all())):
        raise MotionRefused(
            _(
                "Über die Vorlage wird oder wurde abgestimmt; ihr Wortlaut steht fest. Ziehen Sie sie zurück, oder "
                "bringen Sie eine neue ein."
            )
        )


def _assign(motion: Motion, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if name not in FIELDS:
            raise TypeError(f"A motion has no field to write named {name!r}.")
        setattr(motion, name, value)
    if motion.amount is not None and Decimal(motion.amount) < 0:
        raise MotionRefused(_("Der Betrag ist nicht negativ."), field="amount")


def _check_partner(by: User, motion: Motion, before: Partner | None = None) -> None:
    """People submit for partners they act for; the office for any, or for itself."""
    if ties(by).holds(Role.MANAGING_OFFICE, on=motion.partnership):
        if motion.submitting_partner is not None and motion.submitting_partner.partnership_id != motion.partnership_id:
            raise NotYourPartner(_("Dieser Partner gehört nicht zu dieser Partnerschaft."), field="submitting_partner")
        return
    partner = motion.submitting_partner
    if partner is None:
        raise NotYourPartner(_("Für welchen Partner bringen Sie die Vorlage ein?"), field="submitting_partner")
    if partner == before:
        return
    if partner.partnership_id != motion.partnership_id or partner.pk not in ties(by).partner_ids:
        raise NotYourPartner(
            _("Sie handeln nicht für diesen Partner und können für ihn keine Vorlage einbringen."),
            field="submitting_partner",
        )


def _check_matter(motion: Motion) -> None:
    if motion.matter is not None and motion.matter.partnership_id != motion.partnership_id:
        raise MotionRefused(_("Diese Art der Angelegenheit gehört zu einer anderen Partnerschaft."), field="matter")


def _check_replaces(motion: Motion) -> None:
    replaced = motion.replaces
    if replaced is None:
        return
    if replaced.partnership_id != motion.partnership_id or replaced.kind != EntryKind.ADOPTED:
        raise MotionRefused(
            _("Ersetzt werden kann nur ein gefasster Beschluss dieser Partnerschaft."), field="replaces"
        )


def _check_committees(motion: Motion, committees: Sequence[Committee]) -> None:
    if not committees:
        raise MotionRefused(_("Wählen Sie mindestens ein Gremium."), field="committees")
    for committee in committees:
        if committee.partnership_id != motion.partnership_id or committee.state != CommitteeState.ACTIVE:
            raise MotionRefused(
                _("%(committee)s nimmt keine Vorlagen an.") % {"committee": committee.name}, field="committee"
            )
