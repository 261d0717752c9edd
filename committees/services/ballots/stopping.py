"""Stopping a circular ballot: it ends without a result, the register says why, and its matter goes to a meeting."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from committees.enums import BallotState, EntryKind
from committees.models import Ballot, Resolution
from committees.rules.verdict import Count, Outcome, Verdict
from committees.services.ballots import counting, neighbours, secret
from committees.services.ballots.authority import must_step
from partnership import clock
from partnership.models import User
from partnership.services import audit

OBJECTED = gettext_lazy("Widerspruch gegen das Umlaufverfahren")


def stop_by_objection(by: User, ballot: Ballot) -> None:
    """Enough objections: the circular ballot ends at once. Under the lock the caller holds."""
    if secret.is_secret(ballot):
        stop(by, ballot, None, None, reason=OBJECTED)
        return
    count = counting.count_of(ballot, counting.tally_by_difference(ballot))
    stop(by, ballot, count, counting.verdict_of(ballot, count), reason=OBJECTED)


def stop(by: User | None, ballot: Ballot, count: Count | None, verdict: Verdict | None, *, reason: Any) -> None:
    """End the ballot without a result. Under the lock the caller holds. Raises WrongState.

    The papers of a secret ballot are destroyed, and nobody learns how it stood.
    The reason stands in the register in the portal's own language, whoever it was that ended the ballot.
    """
    must_step(ballot, BallotState.STOPPED)
    with translation.override(settings.LANGUAGE_CODE):
        reason = str(reason)
    if secret.is_secret(ballot):
        secret.destroy(ballot)
        count = verdict = None
    ballot.state = BallotState.STOPPED
    ballot.closed_at = ballot.closed_at or clock.database_now()
    ballot.outcome = Outcome.STOPPED
    if count is not None and verdict is not None:
        ballot.counts, ballot.verdict = count.to_data(), verdict.to_data()
    ballot.ended_reason = reason
    ballot.save()
    audit.record(by=by, action="ballot.stopped", subject=ballot, reason=reason)
    if not ballot.is_opinion:
        enter(by, ballot, EntryKind.STOPPED, refers_to=neighbours.register().entry_of(ballot.continues_id))
    if ballot.referral is not None and not ballot.is_opinion:
        neighbours.motions().return_from_vote(
            by=by, referral=ballot.referral, ballot=ballot, reason=Outcome.STOPPED.value
        )
    neighbours.notices().stopped(ballot=ballot)
    # Afterwards, as a meeting is locked before a motion and a ballot, never behind them.
    transaction.on_commit(partial(neighbours.agendas().take_up_stopped, by=by, ballot=ballot), robust=True)


def enter(by: User | None, ballot: Ballot, kind: EntryKind, *, refers_to: Resolution | None = None) -> None:
    """Let the register say that a ballot ended without a result, and why."""
    neighbours.register().append(
        by=by,
        kind=kind,
        committee=ballot.committee,
        title=ballot.title,
        text=ballot.text,
        ballot=ballot,
        is_confidential=ballot.is_confidential,
        reason=ballot.ended_reason,
        refers_to=refers_to,
    )
