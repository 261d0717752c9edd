"""Making a ballot confidential that is under way: who sees it may become fewer, never more."""

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState
from committees.models import Ballot
from committees.services.ballots.authority import hold, require
from committees.services.ballots.errors import WrongState
from partnership.models import User
from partnership.services import audit

STATES = (BallotState.OPEN, BallotState.COUNTING, BallotState.CLOSED, BallotState.DISPUTED)


@transaction.atomic
def make_confidential(*, by: User | None, ballot: Ballot) -> Ballot:
    """From now on only the committee and the office see the ballot; nobody takes that back.

    Raises NotAllowed, WrongState.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    if ballot.state not in STATES:
        raise WrongState(
            _("Die Abstimmung „%(title)s“ hat den Stand „%(state)s“; daran ändert sich nichts mehr.")
            % {"title": ballot.title, "state": ballot.get_state_display()}
        )
    if ballot.is_confidential:
        raise WrongState(_("Die Abstimmung ist bereits vertraulich."))
    ballot.is_confidential = True
    ballot.save(update_fields=["is_confidential"])
    audit.record(by=by, action="ballot.made_confidential", subject=ballot)
    return ballot
