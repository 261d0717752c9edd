"""Reminding those who have not voted yet; each reminder goes to a person once."""

from django.db import transaction

from committees import policies
from committees.enums import BallotState, BallotWay
from committees.models import Ballot
from committees.rules.deadlines import reminder_moments
from committees.services.ballots import neighbours
from committees.services.ballots.authority import ballots, hold, must_be_open, require
from partnership import clock
from partnership.models import User
from partnership.services import audit


def remind_due() -> int:
    """Send the reminders whose moment has come; answers how many mails are new. For the schedule.

    Reminders that were missed (no worker ran) are not made up for one by one: only the latest one due is sent.
    """
    sent = 0
    for ballot in ballots().filter(state=BallotState.OPEN, way=BallotWay.CIRCULAR, deadline_at__gt=clock.now()):
        assert ballot.opened_at is not None
        assert ballot.deadline_at is not None
        moments = reminder_moments(ballot.opened_at, ballot.deadline_at, ballot.rules.circular)
        due = [moment for moment in moments if moment <= clock.now()]
        if due:
            sent += _remind(ballot, occasion=f"{due[-1]:%Y%m%d}")
    return sent


@transaction.atomic
def _remind(ballot: Ballot, occasion: str) -> int:
    ballot = hold(ballot)
    if ballot.state != BallotState.OPEN:
        return 0
    return neighbours.notices().reminder(ballot=ballot, occasion=occasion)


@transaction.atomic
def remind_now(*, by: User, ballot: Ballot) -> int:
    """Remind now, at most once a day; answers how many mails are new. Raises NotAllowed, WrongState."""
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_be_open(ballot)
    count: int = neighbours.notices().reminder(ballot=ballot, occasion=f"now-{clock.today():%Y%m%d}")
    audit.record(by=by, action="ballot.reminded", subject=ballot, mails=count)
    return count
