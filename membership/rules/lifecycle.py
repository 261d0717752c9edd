"""The life of a partner in a partnership, from first enquiry to last day, as a table of data.

``domain.md`` 3 and ``facts.md`` 7. One service walks the table: it stores who took a step, when, why and with
which document. ``who`` names roles (``system`` acts by itself, ``prospect`` is the body that wants to join),
``needs`` names facts to establish first, ``tells`` names who hears of it. Suspension is no stage.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from membership.rules.sentence import Sentence


class Stage(StrEnum):
    """The stage of membership of a partner."""

    LEAD = "lead"
    ADVISING = "advising"
    LETTER_OF_INTENT = "letter_of_intent"
    APPLIED = "applied"
    ADMITTED = "admitted"
    SIGNING = "signing"
    ACTIVE = "active"
    NOTICE_GIVEN = "notice_given"
    SETTLING = "settling"
    ENDED = "ended"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    EXCLUDED = "excluded"


class Fact(StrEnum):
    """What a step may need before it can be taken."""

    ANSWER_LOGGED = "answer_logged"
    LETTER_FILED = "letter_filed"
    EXPIRY_DATE = "expiry_date"
    EXPIRY_PASSED = "expiry_passed"
    APPLICATION_COMPLETE = "application_complete"
    PUBLIC_BODY = "public_body"
    RESOLUTION_ADOPTED = "resolution_adopted"
    RESOLUTION_REJECTED = "resolution_rejected"
    REASON = "reason"
    AGREEMENT_SENT = "agreement_sent"
    BOTH_SIGNED = "both_signed"
    START_DATE_REACHED = "start_date_reached"
    NOTICE_FILED = "notice_filed"
    END_DATE_COMPUTED = "end_date_computed"
    END_DATE_REACHED = "end_date_reached"
    NOTHING_OPEN = "nothing_open"
    EXCLUSION_RESOLUTION = "exclusion_resolution"


STAGES: dict[Stage, Sentence] = {
    Stage.LEAD: Sentence("Interesse", "Lead"),
    Stage.ADVISING: Sentence("Beratung", "Advising"),
    Stage.LETTER_OF_INTENT: Sentence("Absichtserklärung", "Letter of intent"),
    Stage.APPLIED: Sentence("Antrag gestellt", "Applied"),
    Stage.ADMITTED: Sentence("Aufnahme beschlossen", "Admitted"),
    Stage.SIGNING: Sentence("Unterzeichnung", "Signing"),
    Stage.ACTIVE: Sentence("Partner", "Active"),
    Stage.NOTICE_GIVEN: Sentence("Gekündigt", "Notice given"),
    Stage.SETTLING: Sentence("Auseinandersetzung", "Settling"),
    Stage.ENDED: Sentence("Ausgeschieden", "Ended"),
    Stage.DEFERRED: Sentence("Zurückgestellt", "Deferred"),
    Stage.REJECTED: Sentence("Abgelehnt", "Rejected"),
    Stage.WITHDRAWN: Sentence("Zurückgezogen", "Withdrawn"),
    Stage.LAPSED: Sentence("Verfallen", "Lapsed"),
    Stage.EXCLUDED: Sentence("Ausgeschlossen", "Excluded"),
}

# Rights run to the end date, so a partner under notice is still a member, and so is one whose end is settled
# only in money terms until that date; from SETTLING on the end date has passed.
MEMBER_STAGES = frozenset({Stage.ACTIVE, Stage.NOTICE_GIVEN})
PRODUCT = ("product_manager",)
OFFICE = ("managing_office", "product_manager")
SYSTEM = ("system",)


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed step of a partner's life."""

    from_: Stage
    to: Stage
    verb: Sentence
    who: tuple[str, ...]
    needs: tuple[Fact, ...] = ()
    tells: tuple[str, ...] = ()

    def missing(self, facts: Collection[str]) -> tuple[Fact, ...]:
        """The facts this step needs that are not established."""
        return tuple(fact for fact in self.needs if fact not in facts)


def _withdrawals(*stages: Stage) -> tuple[Step, ...]:
    return tuple(
        Step(
            stage,
            Stage.WITHDRAWN,
            Sentence("Zurückziehen", "Withdraw"),
            ("prospect", *OFFICE),
            (Fact.REASON,),
            ("product_manager",),
        )
        for stage in stages
    )


_S = Stage
STEPS: tuple[Step, ...] = (
    Step(
        _S.LEAD,
        _S.ADVISING,
        Sentence("Beratung aufnehmen", "Start advising"),
        PRODUCT,
        (Fact.ANSWER_LOGGED,),
        ("prospect",),
    ),
    Step(_S.LEAD, _S.LAPSED, Sentence("Verfallen lassen", "Let lapse"), PRODUCT, (Fact.REASON,)),
    Step(
        _S.ADVISING,
        _S.LETTER_OF_INTENT,
        Sentence("Absichtserklärung ablegen", "File the letter of intent"),
        OFFICE,
        (Fact.LETTER_FILED, Fact.EXPIRY_DATE),
        ("prospect",),
    ),
    Step(
        _S.ADVISING,
        _S.APPLIED,
        Sentence("Antrag stellen", "Apply"),
        ("prospect", *OFFICE),
        (Fact.APPLICATION_COMPLETE, Fact.PUBLIC_BODY),
        ("managing_office", "prospect"),
    ),
    Step(_S.ADVISING, _S.LAPSED, Sentence("Verfallen lassen", "Let lapse"), PRODUCT, (Fact.REASON,)),
    Step(
        _S.LETTER_OF_INTENT,
        _S.APPLIED,
        Sentence("Antrag stellen", "Apply"),
        ("prospect", *OFFICE),
        (Fact.APPLICATION_COMPLETE, Fact.PUBLIC_BODY),
        ("managing_office", "prospect"),
    ),
    Step(
        _S.LETTER_OF_INTENT,
        _S.LAPSED,
        Sentence("Verfallen", "Lapse"),
        SYSTEM,
        (Fact.EXPIRY_PASSED,),
        ("prospect", "product_manager"),
    ),
    Step(
        _S.APPLIED,
        _S.ADMITTED,
        Sentence("Aufnehmen", "Admit"),
        SYSTEM,
        (Fact.RESOLUTION_ADOPTED,),
        ("prospect", "managing_office"),
    ),
    Step(
        _S.APPLIED,
        _S.REJECTED,
        Sentence("Ablehnen", "Reject"),
        SYSTEM,
        (Fact.RESOLUTION_REJECTED,),
        ("prospect", "managing_office"),
    ),
    Step(
        _S.APPLIED,
        _S.DEFERRED,
        Sentence("Zurückstellen", "Defer"),
        OFFICE,
        (Fact.REASON,),
        ("prospect",),
    ),
    Step(
        _S.DEFERRED,
        _S.APPLIED,
        Sentence("Wieder aufnehmen", "Take up again"),
        ("prospect", *OFFICE),
        (Fact.APPLICATION_COMPLETE, Fact.PUBLIC_BODY),
        ("managing_office",),
    ),
    Step(
        _S.DEFERRED,
        _S.LAPSED,
        Sentence("Verfallen lassen", "Let lapse"),
        OFFICE,
        (Fact.REASON,),
        ("prospect",),
    ),
    Step(
        _S.ADMITTED,
        _S.SIGNING,
        Sentence("Vereinbarung versenden", "Send the agreement"),
        OFFICE,
        (Fact.AGREEMENT_SENT,),
        ("prospect",),
    ),
    Step(
        _S.SIGNING,
        _S.ACTIVE,
        Sentence("Partnerschaft beginnen", "Start the partnership"),
        ("system", *OFFICE),
        (Fact.BOTH_SIGNED, Fact.START_DATE_REACHED),
        ("prospect", "managing_office", "all_partners"),
    ),
    Step(
        _S.SIGNING,
        _S.LAPSED,
        Sentence("Verfallen lassen", "Let lapse"),
        OFFICE,
        (Fact.REASON,),
        ("prospect",),
    ),
    Step(
        _S.ACTIVE,
        _S.NOTICE_GIVEN,
        Sentence("Kündigung erfassen", "Record the notice"),
        ("partner_admin", *OFFICE),
        (Fact.NOTICE_FILED, Fact.END_DATE_COMPUTED),
        ("managing_office", "partner_admin"),
    ),
    Step(
        _S.NOTICE_GIVEN,
        _S.ACTIVE,
        Sentence("Kündigung zurücknehmen", "Take the notice back"),
        OFFICE,
        (Fact.REASON,),
        ("managing_office", "partner_admin"),
    ),
    Step(
        _S.NOTICE_GIVEN,
        _S.SETTLING,
        Sentence("Auseinandersetzung beginnen", "Start the settlement"),
        ("system", *OFFICE),
        (Fact.END_DATE_REACHED,),
        ("partner_admin",),
    ),
    Step(
        _S.NOTICE_GIVEN,
        _S.ENDED,
        Sentence("Ausscheiden", "Leave"),
        ("system", *OFFICE),
        (Fact.END_DATE_REACHED, Fact.NOTHING_OPEN),
        ("partner_admin", "all_partners"),
    ),
    Step(
        _S.SETTLING,
        _S.ENDED,
        Sentence("Auseinandersetzung abschließen", "Finish the settlement"),
        OFFICE,
        (Fact.NOTHING_OPEN,),
        ("partner_admin", "all_partners"),
    ),
    *(
        Step(
            stage,
            _S.EXCLUDED,
            Sentence("Ausschließen", "Exclude"),
            SYSTEM,
            (Fact.EXCLUSION_RESOLUTION,),
            ("partner_admin", "managing_office", "all_partners"),
        )
        for stage in (_S.ACTIVE, _S.NOTICE_GIVEN)
    ),
    *_withdrawals(_S.LEAD, _S.ADVISING, _S.LETTER_OF_INTENT, _S.APPLIED, _S.DEFERRED, _S.ADMITTED, _S.SIGNING),
)


def allowed_steps(stage: str) -> tuple[Step, ...]:
    """Every step that leaves a stage, in the order of the table."""
    return tuple(step for step in STEPS if step.from_ == stage)


def allowed(from_: str, to: str) -> Step | None:
    """The step from one stage to another, or None where the table has none."""
    return next((step for step in STEPS if step.from_ == from_ and step.to == to), None)
