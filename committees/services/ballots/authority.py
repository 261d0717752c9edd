"""What every step of a ballot begins with: who acts, and the rows it holds while it acts."""

from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.enums import BallotState
from committees.models import Ballot, Meeting, Motion, RuleSet
from committees.rules import lifecycles
from committees.rules.rule_set import Rules
from committees.services.ballots.errors import NotAllowed, WrongState
from partnership import clock
from partnership.access import Policy
from partnership.db.locks import lock
from partnership.models import User

LOADED = (
    "partnership",
    "committee",
    "matter",
    "meeting",
    "agenda_item",
    "referral__motion",
    "rule_set",
    "amendment__motion",
)


def require(policy: Policy, by: User | None, subject: Any) -> None:
    """Refuse where the policy does. The machinery itself acts as nobody and may. Raises NotAllowed."""
    if by is None:
        return
    decision = policy(by, subject)
    if not decision:
        raise NotAllowed(getattr(decision, "reason", policy.reason))


def ballots() -> QuerySet[Ballot]:
    """Ballots with everything a step reads, in one statement."""
    return Ballot.objects.select_related(*LOADED)


def hold(ballot: Ballot) -> Ballot:
    """The ballot, read again under its lock; before it, in the one order of locks, its meeting and its motions."""
    if ballot.meeting_id:
        lock(Meeting.objects.all(), ballot.meeting_id)
    for motion in _motions_of(ballot):
        lock(Motion.objects.all(), motion)
    return lock(ballots(), ballot.pk)


def _motions_of(ballot: Ballot) -> list[UUID]:
    """The motions a ballot is about: its own, that of its amendment, or those of its block, always in one order."""
    if ballot.referral is not None:
        return [ballot.referral.motion_id]
    if ballot.amendment is not None:
        return [ballot.amendment.motion_id]
    if ballot.has_options:
        return []
    blocked = Motion.objects.filter(referrals__block_items__ballot=ballot.pk)
    return list(blocked.order_by("pk").values_list("pk", flat=True))


def key_of(row: Model | UUID) -> UUID:
    """The key of a row, or the key itself."""
    return row if isinstance(row, UUID) else row.pk


def must_step(ballot: Ballot, to: BallotState) -> None:
    """Refuse a step that the table of lives does not have. Raises WrongState."""
    if lifecycles.allowed(lifecycles.BALLOT, ballot.state, to) is None:
        raise WrongState(
            _("Das geht nicht: Die Abstimmung „%(title)s“ hat den Stand „%(state)s“.")
            % {"title": ballot.title, "state": ballot.get_state_display()}
        )


def must_be_open(ballot: Ballot) -> None:
    """Raises WrongState."""
    if ballot.state != BallotState.OPEN:
        raise WrongState(
            _("Das geht nur, solange die Abstimmung läuft; „%(title)s“ hat den Stand „%(state)s“.")
            % {"title": ballot.title, "state": ballot.get_state_display()}
        )


def rules_of(ballot: Ballot) -> Rules | None:
    """The frozen rules of a ballot, before opening those it would be opened under today."""
    if ballot.rules_frozen:
        return ballot.rules
    found = RuleSet.objects.in_force(committee=ballot.committee, matter=ballot.matter, on=clock.today())
    return found.rules if found else None


def named_rules(ballot: Ballot) -> str:
    """The rules a refusal rests on, with version, matter and clause where there are any, to stand in a sentence."""
    rule_set = ballot.rule_set
    if rule_set is None:
        return _("Verfahrensregeln")
    facts = [_("Fassung %(version)s") % {"version": rule_set.version}]
    if rule_set.matter is not None:
        facts.append(_("für „%(matter)s“") % {"matter": rule_set.matter})
    if rule_set.reason:
        facts.append(rule_set.reason)
    return _("Verfahrensregeln (%(facts)s)") % {"facts": ", ".join(facts)}


def say(sentence: Any) -> str:
    """A sentence of the rules in the reader's language."""
    return sentence.text(get_language())


def must_have_reason(reason: str) -> str:
    """The reason, trimmed. Raises WrongState where nothing was written."""
    reason = reason.strip()
    if not reason:
        raise WrongState(_("Bitte nennen Sie den Grund."), field="reason")
    return reason[:500]
