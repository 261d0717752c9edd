"""A lot among options that are level, drawn by the system or by hand, and kept with everybody who was in it."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState
from committees.models import Ballot, Lot
from committees.rules.verdict import Count, Outcome
from committees.services.ballots import counting
from committees.services.ballots.authority import hold, require
from committees.services.ballots.errors import WrongState
from partnership import clock
from partnership.models import User
from partnership.services import audit


def draw(positions: Sequence[int]) -> list[int]:
    """An order of the options, each equally likely, from the system's own source of chance."""
    order = list(positions)
    secrets.SystemRandom().shuffle(order)
    return order


@transaction.atomic
def draw_lot(*, by: User, ballot: Ballot, order: Sequence[int] = ()) -> Ballot:
    """Settle equal votes by lot: drawn here, or in the `order` in which they were drawn by hand.

    Raises NotAllowed, WrongState.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    result = ballot.result_of_options
    if ballot.state != BallotState.CLOSED or result is None or result.outcome is not Outcome.TIE:
        raise WrongState(_("Hier ist keine Stimmengleichheit durch das Los zu entscheiden."))
    if order and sorted(order) != sorted(result.tied):
        raise WrongState(_("Das Los entscheidet zwischen genau denen, die gleich viele Stimmen haben."), field="order")
    lot = Lot.objects.create(
        ballot=ballot,
        order=list(order) or draw(result.tied),
        is_by_hand=bool(order),
        drawn_by=by,
        drawn_at=clock.database_now(),
    )
    assert ballot.counts is not None
    verdict = counting.verdict_of(ballot, Count.from_data(ballot.counts))
    ballot.verdict, ballot.outcome = verdict.to_data(), verdict.outcome.value
    ballot.save(update_fields=["verdict", "outcome"])
    audit.record(
        by=by,
        action="ballot.lot_drawn",
        subject=ballot,
        options=[ballot.titles[position] for position in sorted(result.tied)],
        order=[ballot.titles[position] for position in lot.order],
        is_by_hand=lot.is_by_hand,
        outcome=ballot.outcome,
    )
    return ballot
