"""Votes, majority, second conditions and stages in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from committees.rules.describe.shares import amount, days, share_words
from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Binds,
    MajorityKind,
    Rules,
    Share,
    Stage,
    StageAfter,
    Tie,
    WeightKind,
)
from committees.rules.sentence import Sentence

_BASES: Final[Mapping[Base, Sentence]] = {
    Base.YES_NO: Sentence("der Ja- und Nein-Stimmen", "of the yes and no votes"),
    Base.CAST: Sentence(
        "der abgegebenen Stimmen, Enthaltungen eingerechnet,", "of the votes cast, abstentions included,"
    ),
    Base.PRESENT: Sentence("der anwesenden Partner", "of the partners present"),
    Base.ROLL: Sentence("aller stimmberechtigten Partner", "of all partners entitled to vote"),
}
_BASES_IN_VOTES: Final[Mapping[Base, Sentence]] = {
    **_BASES,
    Base.PRESENT: Sentence("der Stimmen der Anwesenden", "of the votes of those present"),
    Base.ROLL: Sentence("aller Stimmen", "of all votes"),
}
_ALL: Final[Mapping[Base, Sentence]] = {
    Base.YES_NO: Sentence(
        "niemand mit Nein und mindestens ein Partner mit Ja stimmt",
        "nobody votes no and at least one partner votes yes",
    ),
    Base.CAST: Sentence("alle abstimmenden Partner mit Ja stimmen", "all partners who vote say yes"),
    Base.PRESENT: Sentence("alle anwesenden Partner mit Ja stimmen", "all partners present vote yes"),
    Base.ROLL: Sentence("alle stimmberechtigten Partner mit Ja stimmen", "all partners entitled to vote say yes"),
}


def weights(rules: Rules) -> Sentence:
    """How many votes a partner has."""
    asked = rules.weights
    if asked.kind is WeightKind.EQUAL:
        return Sentence("Jeder Partner hat eine Stimme.", "Every partner has one vote.")
    cap = Sentence("", "") if asked.cap is None else Sentence(f", höchstens {asked.cap}", f", at most {asked.cap}")
    if asked.kind is WeightKind.LISTED:
        return Sentence(
            f"Jeder Partner hat so viele Stimmen, wie der Schlüssel {asked.key} für ihn nennt{cap.de}.",
            f"Every partner has as many votes as the key {asked.key} lists for it{cap.en}.",
        )
    assert asked.step is not None
    step, free = amount(asked.step), amount(asked.free)
    above = Sentence(f", die sein Wert {free.de} übersteigt", f" by which its value exceeds {free.en}")
    first = (
        Sentence(
            "eine Stimme" if asked.base == 1 else f"{asked.base} Stimmen",
            "one vote" if asked.base == 1 else f"{asked.base} votes",
        )
        if asked.base
        else None
    )
    has = (
        Sentence(f"{first.de} und eine weitere", f"{first.en} and one more")
        if first
        else Sentence("eine Stimme", "one vote")
    )
    return Sentence(
        f"Jeder Partner hat {has.de} je angefangene {step.de} seines Werts im Schlüssel {asked.key}"
        f"{above.de if asked.free else ''}{cap.de}.",
        f"Every partner has {has.en} per started {step.en} of its value in the key {asked.key}"
        f"{above.en if asked.free else ''}{cap.en}.",
    )


def majority_words(rules: Rules) -> Sentence:
    """Say the majority in one sentence, and a second one where a least number of yes votes is asked."""
    clause = _majority(rules)
    said = Sentence(f"Eine Vorlage ist angenommen, wenn {clause.de}.", f"A motion is adopted if {clause.en}.")
    least = rules.majority.minimum_yes
    if least is None:
        return said
    return Sentence(
        f"{said.de} Mit weniger als {least} Ja-Stimmen verfällt sie.",
        f"{said.en} With fewer than {least} yes votes it lapses.",
    )


def _majority(rules: Rules) -> Sentence:
    asked = rules.majority
    if asked.kind is MajorityKind.SIMPLE:
        return _more_yes(rules)
    if asked.kind is MajorityKind.NO_OBJECTION:
        if not asked.objections:
            return Sentence("niemand mit Nein widerspricht", "nobody objects by voting no")
        if not rules.weights.is_equal:
            return Sentence(
                f"höchstens {asked.objections} Stimmen mit Nein widersprechen",
                f"at most {asked.objections} votes object by saying no",
            )
        return Sentence(
            f"höchstens {asked.objections} Partner mit Nein widersprechen",
            f"at most {asked.objections} {'partner objects' if asked.objections == 1 else 'partners object'} "
            "by voting no",
        )
    if asked.share is None:
        return _ALL[rules.base]
    return _share(asked.share, rules.base, rules)


def _more_yes(rules: Rules) -> Sentence:
    if not rules.weights.is_equal:
        return Sentence("mehr Stimmen auf Ja als auf Nein lauten", "more votes say yes than no")
    return Sentence("mehr Partner mit Ja als mit Nein stimmen", "more partners vote yes than no")


def _share(share: Share, base: Base, rules: Rules) -> Sentence:
    """``mehr als die Hälfte aller stimmberechtigten Partner mit Ja stimmen``."""
    if share.fraction == Fraction(1):
        return _ALL[base]
    words, of = share_words(share), (_BASES if rules.weights.is_equal else _BASES_IN_VOTES)[base]
    if not rules.weights.is_equal or base in (Base.YES_NO, Base.CAST):
        return Sentence(f"{words.de} {of.de} auf Ja lauten", f"{words.en} {of.en} are yes")
    return Sentence(f"{words.de} {of.de} mit Ja stimmen", f"{words.en} {of.en} say yes")


def also(rules: Rules) -> list[Sentence]:
    """What must be true besides the majority."""
    clauses = [_also(condition, rules) for condition in rules.also]
    return [
        Sentence(f"Außerdem ist nötig, dass {clause.de}.", f"Besides, it is needed that {clause.en}.")
        for clause in clauses
    ]


def _also(condition: Also, rules: Rules) -> Sentence:
    share, partner = condition.share, condition.partner
    if condition.kind is AlsoKind.SHARE:
        assert share is not None
        assert condition.base is not None
        return _share(share, condition.base, rules)
    if condition.kind is AlsoKind.KEY:
        assert share is not None
        words = share_words(share)
        if share.fraction == 1:
            words = Sentence("alle", "all")
        of = Sentence("", "") if share.fraction == 1 else Sentence("der ", "of the ")
        return Sentence(
            f"Partner mit Ja stimmen, auf die {words.de} {of.de}Anteile nach dem Schlüssel {condition.key} entfallen",
            f"partners vote yes that hold {words.en} {of.en}shares by the key {condition.key}",
        )
    if condition.kind is AlsoKind.GROUP:
        return _group(condition, rules)
    assert partner is not None
    if condition.kind is AlsoKind.CONSENT:
        return Sentence(f"{partner.name} mit Ja stimmt", f"{partner.name} votes yes")
    return Sentence(f"{partner.name} nicht mit Nein stimmt", f"{partner.name} does not vote no")


def _group(condition: Also, rules: Rules) -> Sentence:
    assert condition.group is not None
    name = condition.group.name
    if condition.share is None and condition.number is None:
        clause = _more_yes(rules)
        return Sentence(f"in der Gruppe „{name}“ {clause.de}", f"in the group '{name}' {clause.en}")
    noun, verb = Sentence("Partner", "partners"), Sentence("mit Ja stimmen", "vote yes")
    if not rules.weights.is_equal:
        noun, verb = Sentence("Stimmen", "votes"), Sentence("auf Ja lauten", "say yes")
    if condition.share is not None and condition.share.fraction == 1:
        head = Sentence(f"alle {noun.de}", f"all {noun.en}")
    elif condition.share is not None:
        words = share_words(condition.share)
        head = Sentence(f"{words.de} der {noun.de}", f"{words.en} of the {noun.en}")
    else:
        head = Sentence(f"mindestens {condition.number} {noun.de}", f"at least {condition.number} {noun.en}")
    return Sentence(f"{head.de} der Gruppe „{name}“ {verb.de}", f"{head.en} of the group '{name}' {verb.en}")


def abstention(rules: Rules) -> Sentence:
    """What an abstention does to the majority."""
    return {
        Abstention.NOT_COUNTED: Sentence(
            "Enthaltungen zählen bei der Mehrheit nicht mit.", "Abstentions do not count towards the majority."
        ),
        Abstention.IN_BASE: Sentence(
            "Enthaltungen zählen in der Bezugsgröße mit und wirken deshalb wie Nein.",
            "Abstentions count in the base and so work like no.",
        ),
        Abstention.FORBIDDEN: Sentence("Enthaltungen sind nicht zulässig.", "Abstentions are not allowed."),
    }[rules.abstention]


def tie(rules: Rules) -> list[Sentence]:
    """What equal votes lead to, where they can be equal."""
    if not rules.can_tie:
        return []
    return [
        {
            Tie.REJECTED: Sentence(
                "Bei Stimmengleichheit ist die Vorlage abgelehnt.",
                "If the votes are equal, the motion is rejected.",
            ),
            Tie.CHAIR: Sentence(
                "Bei Stimmengleichheit entscheidet die Stimme des Vorsitzes.",
                "If the votes are equal, the chair's vote decides.",
            ),
            Tie.NEW_BALLOT: Sentence(
                "Bei Stimmengleichheit wird neu abgestimmt.", "If the votes are equal, a new ballot is held."
            ),
        }[rules.tie]
    ]


def stages(rules: Rules) -> list[Sentence]:
    """Under which rules further ballots on the same matter are held."""
    return [_stage(rules, stage) for stage in rules.stages]


def _stage(rules: Rules, stage: Stage) -> Sentence:
    after = {
        StageAfter.NOT_ADOPTED: Sentence(
            "Wird die Vorlage nicht angenommen, folgt ein weiterer Wahlgang",
            "If the motion is not adopted, another ballot follows",
        ),
        StageAfter.TIE: Sentence(
            "Nach Stimmengleichheit folgt ein weiterer Wahlgang", "After equal votes another ballot follows"
        ),
    }[stage.after]
    wait = days(stage.wait_days)
    when = Sentence(f", frühestens {wait.de} später,", f", {wait.en} later at the earliest")
    later = rules.at_ballot(stage.from_ballot)
    lines = [
        majority_words(later),
        *([abstention(later)] if stage.abstention is not None else []),
        *(tie(later) if stage.tie is not None else []),
    ]
    asked = Sentence(" ".join(line.de for line in lines), " ".join(line.en for line in lines))
    return Sentence(
        f"{after.de}; ab dem {stage.from_ballot}. Wahlgang{when.de if stage.wait_days else ''} gilt: {asked.de}",
        f"{after.en}; from ballot number {stage.from_ballot} on{when.en if stage.wait_days else ''}: {asked.en}",
    )


def binds(rules: Rules) -> list[Sentence]:
    """Whom a resolution binds, where that is not everybody."""
    if rules.binds is Binds.ALL:
        return []
    return [
        Sentence(
            "Ein Beschluss bindet nur die Partner, die zugestimmt haben.",
            "A resolution binds only the partners that agreed.",
        )
    ]
