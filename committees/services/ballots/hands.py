"""Show of hands: the office enters what it saw, partner by partner, and corrects it before closing."""

import hashlib
import uuid
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, Capacity, Choice
from committees.models import Ballot, Participation, RollEntry, Vote
from committees.rules.rule_set import Abstention
from committees.rules.verdict import Verdict
from committees.services.ballots import counting
from committees.services.ballots.authority import hold, key_of, must_be_open, require
from committees.services.ballots.errors import InvalidChoice, NotEntitled, RollRefused
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit


@transaction.atomic
def enter_hands(*, by: User, ballot: Ballot, choices: Mapping[Partner | UUID, str]) -> int:
    """Enter the choices of partners after a show of hands; answers how many lines were new or changed.

    A correction is a new revision; the one before stays readable. Partners that are not named stay as they are.
    Raises NotAllowed, WrongState, InvalidChoice, NotEntitled.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_be_open(ballot)
    if ballot.form != BallotForm.SHOW_OF_HANDS:
        raise RollRefused(_("Hier stimmt jeder Partner selbst ab; es wird nichts erfasst."))
    wanted = {key_of(partner): choice for partner, choice in choices.items() if choice}
    _check_choices(ballot, set(wanted.values()))
    entitled = dict(
        RollEntry.objects.filter(ballot=ballot, is_excluded=False, partner__in=wanted).values_list(
            "partner_id", "partner_name"
        )
    )
    if set(wanted) - set(entitled):
        raise NotEntitled(_("Ein Partner ist in dieser Abstimmung nicht stimmberechtigt oder befangen."))
    standing = {vote.partner_id: vote for vote in counting.latest_votes(ballot, wanted)}
    changed = {
        partner: choice
        for partner, choice in wanted.items()
        if partner not in standing or standing[partner].choice != choice
    }
    moment = clock.database_now()
    Participation.objects.bulk_create(
        Participation(ballot=ballot, partner_id=partner) for partner in changed if partner not in standing
    )
    Vote.objects.bulk_create(
        Vote(
            ballot=ballot,
            partner_id=partner,
            revision=standing[partner].revision + 1 if partner in standing else 1,
            choice=choice,
            replaced=standing[partner].choice if partner in standing else "",
            cast_by=by,
            capacity=Capacity.OFFICE,
            cast_at=moment,
            token_hash=hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
        )
        for partner, choice in changed.items()
    )
    if changed:
        audit.record(by=by, action="ballot.hands_entered", subject=ballot, lines=len(changed))
    return len(changed)


def _check_choices(ballot: Ballot, choices: set[str]) -> None:
    if choices - set(Choice.values):
        raise InvalidChoice(_("Bitte wählen Sie je Partner Ja, Nein oder Enthaltung."))
    if Choice.ABSTAIN in choices and ballot.rules.abstention is Abstention.FORBIDDEN:
        raise InvalidChoice(_("Die Verfahrensregeln lassen hier keine Enthaltung zu."))


def preview(ballot: Ballot) -> Verdict:
    """What closing would find now: for the entry of a show of hands, before it becomes final."""
    return counting.verdict_of(ballot, counting.count_of(ballot, counting.tally_by_difference(ballot)))
