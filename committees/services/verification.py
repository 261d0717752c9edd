"""The nightly recount: every decided ballot counted again, every register computed anew, and whoever must know told.

What does not agree makes readiness red until it agrees again, is mailed once to the managing office and to the
administrators of the installation, and makes a closed ballot disputed before anybody declares it.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from committees.enums import BallotState
from committees.models import Ballot
from committees.notifications import findings as notices
from committees.services import ballots, register
from committees.services.ballots import closing
from committees.services.ballots.authority import hold
from partnership.models import Partnership
from partnership.services import readiness

log = logging.getLogger(__name__)
ALARM = "register"


@dataclass(frozen=True)
class Finding:
    """Something that does not agree: where, and what."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


def check_everything() -> int:
    """Check it all; answers how many findings there are."""
    found: dict[Partnership, list[Finding]] = defaultdict(list)
    partnerships = {partnership.pk: partnership for partnership in Partnership.objects.all()}
    for ballot in _wrong_ballots():
        found[partnerships[ballot.partnership_id]].append(
            Finding(
                _("Abstimmung „%(title)s“") % {"title": _("(vertraulich)") if ballot.is_confidential else ballot.title},
                _("Die festgehaltenen Zahlen sind nicht die ihrer Stimmen."),
            )
        )
        log.error("ballot %s: the stored counts differ from its votes", ballot.pk)
        _dispute(ballot)
    for partnership in partnerships.values():
        for finding in register.verify(partnership).findings:
            place = _("Eintrag %(position)s") % {"position": finding.position} if finding.position else _("Register")
            found[partnership].append(Finding(place, finding.sentence))
            log.error("register of %s, entry %s: %s", partnership.slug, finding.position, finding.sentence)
    for partnership, findings in found.items():
        notices.found(partnership=partnership, findings=[str(finding) for finding in findings])
    if found:
        readiness.raise_alarm(ALARM, ", ".join(sorted(partnership.slug for partnership in found)))
    else:
        readiness.clear_alarm(ALARM)
    return sum(map(len, found.values()))


def _wrong_ballots() -> list[Ballot]:
    """Decided ballots whose stored counts are not those of their votes, or not those their verdict rests on."""
    ended = (BallotState.CLOSED, BallotState.DECLARED, BallotState.STOPPED)
    decided = Ballot.objects.filter(state__in=ended, counts__isnull=False)
    return [
        ballot
        for ballot in decided.iterator(chunk_size=200)
        if not ballots.recount(ballot) or (ballot.verdict or {}).get("count") != ballot.counts
    ]


@transaction.atomic
def _dispute(ballot: Ballot) -> None:
    """A closed ballot with wrong counts is never declared."""
    fresh = hold(Ballot.objects.select_related("referral").get(pk=ballot.pk))
    if fresh.state == BallotState.CLOSED:
        closing.dispute(fresh)


__all__ = ["ALARM", "Finding", "check_everything"]
