"""Casting: one short transaction, the same for a first vote, a change and a form that is sent twice."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from committees.enums import BallotForm, BallotState, BallotWay, Capacity, Choice, CloseCause
from committees.models import Ballot, Delegate, LateAnswer, Participation, Reservation, RollEntry, Vote
from committees.rules import eligibility, papers
from committees.rules.eligibility import Earlier, Facts, Kind, Mandate, Refused
from committees.rules.rule_set import Abstention, RuleError
from committees.services.ballots import closing, secret, statements
from committees.services.ballots.authority import key_of, say
from committees.services.ballots.counting import LARGE_ROLL
from committees.services.ballots.errors import (
    BallotRefused,
    DeadlinePassed,
    InvalidChoice,
    NotEntitled,
    TokenUsed,
    TooManyCasts,
    refusal_of,
)
from committees.services.ballots.roll import outstanding
from membership.enums import MEMBER_STAGES, Fact
from membership.models import YES, Partner, Standing
from partnership import clock
from partnership.db.locks import lock
from partnership.db.prepared import Prepared
from partnership.models import User
from partnership.services import audit

# How often a person may change a vote of one ballot before the page asks for patience.
CHANGES_PER_WINDOW = 20
WINDOW_SECONDS = 600
ATTEMPTS = 3
# Serialization failure, deadlock, lock timeout (reliability.md 4.1).
PASSING = {"40001", "40P01", "55P03"}


@dataclass(frozen=True)
class Receipt:
    """What the voter is told: the vote of the partner as it stands recorded."""

    ballot_id: UUID
    partner_id: UUID
    choice: str
    revision: int
    # Of a secret paper nothing is told but that it is in the urn.
    cast_at: datetime | None
    capacity: str
    is_repeat: bool = False

    @classmethod
    def of(cls, vote: Vote, *, is_repeat: bool = False) -> "Receipt":
        """The receipt for a recorded vote."""
        return cls(vote.ballot_id, vote.partner_id, vote.choice, vote.revision, vote.cast_at, vote.capacity, is_repeat)


def cast(
    *,
    by: User,
    ballot: Ballot | UUID,
    partner: Partner | UUID,
    choice: str,
    token: str,
    council: str = "",
    statement: str = "",
    among: QuerySet[Ballot] | None = None,
) -> Receipt:
    """Cast the vote of a partner, or change it; the same form sent again gets the same receipt.

    `council`: the partner's own council whose consent a yes is subject to, where the rules allow that; `statement`:
    what the partner says to its vote.
    Lock, clock, eligibility and the rows are one transaction of at most a dozen statements (reliability.md 4.1).
    `among` narrows the ballots it may be. Raises Ballot.DoesNotExist, InvalidChoice, NotEntitled, BallotClosed,
    DeadlinePassed, ChangeRefused, TokenUsed, TooManyCasts.
    """
    if not choice:
        raise InvalidChoice(_("Bitte wählen Sie, wie Ihre Stimme lauten soll."), field="choice")
    if not token:
        raise TokenUsed(_("Dem Formular fehlt seine Kennung. Bitte laden Sie die Seite neu."))
    attempt = _Attempt(
        by=by,
        ballots=Ballot.objects.all() if among is None else among,
        ballot_id=key_of(ballot),
        partner_id=key_of(partner),
        choice=choice,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        council=council.strip(),
        statement=statement.strip(),
    )
    answer = _patiently(attempt.make)
    if isinstance(answer, BallotRefused):
        # Returned, not raised, so that the transaction keeps the late answer.
        raise answer
    return answer


Answer = TypeVar("Answer")


def _patiently(deed: Callable[[], Answer]) -> Answer:
    """Try again where the database gave way to another transaction; the third time the page says 503."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return deed()
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code not in PASSING or connection.in_atomic_block or attempt == ATTEMPTS:
                raise
            time.sleep(0.02 * attempt)
    raise AssertionError("unreachable")


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    by: User
    ballots: QuerySet[Ballot]
    ballot_id: UUID
    partner_id: UUID
    choice: str
    token_hash: str
    council: str = ""
    statement: str = ""

    def make(self) -> Receipt | BallotRefused:
        try:
            with transaction.atomic():
                return self._record(lock(self.ballots, self.ballot_id))
        except IntegrityError:
            # Somebody was quicker where no lock held him back; what stands recorded is the answer.
            return self._answer_from(self._recorded()) or TokenUsed(
                _("Für diesen Partner wurde im selben Augenblick abgestimmt. Bitte laden Sie die Seite neu.")
            )

    def _record(self, ballot: Ballot) -> Receipt | BallotRefused:
        if secret.is_secret(ballot) and secret.has_answered(ballot, self.partner_id, self.token_hash):
            return self._taken_part(is_repeat=True)
        recorded = self._recorded()
        if (answer := self._answer_from(recorded)) is not None:
            return answer
        earlier = next((vote for vote in recorded if vote.ballot_id == ballot.pk), None)
        if earlier is not None:
            self._slow_down(ballot)
        moment = clock.database_now()
        decision = self._may_cast(ballot, earlier, moment)
        if isinstance(decision, Refused):
            refusal = refusal_of(decision.key, say(decision.reason))
            return self._keep_late(ballot, earlier, moment, decision) or refusal
        if ballot.form == BallotForm.SHOW_OF_HANDS:
            raise NotEntitled(_("Hier wird mit Handzeichen abgestimmt; das Ergebnis wird erfasst."))
        self._must_fit(ballot)
        statements.must_fit(ballot, self.choice, self.statement)
        if self.choice == Choice.ABSTAIN and ballot.own_rules.abstention is Abstention.FORBIDDEN:
            raise InvalidChoice(_("Die Verfahrensregeln lassen hier keine Enthaltung zu."), field="choice")
        if secret.is_secret(ballot):
            secret.put_in(ballot, self.partner_id, self.choice, self.token_hash)
            return self._taken_part()
        vote = Vote(
            ballot=ballot,
            partner_id=self.partner_id,
            revision=earlier.revision + 1 if earlier else 1,
            choice=self.choice,
            statement=self.statement,
            replaced=earlier.choice if earlier else "",
            cast_by=self.by,
            capacity=Capacity(decision.kind.value),
            cast_at=moment,
            token_hash=self.token_hash,
        )
        if earlier is None:
            Participation(ballot=ballot, partner_id=self.partner_id).save(force_insert=True)
        vote.save(force_insert=True)
        if self.council:
            Reservation.objects.create(ballot=ballot, partner_id=self.partner_id, vote=vote, council=self.council[:200])
        audit.record(
            by=self.by,
            action="ballot.voted" if earlier is None else "ballot.vote_changed",
            subject=ballot,
            partner=str(self.partner_id),
            revision=vote.revision,
            capacity=vote.capacity,
        )
        if earlier is None:
            _close_if_complete(ballot)
        return Receipt.of(vote)

    def _taken_part(self, *, is_repeat: bool = False) -> Receipt:
        return Receipt(self.ballot_id, self.partner_id, "", 1, None, "", is_repeat)

    def _must_fit(self, ballot: Ballot) -> None:
        """Raises InvalidChoice where the paper of this ballot cannot carry the marking."""
        try:
            papers.check(
                papers.BallotKind(ballot.kind),
                self.choice,
                options=ballot.options.count() if ballot.has_options else 0,
                posts=ballot.posts,
            )
        except RuleError as error:
            raise InvalidChoice(say(error.sentence), field="choice") from error
        if self.council and (self.choice != Choice.YES or not ballot.rules.reservation.is_allowed):
            raise InvalidChoice(
                _("Einen Vorbehalt kennen die Verfahrensregeln hier nicht; er ist nur bei einem Ja möglich."),
                field="council",
            )

    def _recorded(self) -> list[Vote]:
        """The votes of the partner in this ballot, newest first, and whatever the token was used for."""
        return _recorded(ballot=self.ballot_id, partner=self.partner_id, token_hash=self.token_hash)

    def _answer_from(self, recorded: list[Vote]) -> Receipt | None:
        """The receipt of the vote this very form has made already. Raises TokenUsed where it made another one."""
        used = next((vote for vote in recorded if vote.token_hash == self.token_hash), None)
        if used is None:
            return None
        if (used.ballot_id, used.partner_id, used.choice, used.cast_by_id) == (
            self.ballot_id,
            self.partner_id,
            self.choice,
            self.by.pk,
        ):
            return Receipt.of(used, is_repeat=True)
        raise TokenUsed(_("Dieses Formular wurde schon einmal verwendet. Bitte laden Sie die Seite neu."))

    def _slow_down(self, ballot: Ballot) -> None:
        """Limits changes only: a first vote is limited by the roll (decisions.md 12)."""
        key = f"ballot:{ballot.pk}:changes:{self.by.pk}"
        cache.add(key, 0, WINDOW_SECONDS)
        try:
            changes = cache.incr(key)
        except ValueError:
            changes = 1
        if changes > CHANGES_PER_WINDOW:
            raise TooManyCasts(
                _("Sie haben diese Stimme sehr oft geändert. Bitte warten Sie zehn Minuten; die letzte Stimme gilt.")
            )

    def _may_cast(self, ballot: Ballot, earlier: Vote | None, moment: datetime) -> eligibility.Eligible | Refused:
        """Ask the rules, with the facts as they are now, under the lock."""
        today = clock.today()
        entry = next(iter(_roll_entry(ballot=ballot.pk, partner=self.partner_id)), None)
        is_excluded, mark, holder = entry or (False, "", None)
        partners = [self.partner_id] if holder is None else [self.partner_id, holder]
        mandates = [
            (partner, *mandate)
            for partner in partners
            for mandate in _mandates(committee=ballot.committee_id, partner=partner, person=self.by.pk, on=today)
        ]
        me = str(self.by.pk)
        decision = eligibility.may_cast(
            Facts(
                person=me,
                partner=str(self.partner_id),
                on=today,
                at=moment,
                mandates=tuple(
                    Mandate(me, str(partner), Kind(kind), valid_from, valid_until)
                    for partner, kind, valid_from, valid_until in mandates
                ),
                ballot_state=ballot.state,
                deadline=ballot.deadline_at,
                is_on_roll=entry is not None,
                is_excluded=is_excluded,
                is_change_allowed=ballot.state != BallotState.OPEN or ballot.rules.is_change_allowed,
                earlier=_earlier(earlier),
                voted_by=str(holder) if holder else None,
                is_giver_first=ballot.state != BallotState.OPEN or ballot.rules.proxies.is_giver_first,
            )
        )
        if isinstance(decision, eligibility.Eligible) and (mark or not _has_voting_right(self.partner_id)):
            raise NotEntitled(
                _("Dieser Partner hat heute kein Stimmrecht mehr; für ihn kann niemand mehr abstimmen."),
                key="left",
            )
        if isinstance(decision, eligibility.Eligible) and decision.kind is Kind.PROXY and holder is not None:
            _must_hold(ballot, holder)
        return decision

    def _keep_late(
        self, ballot: Ballot, earlier: Vote | None, moment: datetime, decision: Refused
    ) -> DeadlinePassed | None:
        """Keep a first answer that came after the deadline of a circular ballot as late (reliability.md, Q9)."""
        is_late = (
            ballot.way == BallotWay.CIRCULAR
            and not secret.is_secret(ballot)
            and decision.key in ("closed", "deadline_passed")
            and ballot.state in (BallotState.OPEN, BallotState.CLOSED, BallotState.DECLARED)
            and ballot.close_cause in ("", CloseCause.DEADLINE)
            and ballot.deadline_at is not None
            and moment >= ballot.deadline_at
        )
        if not is_late or earlier is not None:
            return None
        self._must_fit(ballot)
        _late, is_new = LateAnswer.objects.get_or_create(
            ballot=ballot,
            partner_id=self.partner_id,
            defaults={"choice": self.choice, "person": self.by, "answered_at": moment},
        )
        if is_new:
            audit.record(by=self.by, action="ballot.answered_late", subject=ballot, partner=str(self.partner_id))
        return DeadlinePassed(
            _("Die Frist ist abgelaufen. Ihre Antwort ist als verspätet vermerkt und wird nicht gezählt."),
            key="deadline_passed",
        )


def _earlier(vote: Vote | None) -> Earlier | None:
    if vote is None:
        return None
    return Earlier(str(vote.cast_by_id), KIND_OF.get(vote.capacity, Kind.DELEGATE))


# As what somebody cast, for the rules; what the office entered counts like the delegate's own vote.
KIND_OF: dict[str, Kind] = {Capacity.DEPUTY: Kind.DEPUTY, Capacity.PROXY: Kind.PROXY}


def _must_hold(ballot: Ballot, holder: UUID) -> None:
    """Who is excluded or has lost its own vote casts none for others either (GmbHG § 47 (4)). Raises NotEntitled."""
    is_excluded, mark, _of = next(iter(_roll_entry(ballot=ballot.pk, partner=holder)), (True, "", None))
    if is_excluded or mark or not _has_voting_right(holder):
        raise NotEntitled(
            _("Der Partner, dem die Stimme übertragen ist, darf in dieser Abstimmung nicht mitstimmen."), key="holder"
        )


@Prepared
def _recorded(ballot: UUID, partner: UUID, token_hash: str) -> QuerySet[Vote]:
    mine = Q(ballot=ballot, partner=partner)
    return Vote.objects.filter(mine | Q(token_hash=token_hash)).order_by("-revision")[:50]


@Prepared
def _roll_entry(ballot: UUID, partner: UUID) -> QuerySet[Any, Any]:
    return (
        RollEntry.objects.filter(ballot=ballot, partner=partner)
        .order_by()
        .values_list("is_excluded", "mark", "voted_by")
    )


@Prepared
def _mandates(committee: UUID, partner: UUID, person: UUID, on: date) -> QuerySet[Any, Any]:
    mine = Delegate.objects.valid(on).filter(committee=committee, partner=partner, person=person)
    return mine.order_by().values_list("kind", "valid_from", "valid_until")


@Prepared
def _standing(partner: UUID, on: date) -> QuerySet[Any, Any]:
    facts = Standing.objects.valid(on).filter(
        partner=partner, fact__in=(Fact.STAGE, Fact.VOTING_RIGHT, Fact.SUSPENSION)
    )
    return facts.order_by().values_list("fact", "value")


@Prepared
def _somebody_missing(ballot: UUID) -> QuerySet[Any, Any]:
    return outstanding(ballot).order_by().values_list("pk")[:1]


def _has_voting_right(partner: UUID) -> bool:
    """Whether the partner is still a member with voting right, not suspended, today."""
    facts: dict[str, str] = dict(_standing(partner=partner, on=clock.today()))
    return (
        facts.get(Fact.STAGE) in MEMBER_STAGES
        and facts.get(Fact.VOTING_RIGHT) == YES
        and facts.get(Fact.SUSPENSION) != YES
    )


def _close_if_complete(ballot: Ballot) -> None:
    """A circular ballot ends when all have voted. For a very large roll the schedule finds that out."""
    if ballot.way == BallotWay.CIRCULAR and ballot.roll_size <= LARGE_ROLL and not _somebody_missing(ballot=ballot.pk):
        closing.finish(ballot, by=None, cause=CloseCause.COMPLETE)
