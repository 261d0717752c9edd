"""Declaring: the one step that writes the register, moves the motion on and tells every partner."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState, CloseCause
from committees.models import Ballot, Resolution
from committees.services.ballots import blocks, choosing, neighbours
from committees.services.ballots.authority import hold, must_step, require
from committees.services.ballots.counting import awaits_chair
from committees.services.ballots.errors import TieOpen
from partnership import clock
from partnership.models import User
from partnership.services import audit


@transaction.atomic
def declare(*, by: User | None, ballot: Ballot) -> Resolution | None:
    """Declare the result of a closed ballot: register entry, outcome of the motion and notices, all or nothing.

    A ballot without a resolution (no quorum, tie) is entered without a number, and its motion goes back to the
    agenda. An opinion poll binds nobody: it is told to the committee and answers None.
    Raises NotAllowed, WrongState, TieOpen.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_step(ballot, BallotState.DECLARED)
    if awaits_chair(ballot):
        raise TieOpen(_("Bei Stimmengleichheit entscheidet hier der Vorsitz. Bitte holen Sie das zuerst nach."))
    ballot.state = BallotState.DECLARED
    ballot.declared_at, ballot.declared_by = clock.now(), by
    ballot.save(update_fields=["state", "declared_at", "declared_by"])
    audit.record(by=by, action="ballot.declared", subject=ballot, outcome=ballot.outcome)
    if ballot.is_opinion:
        neighbours.notices().opinion(ballot=ballot)
        return None
    resolution: Resolution
    # A block is entered once for each of its items, everything else once.
    for piece in [*blocks.pieces(ballot)] or [ballot]:
        resolution = neighbours.resolutions().record(
            by=by,
            ballot=piece,
            outcome=ballot.outcome,
            text=choosing.wording_of(piece),
            reason=_early(ballot),
            refers_to=_earlier(piece),
        )
    neighbours.amendments().settle(by=by, ballot=ballot)
    return resolution


def _early(ballot: Ballot) -> str:
    """What the register says of a ballot that ended before its deadline; who it was stands in the part `persons`."""
    if ballot.close_cause != CloseCause.EARLY:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Vorzeitig geschlossen: %(reason)s") % {"reason": ballot.close_reason}


def _earlier(ballot: Ballot) -> Resolution | None:
    """The entry of the annulled vote that this one repeats, or of the ballot that it continues."""
    found: Resolution | None = neighbours.register().entry_of(
        ballot.repeats_id or ballot.continues_id, title=ballot.title
    )
    return found
