"""Closing: count in two ways, decide, and store counts and verdict for good."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import BallotState, BallotWay, Choice, CloseCause
from committees.models import Ballot, RollEntry
from committees.rules.verdict import Outcome, Verdict
from committees.services.ballots import choosing, consenting, counting, neighbours, secret, stopping
from committees.services.ballots.authority import (
    ballots,
    hold,
    must_be_open,
    must_have_reason,
    must_step,
    require,
)
from committees.services.ballots.conflicts import must_be_decided
from committees.services.ballots.errors import EarlyCloseRefused, WrongState
from committees.services.ballots.roll import mark_all_leaving, outstanding
from partnership import clock
from partnership.models import User
from partnership.services import audit

TOO_FEW_AGREED = gettext_lazy("Zu wenige Partner waren mit dem Umlauf einverstanden")


@transaction.atomic
def close_ballot(*, by: User | None, ballot: Ballot) -> Ballot:
    """Close a ballot that is open.

    One in a meeting at any time; a circular one once its deadline has passed or all have voted, or before
    that where another person has asked for it with a reason (`request_early_close`; decisions.md 7).
    Raises NotAllowed, WrongState, EarlyCloseRefused.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_step(ballot, BallotState.CLOSED)
    if ballot.way == BallotWay.MEETING:
        must_be_decided(ballot)
    return finish(ballot, by=by, cause=_cause(ballot, by, clock.database_now()))


def _cause(ballot: Ballot, by: User | None, moment: datetime) -> CloseCause:
    if ballot.way == BallotWay.MEETING:
        return CloseCause.CHAIR
    assert ballot.deadline_at is not None
    if moment >= ballot.deadline_at:
        return CloseCause.DEADLINE
    if not outstanding(ballot).exists():
        return CloseCause.COMPLETE
    if ballot.early_close_requested_by_id is None:
        raise EarlyCloseRefused(
            _("Der Umlauf läuft noch. Vor Ablauf der Frist endet er nur mit Begründung und einer zweiten Person.")
        )
    if by is None or by.pk == ballot.early_close_requested_by_id:
        raise EarlyCloseRefused(_("Das vorzeitige Ende muss eine zweite Person bestätigen."))
    return CloseCause.EARLY


@transaction.atomic
def request_early_close(*, by: User, ballot: Ballot, reason: str) -> Ballot:
    """Ask for the early end of a circular ballot; a second person confirms it by closing.

    Raises NotAllowed, WrongState, EarlyCloseRefused.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_be_open(ballot)
    if ballot.way != BallotWay.CIRCULAR:
        raise EarlyCloseRefused(_("In der Sitzung schließt der Vorsitz die Abstimmung selbst."))
    if ballot.early_close_requested_by_id is not None:
        raise EarlyCloseRefused(
            _("Das vorzeitige Ende ist bereits beantragt; eine zweite Person kann es nun bestätigen.")
        )
    ballot.close_reason = must_have_reason(reason)
    ballot.early_close_requested_by = by
    ballot.save(update_fields=["close_reason", "early_close_requested_by"])
    audit.record(by=by, action="ballot.early_close_requested", subject=ballot, reason=ballot.close_reason)
    return ballot


@transaction.atomic
def withdraw_early_close(*, by: User, ballot: Ballot) -> Ballot:
    """Take the request for an early end back. Raises NotAllowed, WrongState."""
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_be_open(ballot)
    if ballot.early_close_requested_by_id is None:
        raise WrongState(_("Ein vorzeitiges Ende ist nicht beantragt."))
    ballot.close_reason, ballot.early_close_requested_by = "", None
    ballot.save(update_fields=["close_reason", "early_close_requested_by"])
    audit.record(by=by, action="ballot.early_close_withdrawn", subject=ballot)
    return ballot


def finish(ballot: Ballot, *, by: User | None, cause: CloseCause) -> Ballot:
    """End the voting and count; the caller holds the lock of the open ballot. A sealed one waits for its tellers."""
    mark_all_leaving(ballot)
    ballot.closed_at = clock.database_now()
    ballot.closed_by, ballot.close_cause = by, cause
    if cause != CloseCause.EARLY:
        ballot.close_reason, ballot.early_close_requested_by = "", None
    if secret.is_secret(ballot) and not _is_agreed_to(ballot):
        # Before anybody counts: the papers are destroyed, and no teller is bothered.
        stopping.stop(by, ballot, None, None, reason=TOO_FEW_AGREED)
        return ballot
    if secret.is_secret(ballot) and not secret.close(ballot):
        audit.record(by=by, action="ballot.urn_closed", subject=ballot, cause=cause.value)
        neighbours.notices().to_count(ballot=ballot)
        return ballot
    return settle(ballot, by=by)


def settle(ballot: Ballot, *, by: User | None) -> Ballot:
    """Count a ballot whose voting has ended, and decide.

    Two ways of counting that differ make the ballot disputed: it is never declared, only annulled and repeated.
    """
    if secret.is_secret(ballot):
        return _settle_papers(ballot, by)
    tally = counting.tally_by_difference(ballot)
    count = counting.count_of(ballot, tally)
    verdict = counting.verdict_of(ballot, count)
    is_agreed = counting.tally_by_latest(ballot) == tally
    if is_agreed and verdict.outcome is Outcome.STOPPED:
        stopping.stop(by, ballot, count, verdict, reason=TOO_FEW_AGREED)
        return ballot
    _decide(ballot, count, verdict)
    ballot.save()
    audit.record(by=by, action="ballot.closed", subject=ballot, cause=ballot.close_cause, counts=ballot.counts)
    if not is_agreed:
        dispute(ballot)
    elif ballot.way == BallotWay.CIRCULAR:
        neighbours.notices().closed(ballot=ballot)
    return ballot


def _settle_papers(ballot: Ballot, by: User | None) -> Ballot:
    """The same for papers, whose second count is that of who took part (S9). The audit tells no numbers."""
    secret.forget_keys(ballot.pk)
    tally = secret.tally(ballot)
    if (
        not secret.is_readable(ballot, tally)
        or not secret.is_whole(ballot)
        or counting.tally_of_papers(ballot) != tally
    ):
        dispute(ballot)
        return ballot
    count = counting.count_of(ballot, tally)
    verdict = counting.verdict_of(ballot, count)
    _decide(ballot, count, verdict)
    ballot.is_count_withheld = secret.is_withheld(ballot, tally)
    ballot.save()
    audit.record(by=by, action="ballot.closed", subject=ballot, cause=ballot.close_cause)
    if ballot.way == BallotWay.CIRCULAR:
        neighbours.notices().closed(ballot=ballot)
    return ballot


def _is_agreed_to(ballot: Ballot) -> bool:
    """Whether enough partners agreed to deciding without a meeting, where the rules ask that. Who voted agreed."""
    if not consenting.is_asked(ballot):
        return True
    entitled = RollEntry.objects.filter(ballot=ballot, is_excluded=False).aggregate(votes=counting.votes())["votes"]
    voted = sum(counting.tally_of(ballot).values())
    needed = ballot.rules.circular.consent.needed(entitled)
    return max(consenting.consents(ballot), voted) >= needed


def _decide(ballot: Ballot, count: counting.Count, verdict: Verdict) -> None:
    ballot.state = BallotState.CLOSED
    ballot.counts, ballot.verdict = count.to_data(), verdict.to_data()
    ballot.outcome = verdict.outcome.value


def dispute(ballot: Ballot) -> None:
    """The two counts differ: nobody may declare this result."""
    ballot.state = BallotState.DISPUTED
    ballot.save(update_fields=["state"])
    audit.record(by=None, action="ballot.disputed", subject=ballot)
    neighbours.notices().disputed(ballot=ballot)


@transaction.atomic
def break_tie(*, by: User, ballot: Ballot, choice: str) -> Ballot:
    """The chair decides equal votes, where the rules give the chair that vote and it was not cast in the ballot.

    Raises NotAllowed, WrongState.
    """
    ballot = hold(ballot)
    require(policies.preside, by, ballot)
    if ballot.state != BallotState.CLOSED or not counting.awaits_chair(ballot):
        raise WrongState(_("Hier ist keine Stimmengleichheit zu entscheiden."))
    if choice not in Choice.values:
        raise WrongState(_("Bitte wählen Sie Ja, Nein oder Enthaltung."), field="choice")
    ballot.chair_choice = choice
    assert ballot.counts is not None
    verdict = counting.verdict_of(ballot, counting.Count.from_data(ballot.counts), chair_choice=choice)
    ballot.verdict, ballot.outcome = verdict.to_data(), verdict.outcome.value
    ballot.save(update_fields=["chair_choice", "verdict", "outcome"])
    audit.record(by=by, action="ballot.tie_broken", subject=ballot, outcome=ballot.outcome)
    return ballot


def close_due() -> int:
    """Close every circular ballot whose deadline has passed or that all have voted in; answers how many."""
    closed = 0
    for ballot in ballots().filter(state=BallotState.OPEN, way=BallotWay.CIRCULAR).order_by("deadline_at"):
        closed += _close_if_due(ballot)
    return closed


@transaction.atomic
def _close_if_due(ballot: Ballot) -> bool:
    ballot = hold(ballot)
    if ballot.state != BallotState.OPEN:
        return False
    try:
        cause = _cause(ballot, None, clock.database_now())
    except EarlyCloseRefused:
        return False
    finish(ballot, by=None, cause=cause)
    return True


def recount(ballot: Ballot) -> bool:
    """Whether the stored counts of a closed ballot are what its votes say, in both ways of counting."""
    if secret.is_secret(ballot):
        tally, again = secret.tally(ballot), counting.tally_of_papers(ballot)
    else:
        tally, again = counting.tally_by_difference(ballot), counting.tally_by_latest(ballot)
    count = counting.count_of(ballot, tally).to_data()
    stored = ballot.counts or {}
    names = ("roll", "yes", "no", "abstained", "missing", "excluded")
    return (
        again == tally
        and all(stored.get(name) == count[name] for name in names)
        and choosing.table_holds(ballot, tally)
    )
