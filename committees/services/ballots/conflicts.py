"""Conflicts of interest: stating one, and what follows; the body decides without the partner where the rules say so."""

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState
from committees.models import Ballot, Conflict, ConflictState, Delegate, Participation, RollEntry
from committees.services.ballots import roll
from committees.services.ballots.authority import hold, must_have_reason, require, rules_of
from committees.services.ballots.errors import NotEntitled, RollRefused, WrongState
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit


@transaction.atomic
def declare_conflict(*, by: User, ballot: Ballot, partner: Partner, reason: str) -> Conflict:
    """A partner says of itself that it is concerned; whoever acts for it in the committee does.

    It is excluded at once, or waits for the body's decision. Raises NotEntitled, RollRefused, WrongState.
    """
    ballot = hold(ballot)
    mandates = Delegate.objects.valid(clock.today()).filter(committee=ballot.committee, partner=partner, person=by)
    if not mandates.exists():
        raise NotEntitled(_("Sie vertreten diesen Partner in diesem Gremium heute nicht."), key="no_mandate")
    return _state(by, ballot, partner, reason, is_own=True)


@transaction.atomic
def state_conflict(*, by: User, ballot: Ballot, partner: Partner, reason: str) -> Conflict:
    """The chair states the conflict of a partner. Raises NotAllowed, RollRefused, WrongState."""
    ballot = hold(ballot)
    require(policies.preside, by, ballot)
    return _state(by, ballot, partner, reason, is_own=False)


def _state(by: User | None, ballot: Ballot, partner: Partner, reason: str, *, is_own: bool) -> Conflict:
    entry = roll.entry_of(ballot, partner)
    if Participation.objects.filter(ballot=ballot, partner=partner).exists():
        raise RollRefused(
            _("„%(partner)s“ hat bereits abgestimmt und kann nicht mehr ausgeschlossen werden.")
            % {"partner": entry.partner_name},
            field="partner",
        )
    if Conflict.objects.filter(ballot=ballot, partner=partner).exists() or entry.is_excluded:
        raise RollRefused(
            _("Für „%(partner)s“ ist bereits eine Befangenheit mitgeteilt.") % {"partner": entry.partner_name},
            field="partner",
        )
    conflict = Conflict.objects.create(
        ballot=ballot,
        partner=partner,
        reason=must_have_reason(reason)[:300],
        is_own=is_own,
        stated_by=by,
        stated_at=clock.now(),
    )
    audit.record(
        by=by,
        action="ballot.conflict_stated",
        subject=ballot,
        partner=str(partner.pk),
        name=entry.partner_name,
        is_own=is_own,
    )
    rules = rules_of(ballot)
    if rules is None or not rules.is_conflict_decided_by_body:
        _find(by, conflict, ballot)
    return conflict


@transaction.atomic
def decide_conflict(*, by: User, conflict: Conflict, votes_for: int, votes_against: int) -> Conflict:
    """Record how the body, without the partner, decided on its exclusion; more for than against excludes.

    Raises NotAllowed, RollRefused, WrongState.
    """
    ballot = hold(conflict.ballot)
    require(policies.preside, by, ballot)
    conflict = Conflict.objects.select_related("partner").get(pk=conflict.pk)
    if conflict.state != ConflictState.STATED:
        raise WrongState(_("Über diese Befangenheit ist bereits entschieden."))
    others = RollEntry.objects.filter(ballot=ballot, is_excluded=False).exclude(partner=conflict.partner).count()
    if ballot.state != BallotState.DRAFT and votes_for + votes_against > others:
        raise RollRefused(
            _("So viele Partner können nicht mitentschieden haben: Ohne „%(partner)s“ sind es %(others)s.")
            % {"partner": conflict.partner, "others": others},
            field="votes_for",
        )
    if votes_for + votes_against == 0:
        raise RollRefused(_("Bitte tragen Sie ein, wie das Gremium entschieden hat."), field="votes_for")
    conflict.votes_for, conflict.votes_against = votes_for, votes_against
    if votes_for > votes_against:
        _find(by, conflict, ballot)
    else:
        conflict.state, conflict.decided_by, conflict.decided_at = ConflictState.DENIED, by, clock.now()
        conflict.save()
    audit.record(
        by=by,
        action="ballot.conflict_decided",
        subject=ballot,
        partner=str(conflict.partner_id),
        votes_for=votes_for,
        votes_against=votes_against,
        state=conflict.state,
    )
    return conflict


def _find(by: User | None, conflict: Conflict, ballot: Ballot) -> None:
    roll.exclude(ballot, conflict.partner, reason=conflict.reason, by=by)
    conflict.state, conflict.decided_by, conflict.decided_at = ConflictState.FOUND, by, clock.now()
    conflict.save()


def must_be_decided(ballot: Ballot) -> None:
    """Refuse to close in a meeting while a conflict waits for the body. Raises WrongState."""
    waiting = Conflict.objects.filter(ballot=ballot, state=ConflictState.STATED).select_related("partner").first()
    if waiting is not None:
        raise WrongState(
            _("Über die Befangenheit von „%(partner)s“ hat das Gremium noch nicht entschieden.")
            % {"partner": waiting.partner}
        )
