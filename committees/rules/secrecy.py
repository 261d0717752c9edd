"""What secrecy asks of the rules, of the number of partners and of the numbers that are shown (reliability.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from committees.rules.rule_set import AlsoKind, Binds, MajorityKind, Rules, Tie, WeightKind
from committees.rules.sentence import Sentence

# From how many on the roll on whoever conducts may see how many have voted.
TOTAL_FROM = 10


def applied(rules: Rules) -> Rules:
    """The rules as a secret ballot is decided by them.

    The chair's vote would be known, a reservation would tell a yes, and a paper stays as it is.
    """
    stages = tuple(replace(stage, tie=Tie.NEW_BALLOT) if stage.tie is Tie.CHAIR else stage for stage in rules.stages)
    tie = Tie.NEW_BALLOT if rules.tie is Tie.CHAIR else rules.tie
    reservation = replace(rules.reservation, is_allowed=False)
    return replace(
        rules, stages=stages, tie=tie, reservation=reservation, is_change_allowed=False, is_tally_visible=False
    )


def obstacle(rules: Rules, roll: int | None = None) -> Sentence | None:
    """Why these rules allow no secret ballot of ``roll`` entitled partners; None where they do."""
    if not rules.secrecy.is_allowed:
        return Sentence(
            "Die Verfahrensregeln dieses Gremiums lassen keine geheime Abstimmung zu.",
            "The rules of procedure of this committee allow no secret ballot.",
        )
    if rules.weights.kind is not WeightKind.EQUAL:
        return Sentence(
            "Mit ungleichen Stimmen gibt es keine geheime Abstimmung: Das Gewicht verriete den Partner.",
            "With unequal votes there is no secret ballot: the weight would tell the partner.",
        )
    if rules.is_reason_needed_for_no or rules.majority.kind is MajorityKind.NO_OBJECTION:
        return Sentence(
            "Ein Nein muss nach diesen Regeln begründet oder als Widerspruch erklärt werden; "
            "geheim lässt sich so nicht abstimmen.",
            "These rules ask for a reason or a declared objection for a no; that cannot be done in secret.",
        )
    if rules.binds is Binds.AGREEING:
        return Sentence(
            "Der Beschluss bindet nach diesen Regeln nur, wer zustimmt; dafür muss bekannt sein, wer das ist.",
            "Under these rules a resolution binds only those who agree; so it must be known who they are.",
        )
    if any(also.kind is not AlsoKind.SHARE for also in rules.also):
        return Sentence(
            "Die Regeln fragen nach den Stimmen einzelner Partner, einer Gruppe oder eines Schlüssels; "
            "geheim lässt sich so nicht abstimmen.",
            "The rules ask for the votes of single partners, a group or a key; that cannot be done in secret.",
        )
    least = rules.secrecy.minimum_roll
    if roll is not None and roll < least:
        return Sentence(
            f"Geheim abgestimmt wird erst ab {least} stimmberechtigten Partnern, hier sind es {roll}: "
            "Bei so wenigen verriete schon das Ergebnis die Stimmen.",
            f"A secret ballot needs at least {least} entitled partners, here there are {roll}: "
            "with so few the result alone would tell the votes.",
        )
    return None


def is_withheld(rules: Rules, papers: Mapping[str, int]) -> bool:
    """Whether the numbers would tell how somebody voted, so that only the outcome is shown.

    Always where fewer took part than the least roll. Below twice that, where all papers or all but one say the same:
    one answer for both, so that "withheld" still leaves it open whether there was a single other vote. With more
    papers the numbers are shown whatever they are; a unanimous result then tells every vote, as the page of opening
    warns.
    """
    cast = sum(papers.values())
    least = rules.secrecy.minimum_roll
    return cast < least or (cast < 2 * least and max(papers.values()) >= cast - 1)
