"""Whether a ballot can decide at all: the circular procedure, the quorum, and who must take part."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from committees.rules.rule_set import Compare, MajorityKind, Missing, Named, QuorumOf, Share, Turnout
from committees.rules.sentence import Sentence, were
from committees.rules.verdict.case import Case
from committees.rules.verdict.results import Condition
from committees.rules.verdict.words import Verb, objections_words

EVERYBODY: Final = Turnout(Share(Compare.AT_LEAST, Fraction(1)))

_QUORUM: Final = {
    True: Sentence("beschlussfähig", "quorum reached"),
    False: Sentence("nicht beschlussfähig", "quorum missed"),
}
_FLOOR: Final = {
    True: Sentence("Mindestteilnahme erreicht", "participation floor reached"),
    False: Sentence("Mindestteilnahme verfehlt", "participation floor missed"),
}
_PROCEDURE: Final = {
    True: Sentence("das Verfahren ist zulässig", "the procedure stands"),
    False: Sentence("ohne Sitzung kein Beschluss", "no resolution without a meeting"),
}
_AGREED: Final = Verb(
    Sentence("hat dem Umlauf zugestimmt", "agreed to the circular procedure"),
    Sentence("haben dem Umlauf zugestimmt", "agreed to the circular procedure"),
)


def procedure(case: Case, objections: int) -> list[Condition]:
    """Whether the circular procedure stands: few enough object and enough agree, where the rules ask for it."""
    if objections < 0:
        raise ValueError("A number of objections is never negative.")
    circular, conditions = case.rules.circular, []
    if not case.is_circular:
        return []
    if circular.objections_to_stop is not None:
        conditions.append(_objections(case, objections, circular.objections_to_stop))
    if circular.consent.is_asked:
        if not 0 <= case.tallies.consents <= case.count.electorate:
            raise ValueError("Only partners entitled to vote can agree to the procedure.")
        # Who votes agrees to deciding this way.
        consents = max(case.tallies.consents, case.count.cast)
        conditions.append(_turnout("procedure", circular.consent, consents, case, _AGREED, _PROCEDURE))
    return conditions


def _objections(case: Case, objections: int, limit: int) -> Condition:
    is_met, number = objections < limit, objections_words(limit)
    if objections == 0:
        said = Sentence(
            "Kein Partner hat dem Umlaufverfahren widersprochen",
            "No partner objected to the circular procedure",
        )
    else:
        said = Sentence(
            f"{objections} Partner {'hat' if objections == 1 else 'haben'} dem Umlaufverfahren widersprochen",
            f"{objections} {'partner' if objections == 1 else 'partners'} objected to the circular procedure",
        )
    if is_met:
        end = Sentence(
            f"{number.de} {'hätte' if limit == 1 else 'hätten'} es beendet: das Verfahren bleibt zulässig",
            f"{number.en} would have stopped it: the procedure stands",
        )
    else:
        end = Sentence(
            f"{number.de} {'genügt' if limit == 1 else 'genügen'}: der Umlauf ist beendet",
            f"{number.en} {'is' if limit == 1 else 'are'} enough: the circular ballot is stopped",
        )
    sentence = Sentence(f"{said.de}, {end.de}.", f"{said.en}, {end.en}.")
    return Condition("objections", is_met, sentence, actual=objections, needed=limit, of=case.count.electorate)


def taking_part(case: Case, *, is_second_invitation: bool) -> list[Condition]:
    """Everything asked of taking part, met or not; a ballot decides only where all of it is."""
    quorum, conditions = case.rules.quorum, []
    if quorum.turnout.is_asked:
        conditions.append(_quorum(case, is_second_invitation))
    if quorum.is_chair_needed and not case.is_circular:
        conditions.append(_chair(case))
    conditions += [_partner(case, partner) for partner in quorum.partners]
    if case.is_circular:
        conditions += _circular(case)
    if not _can_decide(case):
        conditions.append(_nobody(case))
    return conditions


def _turnout(
    key: str, turnout: Turnout, actual: int, case: Case, verb: Verb, ends: Mapping[bool, Sentence]
) -> Condition:
    of = case.count.electorate
    needed = turnout.needed(of)
    is_met = actual >= needed
    head, did, was, end = case.words.part(actual, of), verb.of(actual), were(needed), ends[is_met]
    sentence = Sentence(
        f"{head.de} {did.de}, {needed} {was.de} nötig: {end.de}.",
        f"{head.en} {did.en}, {needed} {was.en} needed: {end.en}.",
    )
    return Condition(key, is_met, sentence, actual=actual, needed=needed, of=of)


def _quorum(case: Case, is_second_invitation: bool) -> Condition:
    is_attendance = case.is_attendance_known and case.rules.quorum.counts is QuorumOf.PRESENT
    actual = case.acting if is_attendance else case.count.cast
    verb = case.words.were_there if is_attendance else case.words.took_part
    lifted = _lifted(case, is_second_invitation)
    if lifted is None:
        return _turnout("quorum", case.rules.quorum.turnout, actual, case, verb, _QUORUM)
    of = case.count.electorate
    head, did = case.words.part(actual, of), verb.of(actual)
    sentence = Sentence(
        f"{head.de} {did.de}; {lifted.de} kommt es auf die Zahl nicht an: beschlussfähig.",
        f"{head.en} {did.en}; {lifted.en} the number does not matter: quorum reached.",
    )
    return Condition("quorum", True, sentence, actual=actual, needed=0, of=of)


def _lifted(case: Case, is_second_invitation: bool) -> Sentence | None:
    """Why the number does not matter in this meeting; None where it does."""
    quorum, waited = case.rules.quorum, case.tallies.minutes_waited or 0
    if case.is_circular:
        return None
    if is_second_invitation and quorum.is_lifted_by_second_invitation:
        return Sentence("nach der zweiten Einladung", "after the second invitation")
    if quorum.waits_minutes is not None and waited >= quorum.waits_minutes:
        minutes = "1 Minute" if waited == 1 else f"{waited} Minuten"
        minutes_en = "1 minute" if waited == 1 else f"{waited} minutes"
        return Sentence(f"nach {minutes} Wartezeit", f"after waiting {minutes_en}")
    return None


def _circular(case: Case) -> list[Condition]:
    """What a circular ballot asks besides the quorum."""
    circular, cast, took_part = case.rules.circular, case.count.cast, case.words.took_part
    conditions = []
    if circular.participation.is_asked:
        conditions.append(_turnout("participation", circular.participation, cast, case, took_part, _FLOOR))
    if circular.is_unanimity_needed:
        conditions.append(_turnout("participation", EVERYBODY, cast, case, took_part, _FLOOR))
    if circular.is_chair_needed:
        conditions.append(_chair(case))
    return conditions


def _chair(case: Case) -> Condition:
    is_met = bool(case.tallies.is_chair_there)
    end = (_FLOOR if case.is_circular else _QUORUM)[is_met]
    did = {
        (False, True): Sentence("ist anwesend", "is present"),
        (False, False): Sentence("ist nicht anwesend", "is not present"),
        (True, True): Sentence("hat abgestimmt", "voted"),
        (True, False): Sentence("hat nicht abgestimmt", "did not vote"),
    }[case.is_circular, is_met]
    sentence = Sentence(
        f"Der Vorsitz {did.de}, seine Teilnahme war nötig: {end.de}.",
        f"The chair {did.en}, its taking part was needed: {end.en}.",
    )
    return Condition("chair", is_met, sentence, actual=int(is_met), needed=1, of=1)


def _partner(case: Case, partner: Named) -> Condition:
    is_met = case.tallies.named.get(partner.partner) is not None
    if not case.is_entitled(partner):
        did = Sentence("ist nicht stimmberechtigt", "is not entitled to vote")
    elif is_met:
        did = Sentence("hat abgestimmt", "voted")
    else:
        did = Sentence("hat nicht abgestimmt", "did not vote")
    sentence = Sentence(
        f"{partner.name} {did.de}, die Teilnahme war nötig: {_QUORUM[is_met].de}.",
        f"{partner.name} {did.en}, taking part was needed: {_QUORUM[is_met].en}.",
    )
    return Condition("partner", is_met, sentence, actual=int(is_met), needed=1, of=1)


def _can_decide(case: Case) -> bool:
    """Whether a vote was cast, or none is needed because silence is consent or only objections count."""
    is_silence_enough = case.rules.majority.kind is MajorityKind.NO_OBJECTION or (
        case.is_circular and case.rules.missing is Missing.CONSENT
    )
    return bool(case.count.cast or (case.count.electorate and is_silence_enough))


def _nobody(case: Case) -> Condition:
    none = case.words.none
    sentence = (
        Sentence(
            f"{none.de}, mindestens 1 war nötig: kein Beschluss.",
            f"{none.en}, at least 1 was needed: no resolution.",
        )
        if case.count.electorate
        else Sentence("Kein Partner ist stimmberechtigt: kein Beschluss.", "No partner may vote: no resolution.")
    )
    return Condition("any_vote", False, sentence, actual=0, needed=1, of=case.count.electorate)
