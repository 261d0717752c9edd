"""What committees do when membership announces a change."""

from datetime import date
from typing import Any

from django.dispatch import receiver

from committees.services import ballots, delegates
from membership.enums import Fact
from membership.models import YES, Partner, Standing
from membership.signals import partner_ended, standing_recorded
from partnership import clock
from partnership.models import User


@receiver(partner_ended, dispatch_uid="committees-partner-ended")
def end_delegations(sender: Any, *, partner: Partner, on: date, reason: str, by: User | None, **kwargs: Any) -> None:
    """A partner leaves: its people speak for it no longer, and it stays on running rolls with a mark.

    Where the day lies ahead, closing marks whoever has lost the right by then.
    """
    delegates.end_for_partner(by=by, partner=partner, on=on, reason=reason)
    if on <= clock.today():
        ballots.mark_leaving(by=by, partner=partner)


@receiver(standing_recorded, dispatch_uid="committees-standing-recorded")
def mark_rolls(sender: Any, *, standing: Standing, by: User | None, **kwargs: Any) -> None:
    """A partner loses its vote, or its rights rest: running rolls say so."""
    is_lost = (standing.fact == Fact.VOTING_RIGHT and standing.value != YES) or (
        standing.fact == Fact.SUSPENSION and standing.value == YES
    )
    if is_lost and standing.is_valid(clock.today()):
        ballots.mark_leaving(by=by, partner=standing.partner)
