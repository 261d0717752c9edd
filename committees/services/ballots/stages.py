"""Which ballot follows on another one on the same matter, and when it may (rules.Stage)."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from committees.enums import BallotState
from committees.models import Ballot, Referral
from committees.rules.deadlines import BERLIN, words
from committees.rules.verdict import Outcome
from committees.services.ballots.authority import named_rules, say
from committees.services.ballots.errors import OpeningRefused
from partnership import clock

# After these the next ballot follows.
GOES_ON = (Outcome.TIE, Outcome.UNDECIDED)
# After these the same ballot is held once more; the first one anybody may prepare anew.
ONCE_MORE = (Outcome.NO_QUORUM, Outcome.STOPPED)


def can_continue(ballot: Ballot) -> bool:
    """Whether another ballot on the matter can follow: after a tie, or where nothing is decided yet."""
    is_over = ballot.state in (BallotState.CLOSED, BallotState.DECLARED, BallotState.STOPPED)
    goes_on = ballot.outcome in GOES_ON or (ballot.outcome in ONCE_MORE and ballot.number > 1)
    return is_over and goes_on and not follower_of(ballot)


def follower_of(ballot: Ballot) -> Ballot | None:
    """The ballot that follows on this one, if it has been prepared."""
    return Ballot.objects.filter(continues=ballot.pk).exclude(state=BallotState.ANNULLED).first()


def next_number(ballot: Ballot) -> int:
    """The number of the ballot that follows; one in which too few took part is held once more."""
    return ballot.number if ballot.outcome in ONCE_MORE else ballot.number + 1


def earliest(ballot: Ballot) -> date | None:
    """The first day on which the ballot after this one may be opened; None where the rules name no distance."""
    number = next_number(ballot)
    stage = next((stage for stage in ballot.rules.stages if stage.from_ballot == number), None)
    if stage is None or not stage.wait_days or number == ballot.number or ballot.closed_at is None:
        return None
    return ballot.closed_at.astimezone(BERLIN).date() + timedelta(days=stage.wait_days)


def is_ripe(ballot: Ballot) -> bool:
    """Whether the ballot after this one may be opened today."""
    day = earliest(ballot)
    return day is None or clock.today() >= day


def must_be_ripe(ballot: Ballot) -> None:
    """Before opening: the distance to the ballot before has passed. Raises OpeningRefused."""
    if ballot.continues is not None and not is_ripe(ballot.continues):
        day = earliest(ballot.continues)
        assert day is not None
        raise OpeningRefused(
            _("Nach den %(rules)s ist der %(number)s. Wahlgang frühestens am %(day)s möglich.")
            % {"rules": named_rules(ballot.continues), "number": ballot.number, "day": say(words(day))}
        )


def must_follow(ballot: Ballot) -> None:
    """Before opening: where a further ballot is due on the motion, this is it. Raises OpeningRefused."""
    if ballot.referral is None or ballot.continues_id or ballot.repeats_id:
        return
    due = _due(ballot.referral)
    if due is not None:
        raise OpeningRefused(
            _("Zu dieser Vorlage folgt der %(number)s. Wahlgang. Bereiten Sie ihn auf der Seite des vorigen vor.")
            % {"number": next_number(due)}
        )


def _due(referral: Referral) -> Ballot | None:
    """The ballot on the motion after which another one has to follow."""
    last = (
        Ballot.objects.filter(referral=referral, state__in=(BallotState.DECLARED, BallotState.STOPPED))
        .order_by("-closed_at")
        .first()
    )
    must_go_on = last is not None and (last.outcome == Outcome.UNDECIDED or last.number > 1)
    return last if last is not None and must_go_on and can_continue(last) else None
