"""Secret ballots: what opening asks, how a paper goes into the urn, and what stands in it afterwards.

A cast leaves two rows that know nothing of each other: that the partner took part, and a paper. There is no audit
event, no mail and no time of it. Closing seals (`committees.sealing`); the audit keeps one summary.
"""

from collections import Counter
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees import sealing
from committees.enums import BallotForm, BallotKind, BallotState, Choice, SecrecyLevel
from committees.models import Ballot, BallotPaper, Participation, RollEntry, Teller
from committees.models.secret import TELLERS
from committees.rules import papers, secrecy
from committees.rules.rule_set import RuleError
from committees.sealing import Deed
from committees.services.ballots import strongbox
from committees.services.ballots.authority import say
from committees.services.ballots.errors import ChangeRefused, OpeningRefused

Tally = dict[str, int]


def is_secret(ballot: Ballot) -> bool:
    """Whether this ballot is held with papers."""
    return ballot.form == BallotForm.SECRET


def default_level(ballot: Ballot) -> SecrecyLevel:
    """Elections and confidential items are sealed, unless somebody chooses otherwise."""
    is_sensitive = ballot.kind == BallotKind.ELECTION or ballot.is_confidential
    return SecrecyLevel.SEALED if is_sensitive else SecrecyLevel.SEPARATED


# --- opening -----------------------------------------------------------------------------------------


def prepare(ballot: Ballot) -> None:
    """Freeze the rules as secrecy needs them, once the roll stands. Raises OpeningRefused."""
    entitled = RollEntry.objects.filter(ballot=ballot, is_excluded=False).count()
    if (obstacle := secrecy.obstacle(ballot.rules, entitled)) is not None:
        raise OpeningRefused(say(obstacle), field="form")
    if ballot.is_sealed and len(public_keys(ballot.pk)) < TELLERS:
        raise OpeningRefused(
            _(
                "Eine versiegelte Abstimmung braucht zwei zählende Personen, die beide ihr Kennwort gesetzt haben. "
                "Bitte benennen Sie sie und warten Sie, bis beide so weit sind."
            )
        )
    ballot.rules_frozen = secrecy.applied(ballot.rules).to_data()
    del ballot.rules


def public_keys(ballot: UUID) -> list[bytes]:
    """The public keys a paper is encrypted to, in their order."""
    rows = Teller.objects.filter(ballot=ballot).order_by("position").values_list("public_key", flat=True)
    return [bytes(key) for key in rows if key]


# --- casting -----------------------------------------------------------------------------------------


def put_in(ballot: Ballot, partner_id: UUID, marking: str, token_hash: str) -> None:
    """Note that the partner took part, and put its paper into the urn. The caller holds the lock."""
    Participation(ballot=ballot, partner_id=partner_id, token_hash=token_hash).save(force_insert=True)
    if ballot.is_sealed:
        paper = BallotPaper(ballot=ballot, ciphertext=strongbox.encrypt(marking, ballot.pk, public_keys(ballot.pk)))
    else:
        paper = BallotPaper(ballot=ballot, marking=marking)
    paper.save(force_insert=True)


def has_answered(ballot: Ballot, partner_id: UUID, token_hash: str) -> bool:
    """Whether this very form has put the partner's paper in already. Raises ChangeRefused where another one has."""
    if ballot.state != BallotState.OPEN:
        return False
    recorded = Participation.objects.filter(ballot=ballot, partner=partner_id).values_list("token_hash", flat=True)
    for known in recorded:
        if known == token_hash:
            return True
        raise ChangeRefused(
            _("Für diesen Partner ist die Teilnahme schon erfasst. Ein Stimmzettel kann nicht geändert werden."),
            key="change_not_allowed",
        )
    return False


def has_taken_part(ballot: Ballot, partners: list[UUID]) -> set[UUID]:
    """Those of the partners whose taking part is recorded."""
    return set(Participation.objects.filter(ballot=ballot, partner__in=partners).values_list("partner_id", flat=True))


# --- after the end of voting -------------------------------------------------------------------------


def close(ballot: Ballot) -> bool:
    """Seal papers and participations; answers whether they can be counted now, or wait for the tellers."""
    ballot.state = BallotState.COUNTING
    ballot.save()
    sealing.seal(ballot)
    return not ballot.is_sealed


def destroy(ballot: Ballot) -> None:
    """Remove the papers uncounted: of a ballot that ends without a result nobody learns how it stood."""
    if ballot.state in (BallotState.OPEN, BallotState.COUNTING):
        sealing.seal(ballot, Deed.DESTROY)
    forget_keys(ballot.pk)


def forget_keys(ballot: UUID) -> None:
    """Destroy the tellers' keys once it is certain that nobody needs them."""
    transaction.on_commit(partial(strongbox.destroy, ballot), robust=True)


def sweep_keys() -> int:
    """Destroy what is left of keys whose ballot has ended, for example after a crash; answers of how many ballots."""
    ended = Ballot.objects.filter(pk__in=strongbox.kept()).exclude(
        state__in=(BallotState.DRAFT, BallotState.OPEN, BallotState.COUNTING)
    )
    keys = list(ended.values_list("pk", flat=True))
    for key in keys:
        strongbox.destroy(key)
    return len(keys)


def markings(ballot: Ballot) -> list[str]:
    """What stands on the papers, in the random order in which sealing left them."""
    return list(BallotPaper.objects.filter(ballot=ballot).order_by("pk").values_list("marking", flat=True))


def tally(ballot: Ballot) -> Tally:
    """Papers per marking, counted one by one."""
    return dict.fromkeys(Choice.values, 0) | Counter(markings(ballot))


def is_readable(ballot: Ballot, counted: Tally) -> bool:
    """Whether nothing stands on any paper but what this ballot's paper can carry."""
    kind, options = papers.BallotKind(ballot.kind), len(ballot.titles)
    try:
        for marking, number in counted.items():
            if number:
                papers.check(kind, marking, options=options, posts=ballot.posts)
    except RuleError:
        return False
    return True


def is_whole(ballot: Ballot) -> bool:
    """Whether there are as many papers as participations (S9)."""
    return BallotPaper.objects.filter(ballot=ballot).count() == Participation.objects.filter(ballot=ballot).count()


def is_withheld(ballot: Ballot, counted: Tally) -> bool:
    """Whether only the outcome is shown, as the numbers would tell how somebody voted."""
    return secrecy.is_withheld(ballot.rules, counted)


def shows_total(ballot: Ballot, *, is_conductor: bool) -> bool:
    """Whether somebody may see how many have voted while the ballot runs (S4)."""
    return not is_secret(ballot) or (is_conductor and ballot.roll_size >= secrecy.TOTAL_FROM)
