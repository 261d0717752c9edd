"""Another ballot on the same matter, in one step: a run-off, anew after a tie, or where nothing is decided yet."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState, BallotWay, MeetingState
from committees.models import Ballot
from committees.services.ballots import choosing, declaring, ending, opening
from committees.services.ballots.authority import hold, require
from committees.services.ballots.errors import WrongState
from committees.services.ballots.stages import can_continue, is_ripe, next_number
from partnership.models import User
from partnership.services import audit


@transaction.atomic
def continue_ballot(*, by: User, ballot: Ballot, deadline_at: datetime | None = None) -> Ballot:
    """Declare the result where that is still to do, and prepare the next ballot; open it where that can be now.

    It is held under the rules of the first one, in the stage of its number. It stays a draft until the distance the
    rules name has passed, in a meeting until one is running, and if sealed until its tellers are ready. A circular
    one needs a deadline.
    Of options those stand on its paper that lead or are level. Answers the new ballot. Raises NotAllowed, WrongState,
    OpeningRefused.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    if not can_continue(ballot):
        raise WrongState(_("Hier folgt kein Wahlgang: Ein Ergebnis steht fest, oder er ist schon vorbereitet."))
    if ballot.state == BallotState.CLOSED:
        declaring.declare(by=by, ballot=ballot)
        ballot.refresh_from_db()
    can_open = is_ripe(ballot) and (ballot.meeting is None or ballot.meeting.state == MeetingState.RUNNING)
    if ballot.way == BallotWay.CIRCULAR and deadline_at is None and can_open:
        raise WrongState(_("Der weitere Wahlgang braucht eine Frist."), field="deadline_at")
    result, carried = ballot.result_of_options, choosing.carried_positions(ballot)
    options = ballot.options.filter(position__in=carried) if carried else ballot.options.all()
    following = ending.successor_of(
        by,
        ballot,
        deadline_at,
        options=list(options.order_by("position")),
        posts=result.open_posts if result is not None and ballot.posts > 1 else ballot.posts,
        continues=ballot,
        number=next_number(ballot),
    )
    audit.record(by=by, action="ballot.continued", subject=ballot, successor=str(following.pk), number=following.number)
    return opening.open_ballot(by=by, ballot=following) if can_open and not following.is_sealed else following
