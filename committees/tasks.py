"""Work of committees that the schedule and the worker do: ids in, one service call."""

import logging

from celery import shared_task

from committees.enums import BallotState
from committees.models import Ballot
from committees.services import ballots, register, reservations
from partnership.models import Partnership

log = logging.getLogger(__name__)


@shared_task
def close_due_ballots() -> int:
    """Close circular ballots whose deadline has passed. Only tidies up: casting checks the deadline itself."""
    return ballots.close_due()


@shared_task
def remind_voters() -> int:
    """Remind those who have not voted, at the moments the rules name."""
    return ballots.remind_due()


@shared_task
def settle_reservations() -> int:
    """Let resolutions take effect whose last day has passed, and remind the partners whose council is still open."""
    return reservations.settle_due() + reservations.remind_due()


@shared_task
def recount_and_verify() -> int:
    """Count every decided ballot again and compute every register anew; what does not agree goes to the log."""
    problems = 0
    decided = Ballot.objects.filter(state__in=(BallotState.CLOSED, BallotState.DECLARED))
    for ballot in decided.iterator(chunk_size=200):
        if not ballots.recount(ballot):
            problems += 1
            log.error("ballot %s: the stored counts differ from its votes", ballot.pk)
    for partnership in Partnership.objects.all():
        for finding in register.verify(partnership).findings:
            problems += 1
            log.error("register of %s, entry %s: %s", partnership.slug, finding.position, finding.sentence)
    return problems
