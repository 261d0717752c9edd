"""Endings without a result: objection to the circular procedure, and annulment with a new ballot."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState, BallotWay, EntryKind
from committees.models import Ballot, Delegate, Objection, Option, Participation, RollEntry, Vote
from committees.services.ballots import (
    blocks,
    candidates,
    counting,
    drafting,
    neighbours,
    opening,
    secret,
    stopping,
    tellers,
)
from committees.services.ballots.authority import hold, must_be_open, must_have_reason, must_step, named_rules, require
from committees.services.ballots.errors import NotEntitled, ObjectionRefused, WrongState
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit


@transaction.atomic
def object_to_circular(*, by: User, ballot: Ballot, partner: Partner, reason: str) -> Objection:
    """Object, for a partner, to deciding without a meeting. As many as the rules say stop the circular ballot.

    The motion then goes to the agenda of the next meeting. Raises NotEntitled, ObjectionRefused, WrongState.
    """
    ballot = hold(ballot)
    must_be_open(ballot)
    moment = clock.database_now()
    if ballot.way != BallotWay.CIRCULAR:
        raise ObjectionRefused(_("Widersprechen kann man nur dem Umlaufverfahren."))
    limit = ballot.rules.circular.objections_to_stop
    if limit is None:
        raise ObjectionRefused(
            _("Die %(rules)s sehen keinen Widerspruch gegen das Umlaufverfahren vor.") % {"rules": named_rules(ballot)}
        )
    if ballot.deadline_at is not None and moment >= ballot.deadline_at:
        raise ObjectionRefused(_("Die Frist ist abgelaufen; ein Widerspruch ist nicht mehr möglich."))
    mandates = Delegate.objects.valid(clock.today()).filter(committee=ballot.committee, partner=partner, person=by)
    if not mandates.exists():
        raise NotEntitled(_("Sie vertreten diesen Partner in diesem Gremium heute nicht."), key="no_mandate")
    entry = RollEntry.objects.filter(ballot=ballot, partner=partner, is_excluded=False, mark="").first()
    if entry is None:
        raise NotEntitled(_("Dieser Partner ist in dieser Abstimmung nicht stimmberechtigt."), key="not_on_roll")
    if Objection.objects.filter(ballot=ballot, partner=partner).exists():
        raise ObjectionRefused(_("„%(partner)s“ hat bereits widersprochen.") % {"partner": entry.partner_name})
    objection = Objection.objects.create(
        ballot=ballot, partner=partner, person=by, reason=must_have_reason(reason), objected_at=moment
    )
    audit.record(by=by, action="ballot.objected", subject=ballot, partner=str(partner.pk), name=entry.partner_name)
    if ballot.objections.count() >= limit:
        stopping.stop_by_objection(by, ballot)
    else:
        neighbours.notices().objected(ballot=ballot, objection=objection)
    return objection


@dataclass(frozen=True)
class Annulment:
    """What annulling came to: a request that waits for a second person, or the annulled ballot and its successor."""

    ballot: Ballot
    successor: Ballot | None = None

    @property
    def is_done(self) -> bool:
        """Whether the ballot is annulled; else a second person has to confirm."""
        return self.successor is not None


def needs_second_person(ballot: Ballot) -> bool:
    """Where a result is known or shows already, nobody throws it away alone (reliability.md 4.1, 6)."""
    return ballot.state != BallotState.OPEN or (
        ballot.form == BallotForm.ROLL_CALL and ballot.rules.is_tally_visible and counting.turnout(ballot) > 0
    )


@transaction.atomic
def annul_and_repeat(
    *, by: User, ballot: Ballot, reason: str, deadline_at: datetime | None = None, carry_hands: bool = True
) -> Annulment:
    """Annul a ballot with a reason and issue it anew in one step; the new one names the annulled one.

    Where a result is known, the first call asks and the call of a second person does it. The annulment stands in
    the register. The new ballot is opened at once, with a fresh roll and today's rules; values of a show of hands
    are carried over so that only the mistake has to be corrected. A circular ballot needs a new deadline.
    Raises NotAllowed, WrongState, OpeningRefused.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_step(ballot, BallotState.ANNULLED)
    if needs_second_person(ballot):
        if ballot.annul_requested_by_id is None:
            return _request(by, ballot, must_have_reason(reason))
        if ballot.annul_requested_by_id == by.pk:
            raise WrongState(_("Ein Ergebnis liegt schon vor: Die Aufhebung muss eine zweite Person bestätigen."))
        reason = ballot.ended_reason
    ballot.ended_reason = must_have_reason(reason)
    if ballot.way == BallotWay.CIRCULAR and deadline_at is None:
        raise WrongState(_("Der neue Umlaufbeschluss braucht eine Frist."), field="deadline_at")
    if secret.is_secret(ballot):
        secret.destroy(ballot)
    ballot.state, ballot.annulled_by = BallotState.ANNULLED, by
    ballot.save(update_fields=["state", "annulled_by", "ended_reason"])
    audit.record(by=by, action="ballot.annulled", subject=ballot, reason=ballot.ended_reason)
    if ballot.referral is not None and not ballot.is_opinion:
        neighbours.motions().return_from_vote(by=by, referral=ballot.referral, ballot=ballot, reason="annulled")
    blocks.give_back(by=by, ballot=ballot, reason="annulled")
    links = {"repeats": ballot, "continues": ballot.continues, "number": ballot.number}
    options = list(ballot.options.order_by("position"))
    successor = successor_of(by, ballot, deadline_at, options=options, posts=ballot.posts, **links)
    if not ballot.is_sealed:
        successor = opening.open_ballot(by=by, ballot=successor)
    if carry_hands and ballot.form == BallotForm.SHOW_OF_HANDS:
        _carry_hands(by, ballot, successor)
    neighbours.notices().annulled(ballot=ballot, successor=successor)
    if not ballot.is_opinion:
        stopping.enter(by, ballot, EntryKind.VOIDED)
    return Annulment(ballot, successor)


def _request(by: User, ballot: Ballot, reason: str) -> Annulment:
    ballot.ended_reason, ballot.annul_requested_by = reason, by
    ballot.save(update_fields=["ended_reason", "annul_requested_by"])
    audit.record(by=by, action="ballot.annulment_requested", subject=ballot, reason=reason)
    return Annulment(ballot)


@transaction.atomic
def withdraw_annulment(*, by: User, ballot: Ballot) -> Ballot:
    """Take the request for an annulment back. Raises NotAllowed, WrongState."""
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    if ballot.annul_requested_by_id is None or ballot.state == BallotState.ANNULLED:
        raise WrongState(_("Eine Aufhebung ist nicht beantragt."))
    ballot.ended_reason, ballot.annul_requested_by = "", None
    ballot.save(update_fields=["ended_reason", "annul_requested_by"])
    audit.record(by=by, action="ballot.annulment_withdrawn", subject=ballot)
    return ballot


def successor_of(
    by: User, ballot: Ballot, deadline_at: datetime | None, *, options: Sequence[Option], posts: int, **links: Any
) -> Ballot:
    """The same question, to be asked anew: with these options on the paper, and the same partners excluded.

    `links` say what it is to the first: `repeats`, or `continues` and `number`.
    """
    successor = drafting.draft_ballot(
        by=by,
        committee=ballot.committee,
        title=ballot.title,
        text=ballot.text,
        way=ballot.way,
        form=ballot.form,
        secrecy=ballot.secrecy,
        referral=ballot.referral,
        meeting=ballot.meeting,
        agenda_item=ballot.agenda_item,
        deadline_at=deadline_at,
        is_confidential=ballot.is_confidential,
        matter=ballot.matter,
        kind=ballot.kind,
        posts=posts,
        is_opinion=ballot.is_opinion,
        amendment=ballot.amendment,
    )
    for name, value in links.items():
        setattr(successor, name, value)
    successor.save(update_fields=list(links))
    candidates.carry(options, successor)
    blocks.carry(ballot, successor)
    excluded = RollEntry.objects.filter(ballot=ballot, is_excluded=True)
    RollEntry.objects.bulk_create(
        RollEntry(
            ballot=successor,
            partner_id=entry.partner_id,
            partner_name=entry.partner_name,
            is_excluded=True,
            exclusion_reason=entry.exclusion_reason,
            excluded_by_id=entry.excluded_by_id,
        )
        for entry in excluded
    )
    if ballot.is_sealed:
        # Opened once both tellers have set new passphrases.
        tellers.carry(ballot, successor)
    return successor


def _carry_hands(by: User, ballot: Ballot, successor: Ballot) -> None:
    """Copy what was entered, for the partners that may vote in the new ballot."""
    entitled = set(RollEntry.objects.filter(ballot=successor, is_excluded=False).values_list("partner_id", flat=True))
    votes = [vote for vote in counting.latest_votes(ballot) if vote.partner_id in entitled]
    moment = clock.database_now()
    Participation.objects.bulk_create(Participation(ballot=successor, partner_id=vote.partner_id) for vote in votes)
    Vote.objects.bulk_create(
        Vote(
            ballot=successor,
            partner_id=vote.partner_id,
            choice=vote.choice,
            cast_by=by,
            capacity=vote.capacity,
            cast_at=moment,
            token_hash=hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
        )
        for vote in votes
    )
