"""Amendments: proposing, withdrawing, ordering, voting on them before their motion, and what the adopted one does."""

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import AmendmentState, BallotState, BallotWay, MeetingState, MotionState, ReferralState
from committees.models import Amendment, Ballot, Meeting, Motion
from committees.models.amendment import AmendmentQuerySet
from committees.rules.verdict import Outcome
from committees.services import ballots, motions
from membership.models import Partner
from partnership.access import ties
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit

OPEN = (MotionState.SUBMITTED, MotionState.IN_TREATMENT)
TREATABLE = (ReferralState.WAITING, ReferralState.SCHEDULED, ReferralState.DEFERRED)


class AmendmentRefused(Refusal):
    """The amendment cannot be made, moved or voted on like that."""


@transaction.atomic
def propose(
    *,
    by: User,
    motion: Motion,
    partner: Partner | None = None,
    passage: str = "",
    text: str = "",
    reasons: str = "",
) -> Amendment:
    """Propose a change to a motion that is not decided or being voted on: delegates for their partner, and the office.

    Raises AmendmentRefused.
    """
    motion = motions.lock_motion(motion.pk)
    _must_be_open(motion)
    if partner is None and not policies.manage_motion(by, motion):
        raise AmendmentRefused(_("Einen Änderungsantrag stellen Sie für einen Partner."), field="partner")
    if partner is not None and partner.pk not in ties(by).partner_ids and not policies.manage_motion(by, motion):
        raise AmendmentRefused(_("Diesen Partner vertreten Sie nicht."), field="partner")
    passage, text = passage.replace("\r\n", "\n").strip(), text.replace("\r\n", "\n").strip()
    standing = motion.text.replace("\r\n", "\n")
    _check_words(standing, passage, text)
    last = motion.amendments.aggregate(number=Max("number"), position=Max("position"))
    amendment = Amendment.objects.create(
        motion=motion,
        number=(last["number"] or 0) + 1,
        position=(last["position"] or 0) + 1,
        proposed_by=partner,
        created_by=by,
        original=standing,
        passage=passage,
        text=text,
        reasons=reasons.strip(),
    )
    audit.record(by=by, action="motion.amendment_proposed", subject=motion, number=amendment.number)
    return amendment


def _check_words(standing: str, passage: str, text: str) -> None:
    if not passage and not text:
        raise AmendmentRefused(_("Bitte schreiben Sie, wie der Text lauten soll."), field="text")
    if passage and standing.count(passage) != 1:
        raise AmendmentRefused(
            _("Diese Stelle steht so nicht genau einmal im Beschlusstext. Bitte übernehmen Sie sie wörtlich."),
            field="passage",
        )
    if (passage or standing) == text:
        raise AmendmentRefused(_("So bliebe der Text, wie er ist."), field="text")


def _must_be_open(motion: Motion) -> None:
    if motion.state not in OPEN:
        raise AmendmentRefused(
            _("Änderungsanträge gibt es zu eingereichten Vorlagen, bis entschieden ist; diese ist „%(state)s“.")
            % {"state": motion.get_state_display()}
        )
    if motion.referrals.filter(state=ReferralState.IN_VOTE).exists():
        raise AmendmentRefused(_("Über die Vorlage wird gerade abgestimmt; ihr Text steht damit fest."))


@transaction.atomic
def withdraw(*, by: User, amendment: Amendment) -> Amendment:
    """Take an amendment back: people of its partner, and the office. Raises AmendmentRefused."""
    motion, amendment = _held(amendment)
    is_own = amendment.created_by_id == by.pk or amendment.proposed_by_id in ties(by).partner_ids
    if not is_own and not policies.manage_motion(by, motion):
        raise AmendmentRefused(_("Zurückziehen kann ihn der antragstellende Partner."))
    _must_be_undecided(amendment)
    amendment.state = AmendmentState.WITHDRAWN
    amendment.save(update_fields=["state"])
    Ballot.objects.filter(amendment=amendment, state=BallotState.DRAFT).delete()
    audit.record(by=by, action="motion.amendment_withdrawn", subject=motion, number=amendment.number)
    return amendment


def _must_be_undecided(amendment: Amendment) -> None:
    if amendment.state != AmendmentState.PROPOSED:
        raise AmendmentRefused(
            _("Der Änderungsantrag %(number)s ist bereits „%(state)s“.")
            % {"number": amendment.number, "state": amendment.get_state_display()}
        )
    running = (BallotState.OPEN, BallotState.COUNTING, BallotState.CLOSED, BallotState.DISPUTED)
    if Ballot.objects.filter(amendment=amendment, state__in=running).exists():
        raise AmendmentRefused(_("Über diesen Änderungsantrag wird gerade abgestimmt."))


@transaction.atomic
def move(*, by: User, amendment: Amendment, is_up: bool) -> Amendment:
    """Change the order in which amendments are voted on, by one place. Raises AmendmentRefused."""
    motion, amendment = _held(amendment)
    if not policies.order_amendments(by, motion):
        raise AmendmentRefused(policies.order_amendments.reason)
    _must_be_undecided(amendment)
    others = motion.amendments.filter(state=AmendmentState.PROPOSED).exclude(pk=amendment.pk)
    if is_up:
        neighbour = others.filter(position__lt=amendment.position).order_by("-position").first()
    else:
        neighbour = others.filter(position__gt=amendment.position).order_by("position").first()
    if neighbour is None:
        raise AmendmentRefused(_("Weiter geht es in dieser Richtung nicht."))
    amendment.position, neighbour.position = neighbour.position, amendment.position
    amendment.save(update_fields=["position"])
    neighbour.save(update_fields=["position"])
    audit.record(by=by, action="motion.amendment_moved", subject=motion, number=amendment.number, is_up=is_up)
    return amendment


@transaction.atomic
def prepare_ballot(*, by: User, amendment: Amendment) -> Ballot:
    """Prepare the ballot on an amendment, in the committee that treats its motion now.

    In its meeting that runs or is invited to next, else circular; the draft can be changed before it is opened.
    Raises AmendmentRefused, NotAllowed.
    """
    motion, amendment = _held(amendment)
    _must_be_open(motion)
    _must_be_undecided(amendment)
    if Ballot.objects.filter(amendment=amendment, state=BallotState.DRAFT).exists():
        raise AmendmentRefused(_("Die Abstimmung über diesen Änderungsantrag ist schon vorbereitet."))
    referrals = motion.referrals.filter(state__in=TREATABLE).select_related("committee__partnership")
    referral = next((row for row in referrals.order_by("position") if policies.conduct(by, row)), None)
    if referral is None:
        raise AmendmentRefused(_("Sie leiten kein Gremium, das diese Vorlage noch berät."))
    ahead = Meeting.objects.filter(
        committee=referral.committee, state__in=(MeetingState.RUNNING, MeetingState.INVITED)
    ).order_by(F("started_at").desc(nulls_last=True), "starts_at")
    meeting = ahead.first()
    return ballots.draft_ballot(
        by=by,
        committee=referral.committee,
        title=str(amendment)[:200],
        text=wording_of(amendment),
        way=BallotWay.MEETING if meeting else BallotWay.CIRCULAR,
        meeting=meeting,
        is_confidential=motion.is_confidential,
        amendment=amendment,
    )


def wording_of(amendment: Amendment) -> str:
    """What is voted on, as the text of the ballot."""
    if not amendment.passage:
        return _("Der Beschlusstext erhält diesen Wortlaut:\n\n%(text)s") % {"text": amendment.text}
    if not amendment.text:
        return _("Im Beschlusstext wird gestrichen:\n\n> %(old)s") % {"old": _quoted(amendment.passage)}
    return _("Im Beschlusstext wird ersetzt:\n\n> %(old)s\n\ndurch:\n\n> %(new)s") % {
        "old": _quoted(amendment.passage),
        "new": _quoted(amendment.text),
    }


def _quoted(text: str) -> str:
    return text.replace("\n", "\n> ")


def _held(amendment: Amendment) -> tuple[Motion, Amendment]:
    motion = motions.lock_motion(amendment.motion_id)
    held = Amendment.objects.select_related("proposed_by").get(pk=amendment.pk)
    held.motion = motion
    return motion, held


# --- called by the ballots ----------------------------------------------------------------------------------


def why_not_yet(ballot: Ballot) -> str:
    """Why a ballot on an amendment or on its motion has to wait; empty where it need not."""
    if ballot.amendment is not None:
        first = _open_ones(ballot.amendment.motion).first()
        if ballot.amendment.state != AmendmentState.PROPOSED:
            return _("Dieser Änderungsantrag ist bereits „%(state)s“.") % {
                "state": ballot.amendment.get_state_display()
            }
        if first is not None and first.pk != ballot.amendment_id:
            return _("Zuerst ist über den Änderungsantrag %(number)s abzustimmen, der weiter geht.") % {
                "number": first.number
            }
    elif ballot.referral is not None and (waiting := list(_open_ones(ballot.referral.motion))):
        return _("Zuerst ist über die Änderungsanträge abzustimmen: %(numbers)s.") % {
            "numbers": ", ".join(str(amendment.number) for amendment in waiting)
        }
    return ""


def _open_ones(motion: Motion) -> AmendmentQuerySet:
    return Amendment.objects.filter(motion=motion, state=AmendmentState.PROPOSED).order_by("position", "number")


def settle(*, by: User | None, ballot: Ballot) -> Amendment | None:
    """The ballot on an amendment was declared: adopted, it is the text of the motion; else the text stays.

    Amendments that no longer fit the new text lapse; drafts of the ballot on the motion take the new text over.
    """
    if ballot.amendment_id is None or ballot.outcome not in (Outcome.ADOPTED, Outcome.REJECTED):
        return None
    amendment = Amendment.objects.get(pk=ballot.amendment_id)
    motion = motions.lock_motion(amendment.motion_id)
    amendment.motion = motion
    before = motion.text
    after = amendment.applied_to(before.replace("\r\n", "\n"))
    is_adopted = ballot.outcome == Outcome.ADOPTED and after is not None
    amendment.state = AmendmentState.ADOPTED if is_adopted else AmendmentState.REJECTED
    amendment.save(update_fields=["state"])
    audit.record(by=by, action=f"motion.amendment_{amendment.state}", subject=motion, number=amendment.number)
    if not is_adopted or after is None:
        return amendment
    motion.text = after
    motion.revision += 1
    motion.save(update_fields=["text", "revision"])
    audit.record(by=by, action="motion.amended", subject=motion, number=amendment.number, before={"text": before})
    Ballot.objects.filter(referral__motion=motion, state=BallotState.DRAFT, text=before).update(text=after)
    for other in Amendment.objects.filter(motion=motion, state=AmendmentState.PROPOSED):
        if not other.passage or other.applied_to(after) is None:
            other.state = AmendmentState.LAPSED
            other.save(update_fields=["state"])
            audit.record(by=by, action="motion.amendment_lapsed", subject=motion, number=other.number)
    return amendment


__all__ = ["AmendmentRefused", "move", "prepare_ballot", "propose", "settle", "why_not_yet", "withdraw", "wording_of"]
