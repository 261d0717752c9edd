"""Block votes: gathering items, taking one out, and one resolution for each that stays."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotKind, BallotState, BallotWay, ReferralState
from committees.models import AgendaItem, Ballot, BlockItem, Delegate
from committees.services.ballots import neighbours
from committees.services.ballots.authority import hold, require
from committees.services.ballots.errors import BallotRefused, NotAllowed, OpeningRefused, WrongState
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit

LEAST = 2
TREATABLE = (ReferralState.WAITING, ReferralState.SCHEDULED, ReferralState.DEFERRED)


def standing(ballot: Ballot) -> list[BlockItem]:
    """What the ballot decides, in order; nothing where it is no block vote."""
    if ballot.kind != BallotKind.MOTION:
        return []
    rows = ballot.block.filter(taken_out_at__isnull=True).select_related("referral__motion__partnership")
    return list(rows.order_by("position"))


@transaction.atomic
def gather(*, by: User, ballot: Ballot, items: Sequence[AgendaItem]) -> list[BlockItem]:
    """Put these items of its meeting into the block of a draft, in the order of the agenda.

    What was taken out before stays out. Raises NotAllowed, WrongState, BallotRefused.
    """
    ballot = _draft(ballot)
    require(policies.conduct, by, ballot)
    if ballot.kind != BallotKind.MOTION or ballot.referral_id or ballot.amendment_id or ballot.is_opinion:
        raise BallotRefused(_("Im Block wird mit Ja und Nein abgestimmt, über mehrere Vorlagen und über nichts sonst."))
    if ballot.way != BallotWay.MEETING or any(item.meeting_id != ballot.meeting_id for item in items):
        raise BallotRefused(_("Ein Block besteht aus Punkten der Sitzung, in der abgestimmt wird."), field="items")
    if any(item.referral is None or item.referral.state not in TREATABLE for item in items):
        raise BallotRefused(
            _("Im Block stehen nur Punkte mit einer Vorlage, die hier noch beraten wird."), field="items"
        )
    if ballot.block.filter(taken_out_at__isnull=False, agenda_item__in=[item.pk for item in items]).exists():
        raise BallotRefused(
            _("Ein Partner hat verlangt, dass über diesen Punkt einzeln abgestimmt wird."), field="items"
        )
    kept = list(ballot.block.filter(taken_out_at__isnull=False))
    ballot.block.all().delete()
    rows = [
        BlockItem(
            agenda_item=item,
            referral=item.referral,
            title=item.referral.motion.title,
            text=item.referral.motion.text,
        )
        for item in sorted(items, key=lambda item: item.position)
        if item.referral is not None
    ]
    for position, row in enumerate([*rows, *kept], start=1):
        row.ballot, row.position = ballot, position
    BlockItem.objects.bulk_create([*rows, *kept])
    audit.record(by=by, action="ballot.block_gathered", subject=ballot, items=[row.title for row in rows])
    return rows


@transaction.atomic
def take_out(*, by: User, item: BlockItem, partner: Partner) -> BlockItem:
    """Ask for a partner that an item is voted on alone; nobody has to agree. Raises NotAllowed, WrongState."""
    ballot = _draft(item.ballot)
    mandates = Delegate.objects.valid(clock.today()).filter(committee=ballot.committee_id, partner=partner, person=by)
    if not mandates.exists():
        raise NotAllowed(_("Herausnehmen lassen können Sie einen Punkt für einen Partner, den Sie hier vertreten."))
    item = ballot.block.get(pk=item.pk)
    if item.taken_out_at is not None:
        raise WrongState(_("„%(title)s“ ist bereits aus dem Block genommen.") % {"title": item.title})
    item.taken_out_at, item.taken_out_for = clock.now(), partner
    item.save(update_fields=["taken_out_at", "taken_out_for"])
    audit.record(by=by, action="ballot.block_item_taken_out", subject=ballot, title=item.title, partner=str(partner.pk))
    return item


def _draft(ballot: Ballot) -> Ballot:
    ballot = hold(ballot)
    if ballot.state != BallotState.DRAFT:
        raise WrongState(_("„%(title)s“ ist bereits eröffnet; der Block steht fest.") % {"title": ballot.title})
    return ballot


# --- called by the steps of the ballot ----------------------------------------------------------------------


def check(ballot: Ballot) -> None:
    """A block that is opened has at least two items, and the text of each is that of its motion. OpeningRefused."""
    items = standing(ballot)
    if not items:
        if ballot.kind == BallotKind.MOTION and ballot.block.exists():
            raise OpeningRefused(_("Aus dem Block sind alle Punkte herausgenommen."))
        return
    if len(items) < LEAST:
        raise OpeningRefused(_("Im Block steht nur noch ein Punkt; stimmen Sie über ihn einzeln ab."))
    for piece in pieces(ballot):
        if problem := neighbours.amendments().why_not_yet(piece):
            raise OpeningRefused(f"{piece.title}: {problem}")
    for item in items:
        if item.text != item.referral.motion.text:
            raise OpeningRefused(
                _("Der Text von „%(title)s“ hat sich geändert. Bitte stellen Sie den Block neu zusammen.")
                % {"title": item.title}
            )


def paper_data(ballot: Ballot) -> list[dict[str, Any]]:
    """The items as the hash of the text binds them."""
    return [{"position": item.position, "title": item.title, "text": item.text} for item in standing(ballot)]


def pieces(ballot: Ballot) -> Iterator[Ballot]:
    """The ballot once for each item, as if it had been about this one alone; never to be saved."""
    for item in standing(ballot):
        piece = copy.copy(ballot)
        piece.referral, piece.title, piece.text = item.referral, item.title, item.text
        piece.is_confidential = ballot.is_confidential or item.referral.motion.is_confidential
        yield piece


def begin(*, by: User | None, ballot: Ballot) -> None:
    """The motions of the block are being voted on."""
    for piece in pieces(ballot):
        neighbours.motions().begin_vote(by=by, referral=piece.referral, ballot=ballot)


def give_back(*, by: User | None, ballot: Ballot, reason: str) -> None:
    """The block ended without a result: its motions are on the agenda again."""
    for piece in pieces(ballot):
        neighbours.motions().return_from_vote(by=by, referral=piece.referral, ballot=ballot, reason=reason)


def carry(earlier: Ballot, ballot: Ballot) -> None:
    """The ballot that repeats or continues a block is about the same items."""
    rows = standing(earlier)
    for row in rows:
        row.pk, row.ballot = row._meta.pk.get_default(), ballot
    BlockItem.objects.bulk_create(rows)
