"""What the votes say: the majority, and what must be true besides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from committees.rules.rule_set import Also, AlsoKind, Base, Choice, MajorityKind, Named
from committees.rules.sentence import Sentence, were
from committees.rules.verdict.case import Case
from committees.rules.verdict.results import Condition
from committees.rules.verdict.words import NOTHING, in_key, objections_words

_MAJORITY: Final = {
    True: Sentence("Mehrheit erreicht", "majority reached"),
    False: Sentence("Mehrheit verfehlt", "majority missed"),
}
_SECOND: Final = {
    True: Sentence("zweite Bedingung erfüllt", "second condition met"),
    False: Sentence("zweite Bedingung verfehlt", "second condition missed"),
}


def majority(case: Case) -> Condition:
    """Whether so many said yes as the rules ask for, or so few no."""
    asked = case.rules.majority
    if case.must_all_agree:
        return _yes_of(case, Base.ROLL, max(1, case.count.electorate), "majority", _MAJORITY)
    if asked.kind is MajorityKind.NO_OBJECTION:
        return _no_objection(case)
    if asked.kind is MajorityKind.SIMPLE:
        return _more_yes(case, "majority", _MAJORITY)
    base = case.base(case.rules.base)
    needed = max(1, base) if asked.share is None else asked.share.needed(base)
    return _yes_of(case, case.rules.base, needed, "majority", _MAJORITY)


def is_tie(case: Case) -> bool:
    """Whether the votes are equal so that the tie rule speaks."""
    yes, no = case.heard.yes, case.heard.no
    is_equal = 0 < yes == no and case.base(case.rules.base) == yes + no
    return is_equal and case.rules.can_tie and not case.must_all_agree


def besides(case: Case) -> list[Condition]:
    """What must be true besides the majority: the least number of yes votes, and every second condition."""
    conditions = [] if case.rules.majority.minimum_yes is None else [_minimum_yes(case)]
    return conditions + [_SECONDS[also.kind](case, also) for also in case.rules.also]


# The majority and its like


def _more_yes(case: Case, key: str, ends: Mapping[bool, Sentence]) -> Condition:
    """More yes than no."""
    words, yes, no = case.words, case.heard.yes, case.heard.no
    needed = no + 1
    head, said, was, end = words.number(yes), words.said.of(yes), were(needed), ends[yes >= needed]
    silent = _silent(case)
    sentence = Sentence(
        f"{head.de} {said.de} {words.yes.de}{silent.de} und {no} {words.no.de}, {needed} Ja {was.de} nötig: {end.de}.",
        f"{head.en} {said.en} {words.yes.en}{silent.en} and {no} {words.no.en}, "
        f"{needed} yes {was.en} needed: {end.en}.",
    )
    return Condition(key, yes >= needed, sentence, yes, needed, yes + no)


def _yes_of(case: Case, base: Base, needed: int, key: str, ends: Mapping[bool, Sentence]) -> Condition:
    """So many yes of a base."""
    words, yes, of = case.words, case.heard.yes, case.base(base)
    head, said, was, end = words.part(yes, of, base), words.said.of(yes), were(needed), ends[yes >= needed]
    silent = _silent(case)
    sentence = Sentence(
        f"{head.de} {said.de} {words.yes.de}{silent.de}, {needed} {was.de} nötig: {end.de}.",
        f"{head.en} {said.en} {words.yes.en}{silent.en}, {needed} {was.en} needed: {end.en}.",
    )
    return Condition(key, yes >= needed, sentence, yes, needed, of)


def _silent(case: Case) -> Sentence:
    """How many of the yes votes are silence."""
    number = case.heard.yes - case.count.yes
    if not number:
        return NOTHING
    return Sentence(f" (davon {number} durch Schweigen)", f" ({number} of them by silence)")


def _no_objection(case: Case) -> Condition:
    """Adopted unless too many object: a no is an objection."""
    allowed = case.rules.majority.objections
    assert allowed is not None
    no, too_many = case.heard.no, allowed + 1
    head, did, number = case.words.number(no), case.words.objected.of(no), objections_words(too_many)
    if no < too_many:
        end = Sentence(
            f"{number.de} {'hätte' if too_many == 1 else 'hätten'} die Vorlage verhindert: Widerspruchsregel erfüllt",
            f"{number.en} would have prevented the motion: objection rule met",
        )
    else:
        end = Sentence(
            f"{number.de} {'genügt' if too_many == 1 else 'genügen'}: Widerspruchsregel verfehlt",
            f"{number.en} {'is' if too_many == 1 else 'are'} enough: objection rule missed",
        )
    sentence = Sentence(f"{head.de} {did.de}, {end.de}.", f"{head.en} {did.en}, {end.en}.")
    return Condition("no_objection", no < too_many, sentence, no, too_many, case.count.electorate)


def _minimum_yes(case: Case) -> Condition:
    needed = case.rules.majority.minimum_yes
    assert needed is not None
    words, yes = case.words, case.heard.yes
    head, said, was = words.number(yes), words.said.of(yes), were(needed)
    end = (
        Sentence("Mindestzahl erreicht", "least number reached")
        if yes >= needed
        else Sentence("die Vorlage verfällt", "the motion lapses")
    )
    sentence = Sentence(
        f"{head.de} {said.de} {words.yes.de}, mindestens {needed} {was.de} nötig: {end.de}.",
        f"{head.en} {said.en} {words.yes.en}, at least {needed} {was.en} needed: {end.en}.",
    )
    return Condition("minimum_yes", yes >= needed, sentence, yes, needed, case.count.electorate)


# Second conditions


def _share(case: Case, also: Also) -> Condition:
    """A share of another base."""
    assert also.share is not None
    assert also.base is not None
    return _yes_of(case, also.base, also.share.needed(case.base(also.base)), "share", _SECOND)


def _key(case: Case, also: Also) -> Condition:
    """So large a part of all values of the key must say yes; partners that are excluded take theirs out."""
    assert also.share is not None
    if case.tallies.key is None:
        raise ValueError(f"These rules ask for a count by the key {also.key}.")
    yes, of = case.hear(case.tallies.key).yes, case.tallies.key.electorate
    needed = also.share.needed(of)
    said, total, asked, end = in_key(yes), in_key(of), in_key(needed), _SECOND[yes >= needed]
    sentence = Sentence(
        f"Auf Ja entfielen {said.de} von {total.de} Anteilen nach dem Schlüssel {also.key}, "
        f"{asked.de} waren nötig: {end.de}.",
        f"Yes stands for {said.en} of {total.en} shares by the key {also.key}, {asked.en} were needed: {end.en}.",
    )
    return Condition("key", yes >= needed, sentence, yes, needed, of)


def _group(case: Case, also: Also) -> Condition:
    """So many of a group, such a share of it, or more yes than no in it."""
    assert also.group is not None
    name = also.group.name
    if name not in case.tallies.groups:
        raise ValueError(f"These rules ask for a count of the group {name}.")
    within = replace(case, count=case.tallies.groups[name])
    if also.share is not None:
        found = _yes_of(within, Base.ROLL, also.share.needed(within.count.electorate), "group", _SECOND)
    elif also.number is not None:
        found = _yes_of(within, Base.ROLL, also.number, "group", _SECOND)
    else:
        found = _more_yes(within, "group", _SECOND)
    return replace(found, sentence=Sentence(f"{name}: {found.sentence.de}", f"{name}: {found.sentence.en}"))


def _consent(case: Case, also: Also) -> Condition:
    """The named partner says yes."""
    assert also.partner is not None
    is_met = case.choice_of(also.partner) is Choice.YES
    did, end = _did(case, also.partner), _SECOND[is_met]
    sentence = Sentence(
        f"{also.partner.name} {did.de}, die Zustimmung war nötig: {end.de}.",
        f"{also.partner.name} {did.en}, its consent was needed: {end.en}.",
    )
    return Condition("consent", is_met, sentence, actual=int(is_met), needed=1, of=1)


def _no_veto(case: Case, also: Also) -> Condition:
    """The named partner does not say no."""
    assert also.partner is not None
    is_met = case.choice_of(also.partner) is not Choice.NO
    did, end = _did(case, also.partner), _SECOND[is_met]
    veto = (
        Sentence("ein Nein hätte die Vorlage verhindert", "a no would have prevented the motion")
        if is_met
        else Sentence("dieses Nein verhindert die Vorlage", "this no prevents the motion")
    )
    sentence = Sentence(
        f"{also.partner.name} {did.de}, {veto.de}: {end.de}.",
        f"{also.partner.name} {did.en}, {veto.en}: {end.en}.",
    )
    return Condition("no_veto", is_met, sentence, actual=int(is_met), needed=1, of=1)


def _did(case: Case, partner: Named) -> Sentence:
    if not case.is_entitled(partner):
        return Sentence("ist nicht stimmberechtigt", "is not entitled to vote")
    return {
        Choice.YES: Sentence("hat zugestimmt", "agreed"),
        Choice.NO: Sentence("hat mit Nein gestimmt", "voted no"),
        Choice.ABSTAIN: Sentence("hat sich enthalten", "abstained"),
        None: Sentence("hat nicht abgestimmt", "did not vote"),
    }[case.choice_of(partner)]


_SECONDS: Final[Mapping[AlsoKind, Callable[[Case, Also], Condition]]] = {
    AlsoKind.SHARE: _share,
    AlsoKind.KEY: _key,
    AlsoKind.GROUP: _group,
    AlsoKind.CONSENT: _consent,
    AlsoKind.NO_VETO: _no_veto,
}
