"""From a count to an outcome."""

from __future__ import annotations

from committees.rules.describe import majority_words
from committees.rules.rule_set import (
    Abstention,
    Binds,
    Choice,
    RuleError,
    Rules,
    Stage,
    StageAfter,
    Tie,
    Way,
)
from committees.rules.sentence import Sentence
from committees.rules.verdict.case import Case
from committees.rules.verdict.counts import NO_TALLIES, Count, Tallies
from committees.rules.verdict.majority import besides, is_tie, majority
from committees.rules.verdict.results import Condition, Outcome, Verdict
from committees.rules.verdict.turnout import procedure, taking_part


def decide(
    rules: Rules,
    count: Count,
    *,
    way: str,
    is_second_invitation: bool = False,
    objections: int = 0,
    chair_choice: str | None = None,
    is_chair_awaited: bool = False,
    tallies: Tallies = NO_TALLIES,
    number: int = 1,
) -> Verdict:
    """Apply the rules to a count. Pure: equal arguments, equal verdict.

    ``objections`` are objections to the circular procedure; ``is_second_invitation`` matters in a meeting only.
    ``chair_choice`` is what the chair's partner voted; where that vote is to break a tie and was not yes or no,
    the tie is a rejection (VwVfG § 91). With ``is_chair_awaited`` a chair that has not voted decides apart, and
    until then it is a tie. ``number`` counts the ballots on the matter, this one included: the rules of its stage
    apply, and where another stage follows, what is not adopted stays undecided.
    Raises ``RuleError`` where the rules allow no circular ballot or no abstention, and there is one; ``ValueError``
    where ``tallies`` lack a count the rules ask for.
    """
    case = Case(rules.at_ballot(number), count, Way(way), tallies)
    chair = None if chair_choice is None else Choice(chair_choice)
    _must_be_possible(case)
    conditions = procedure(case, objections)
    if not all(condition.is_met for condition in conditions):
        return Verdict(Outcome.STOPPED, tuple(conditions), count)
    conditions += taking_part(case, is_second_invitation=is_second_invitation)
    if not all(condition.is_met for condition in conditions):
        return Verdict(Outcome.NO_QUORUM, tuple(conditions), count)

    outcome, reasons = _voted(case, chair, is_chair_awaited)
    conditions += reasons
    stage = rules.next_stage(number)
    if stage is not None and _leads_on(case, stage, outcome):
        outcome = Outcome.UNDECIDED
        conditions.append(_another_ballot(rules, number, stage))
    if outcome is Outcome.ADOPTED and case.rules.binds is Binds.AGREEING:
        conditions.append(_binds(case))
    return Verdict(outcome, tuple(conditions), count)


def _must_be_possible(case: Case) -> None:
    if case.is_circular and not case.rules.circular.is_allowed:
        raise RuleError(
            "Diese Verfahrensregeln lassen keinen Umlaufbeschluss zu.",
            "These rules of procedure allow no circular ballot.",
        )
    if case.rules.abstention is Abstention.FORBIDDEN and case.count.abstained:
        raise RuleError(
            "Diese Verfahrensregeln lassen keine Enthaltung zu.",
            "These rules of procedure allow no abstention.",
        )


def _voted(case: Case, chair: Choice | None, is_chair_awaited: bool) -> tuple[Outcome, list[Condition]]:
    """What the votes say, with every condition, met or not. The tie rule speaks where nothing else is missing."""
    decided, others = majority(case), besides(case)
    is_all_else_met = all(other.is_met for other in others)
    if decided.is_met and is_all_else_met:
        return Outcome.ADOPTED, [decided, *others]
    if is_all_else_met and is_tie(case):
        outcome, broken = _break_tie(case, chair, is_chair_awaited)
        return outcome, [decided, *others, broken]
    return Outcome.REJECTED, [decided, *others]


def _break_tie(case: Case, chair: Choice | None, is_chair_awaited: bool) -> tuple[Outcome, Condition]:
    """What the rules make of equal votes."""
    if case.rules.tie is Tie.NEW_BALLOT:
        outcome, end = (
            Outcome.TIE,
            Sentence("Es wird neu abgestimmt", "a new ballot is held"),
        )
    elif case.rules.tie is Tie.REJECTED:
        outcome, end = (
            Outcome.REJECTED,
            Sentence("Das gilt als Ablehnung", "this counts as a rejection"),
        )
    elif chair is Choice.YES:
        outcome, end = (
            Outcome.ADOPTED,
            Sentence("Die Stimme des Vorsitzes (Ja) entscheidet", "the chair's vote (yes) decides"),
        )
    elif chair is Choice.NO:
        outcome, end = (
            Outcome.REJECTED,
            Sentence("Die Stimme des Vorsitzes (Nein) entscheidet", "the chair's vote (no) decides"),
        )
    elif is_chair_awaited and chair is None:
        outcome, end = (
            Outcome.TIE,
            Sentence("Die Entscheidung des Vorsitzes steht noch aus", "the chair has not decided yet"),
        )
    else:
        outcome, end = (
            Outcome.REJECTED,
            Sentence(
                "Der Vorsitz hat weder mit Ja noch mit Nein gestimmt, das gilt als Ablehnung",
                "the chair voted neither yes nor no, this counts as a rejection",
            ),
        )
    each, of = case.heard.no, case.count.electorate
    sentence = Sentence(
        f"Stimmengleichheit, je {each}: {end.de}.",
        f"The votes are equal, {each} each: {end.en}.",
    )
    return outcome, Condition("tie", outcome is Outcome.ADOPTED, sentence, actual=each, needed=each + 1, of=of)


def _leads_on(case: Case, stage: Stage, outcome: Outcome) -> bool:
    """Whether the stage begins after a ballot that ended so; a tie that awaits the chair has not ended."""
    if outcome is Outcome.TIE:
        return case.rules.tie is not Tie.CHAIR
    return outcome is Outcome.REJECTED and stage.after is StageAfter.NOT_ADOPTED


def _another_ballot(rules: Rules, number: int, stage: Stage) -> Condition:
    """Which ballot follows, when, and what is needed in it."""
    following = number + 1
    is_stage_next = stage.from_ballot == following
    days = stage.wait_days if is_stage_next else 0
    when = (
        Sentence(
            f", frühestens {'1 Tag' if days == 1 else f'{days} Tage'} nach diesem",
            f", {'1 day' if days == 1 else f'{days} days'} after this one at the earliest",
        )
        if days
        else Sentence("", "")
    )
    asked = majority_words(rules.at_ballot(following))
    how = Sentence("dann gilt", "then") if is_stage_next else Sentence("es gilt weiter", "as before")
    sentence = Sentence(
        f"Es folgt der {following}. Wahlgang{when.de}; {how.de}: {asked.de}",
        f"Ballot number {following} follows{when.en}; {how.en}: {asked.en}",
    )
    last = max(later.from_ballot for later in rules.stages)
    return Condition("stage", False, sentence, actual=number, needed=following, of=last)


def _binds(case: Case) -> Condition:
    yes, of = case.heard.yes, case.heard.electorate
    part = case.words.part(yes, of)
    sentence = Sentence(
        f"Der Beschluss bindet nur, wer zugestimmt hat: {part.de}.",
        f"The resolution binds only those who agreed: {part.en}.",
    )
    return Condition("binds", True, sentence, actual=yes, needed=0, of=of)
