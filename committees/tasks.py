"""Work of committees that the schedule and the worker do: ids in, one service call."""

from celery import shared_task

from committees.services import ballots, reservations, verification


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
    """Count every decided ballot again and compute every register anew; what does not agree reaches people.

    Keys of sealed ballots that have ended are destroyed, should any be left.
    """
    ballots.sweep_keys()
    return verification.check_everything()
