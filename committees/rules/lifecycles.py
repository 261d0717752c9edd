"""The lives of a ballot, a meeting, a motion and its referrals, as tables of data (``domain.md`` 4 and 5).

One service walks a table, the page draws its buttons from it, and a step that is not in the table does not
exist. ``who`` names roles (``system`` acts by itself), ``needs`` names facts the service must establish first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from committees.rules.sentence import Sentence


class BallotState(StrEnum):
    """Where a ballot stands."""

    DRAFT = "draft"
    OPEN = "open"
    COUNTING = "counting"
    CLOSED = "closed"
    DECLARED = "declared"
    STOPPED = "stopped"
    ANNULLED = "annulled"
    DISPUTED = "disputed"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    DRAFT = "draft"
    INVITED = "invited"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReferralState(StrEnum):
    """Where the treatment of a motion in one committee stands."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    IN_VOTE = "in_vote"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    NOTED = "noted"
    DEFERRED = "deferred"


class ReferralRole(StrEnum):
    """What a committee does with a motion."""

    RECOMMENDS = "recommends"
    DECIDES = "decides"
    TOLD = "told"


class MotionState(StrEnum):
    """Where a motion stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_TREATMENT = "in_treatment"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    IMPLEMENTED = "implemented"


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed step: from where to where, under which name, who may take it and what it needs."""

    from_: str
    to: str
    verb: Sentence
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    is_derived: bool = False


Table = tuple[Step, ...]

CHAIR = ("chair", "deputy_chair")
OFFICE = ("managing_office", "secretary")
SYSTEM = ("system",)

_B = BallotState
BALLOT: Table = (
    Step(
        _B.DRAFT,
        _B.OPEN,
        Sentence("Abstimmung eröffnen", "Open the ballot"),
        CHAIR + OFFICE,
        ("motion_text", "rules", "roll", "deadline_if_circular"),
        ("delegates",),
    ),
    Step(
        _B.OPEN,
        _B.CLOSED,
        Sentence("Abstimmung schließen", "Close the ballot"),
        CHAIR + OFFICE + SYSTEM,
        # decisions.md 7: the chair of a meeting at any time; a circular ballot only at its deadline,
        # when all have voted, or with reason and a second person.
        ("chair_of_meeting_or_deadline_or_all_voted_or_reason_and_second_person",),
    ),
    # A secret ballot: the papers are shuffled, and sealed ones wait for the two tellers.
    Step(
        _B.OPEN,
        _B.COUNTING,
        Sentence("Geheime Abstimmung schließen", "Close the secret ballot"),
        CHAIR + OFFICE + SYSTEM,
        ("is_secret", "chair_of_meeting_or_deadline_or_all_voted_or_reason_and_second_person"),
        ("tellers",),
    ),
    Step(
        _B.COUNTING,
        _B.CLOSED,
        Sentence("Stimmzettel auszählen", "Count the papers"),
        ("teller", *SYSTEM),
        ("papers_as_many_as_participations", "both_passphrases_if_sealed"),
    ),
    Step(
        _B.COUNTING,
        _B.DISPUTED,
        Sentence("Ergebnis anfechten", "Dispute the result"),
        SYSTEM,
        ("recount_differs",),
        CHAIR + OFFICE,
    ),
    # A passphrase is lost: nobody can count.
    Step(
        _B.COUNTING,
        _B.ANNULLED,
        Sentence("Abstimmung aufheben", "Annul the ballot"),
        CHAIR + OFFICE,
        ("reason", "second_person"),
        ("delegates",),
    ),
    Step(
        _B.OPEN,
        _B.STOPPED,
        Sentence("Umlauf nach Widerspruch beenden", "Stop the circular ballot after objection"),
        SYSTEM,
        ("is_circular", "objections_reached"),
        ("delegates", "managing_office"),
    ),
    Step(
        _B.OPEN,
        _B.ANNULLED,
        Sentence("Abstimmung aufheben", "Annul the ballot"),
        CHAIR + OFFICE,
        ("reason", "second_person"),
        ("delegates",),
    ),
    Step(
        _B.CLOSED,
        _B.DECLARED,
        Sentence("Ergebnis feststellen", "Declare the result"),
        CHAIR + OFFICE,
        ("verdict", "recount_agrees"),
        ("all_partners",),
    ),
    Step(
        _B.CLOSED,
        _B.DISPUTED,
        Sentence("Ergebnis anfechten", "Dispute the result"),
        SYSTEM,
        ("recount_differs",),
        CHAIR + OFFICE,
    ),
    Step(
        _B.CLOSED,
        _B.ANNULLED,
        Sentence("Abstimmung aufheben", "Annul the ballot"),
        CHAIR + OFFICE,
        ("reason", "second_person"),
        ("delegates",),
    ),
    # A disputed count is never declared: the only way on is to annul it and vote anew.
    Step(
        _B.DISPUTED,
        _B.ANNULLED,
        Sentence("Abstimmung aufheben", "Annul the ballot"),
        CHAIR + OFFICE,
        ("reason", "second_person"),
        ("delegates",),
    ),
)

_M = MeetingState
MEETING: Table = (
    Step(
        _M.DRAFT,
        _M.INVITED,
        Sentence("Einladung versenden", "Send the invitation"),
        CHAIR + OFFICE,
        ("time", "place_or_link", "agenda", "notice_period_or_waiver"),
        ("delegates", "deputies"),
    ),
    Step(
        _M.INVITED,
        _M.RUNNING,
        Sentence("Sitzung eröffnen", "Open the meeting"),
        CHAIR + OFFICE,
        ("meeting_day",),
    ),
    Step(
        _M.RUNNING,
        _M.CLOSED,
        Sentence("Sitzung schließen", "Close the meeting"),
        CHAIR + OFFICE,
        ("no_open_ballot",),
    ),
    Step(_M.DRAFT, _M.CANCELLED, Sentence("Sitzung verwerfen", "Discard the meeting"), CHAIR + OFFICE),
    Step(
        _M.INVITED,
        _M.CANCELLED,
        Sentence("Sitzung absagen", "Cancel the meeting"),
        CHAIR + OFFICE,
        ("reason",),
        ("delegates", "deputies"),
    ),
)

_R = ReferralState
REFERRAL: Table = (
    Step(
        _R.WAITING,
        _R.SCHEDULED,
        Sentence("Auf die Tagesordnung setzen", "Put on the agenda"),
        CHAIR + OFFICE,
        ("agenda_item_or_circular", "earlier_referrals_finished"),
    ),
    Step(
        _R.SCHEDULED,
        _R.IN_VOTE,
        Sentence("Zur Abstimmung stellen", "Put to the vote"),
        CHAIR + OFFICE,
        ("ballot_opened",),
    ),
    Step(
        _R.SCHEDULED,
        _R.NOTED,
        Sentence("Zur Kenntnis nehmen", "Take note"),
        CHAIR + OFFICE,
        ("role_told",),
    ),
    Step(_R.SCHEDULED, _R.DEFERRED, Sentence("Vertagen", "Defer"), CHAIR + OFFICE, ("reason",)),
    Step(
        _R.DEFERRED,
        _R.SCHEDULED,
        Sentence("Wieder auf die Tagesordnung setzen", "Put on the agenda again"),
        CHAIR + OFFICE,
        ("agenda_item_or_circular",),
    ),
    Step(
        _R.IN_VOTE,
        _R.RECOMMENDED,
        Sentence("Empfehlen", "Recommend"),
        SYSTEM,
        ("role_recommends", "resolution_declared"),
        ("next_committee",),
    ),
    Step(
        _R.IN_VOTE,
        _R.NOT_RECOMMENDED,
        Sentence("Nicht empfehlen", "Not recommend"),
        SYSTEM,
        ("role_recommends", "resolution_declared"),
        ("next_committee",),
    ),
    Step(
        _R.IN_VOTE,
        _R.ADOPTED,
        Sentence("Annehmen", "Adopt"),
        SYSTEM,
        ("role_decides", "resolution_declared"),
        ("earlier_committees",),
    ),
    Step(
        _R.IN_VOTE,
        _R.REJECTED,
        Sentence("Ablehnen", "Reject"),
        SYSTEM,
        ("role_decides", "resolution_declared"),
        ("earlier_committees",),
    ),
    Step(
        _R.IN_VOTE,
        _R.NOTED,
        Sentence("Zur Kenntnis nehmen", "Take note"),
        SYSTEM,
        ("role_told", "resolution_declared"),
    ),
    # No quorum, a tie with a new ballot, a stopped circular vote, an annulled ballot.
    Step(
        _R.IN_VOTE,
        _R.SCHEDULED,
        Sentence("Erneut auf die Tagesordnung setzen", "Put on the agenda once more"),
        SYSTEM,
        ("ballot_without_resolution",),
    ),
    # The resolution was declared invalid.
    *(
        Step(
            settled,
            _R.SCHEDULED,
            Sentence("Erneut beraten", "Treat once more"),
            SYSTEM,
            ("resolution_annulled",),
            ("all_partners",),
        )
        for settled in (_R.RECOMMENDED, _R.NOT_RECOMMENDED, _R.ADOPTED, _R.REJECTED)
    ),
)

_V = MotionState
MOTION: Table = (
    Step(
        _V.DRAFT,
        _V.SUBMITTED,
        Sentence("Vorlage einreichen", "Submit the motion"),
        ("delegate", "managing_office"),
        ("title", "text", "referral"),
        ("managing_office",),
    ),
    Step(
        _V.DRAFT,
        _V.WITHDRAWN,
        Sentence("Entwurf verwerfen", "Discard the draft"),
        ("delegate", "managing_office"),
    ),
    Step(
        _V.SUBMITTED,
        _V.IN_TREATMENT,
        Sentence("Beratung aufnehmen", "Take up the motion"),
        SYSTEM,
        ("referral_left_waiting",),
        is_derived=True,
    ),
    Step(
        _V.SUBMITTED,
        _V.WITHDRAWN,
        Sentence("Vorlage zurückziehen", "Withdraw the motion"),
        ("delegate", "managing_office"),
        ("reason",),
        ("committees_concerned",),
    ),
    Step(
        _V.SUBMITTED,
        _V.LAPSED,
        Sentence("Vorlage für erledigt erklären", "Let the motion lapse"),
        OFFICE,
        ("reason",),
        ("committees_concerned",),
    ),
    Step(
        _V.IN_TREATMENT,
        _V.ADOPTED,
        Sentence("Annehmen", "Adopt"),
        SYSTEM,
        ("every_deciding_referral_adopted",),
        is_derived=True,
    ),
    Step(
        _V.IN_TREATMENT,
        _V.REJECTED,
        Sentence("Ablehnen", "Reject"),
        SYSTEM,
        ("a_deciding_referral_rejected",),
        is_derived=True,
    ),
    Step(
        _V.IN_TREATMENT,
        _V.WITHDRAWN,
        Sentence("Vorlage zurückziehen", "Withdraw the motion"),
        ("delegate", "managing_office"),
        ("reason", "no_open_ballot"),
        ("committees_concerned",),
    ),
    Step(
        _V.IN_TREATMENT,
        _V.LAPSED,
        Sentence("Vorlage für erledigt erklären", "Let the motion lapse"),
        OFFICE,
        ("reason", "no_open_ballot"),
        ("committees_concerned",),
    ),
    *(
        Step(
            decided,
            _V.IN_TREATMENT,
            Sentence("Erneut beraten", "Treat once more"),
            SYSTEM,
            ("resolution_annulled",),
            is_derived=True,
        )
        for decided in (_V.ADOPTED, _V.REJECTED)
    ),
    Step(
        _V.ADOPTED,
        _V.IMPLEMENTED,
        Sentence("Als umgesetzt melden", "Report as implemented"),
        ("managing_office", "product_manager"),
        (),
        ("committees_concerned",),
    ),
)


def allowed(table: Table, from_: str, to: str) -> Step | None:
    """The step from one state to another, or None where the table has none."""
    return next((step for step in table if step.from_ == from_ and step.to == to), None)


def steps_from(table: Table, from_: str) -> tuple[Step, ...]:
    """Every step that leaves a state, in the order of the table."""
    return tuple(step for step in table if step.from_ == from_)


def final_states(table: Table) -> frozenset[str]:
    """The states nothing leads out of."""
    return frozenset(step.to for step in table) - frozenset(step.from_ for step in table)


def motion_state(referral_states: Iterable[str], roles: Sequence[str] | None = None) -> MotionState:
    """The state of a submitted motion, which follows from its referrals.

    ``roles`` gives the role of each referral in the same order; without it, the outcome tells the role.
    Every deciding committee must adopt (DIPAS path); one rejection rejects. A committee that recommends or is
    only told never decides. Drafts, withdrawn, lapsed and implemented motions are set by people, not here.
    """
    states = [ReferralState(state) for state in referral_states]
    if roles is not None and len(roles) != len(states):
        raise ValueError("One role per referral.")
    if not states or all(state is ReferralState.WAITING for state in states):
        return MotionState.SUBMITTED
    if roles is None:
        silent = (ReferralState.RECOMMENDED, ReferralState.NOT_RECOMMENDED, ReferralState.NOTED)
        deciding = [state for state in states if state not in silent]
    else:
        deciding = [
            state for state, role in zip(states, roles, strict=True) if ReferralRole(role) is ReferralRole.DECIDES
        ]
    if ReferralState.REJECTED in deciding:
        return MotionState.REJECTED
    if deciding and all(state is ReferralState.ADOPTED for state in deciding):
        return MotionState.ADOPTED
    return MotionState.IN_TREATMENT
