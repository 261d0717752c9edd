"""What must be said before anybody votes in a circular ballot: what silence does, and what the procedure rests on."""

from __future__ import annotations

from committees.rules.rule_set import Missing, Rules
from committees.rules.sentence import Sentence

SILENCE = Sentence(
    "Achtung: Wer bis zum Ende der Frist nicht abstimmt, stimmt zu.",
    "Note: who has not voted by the end of the deadline consents.",
)


def is_silence_consent(rules: Rules) -> bool:
    """Whether a vote that never came is a yes."""
    return rules.missing is Missing.CONSENT


def warnings(rules: Rules) -> list[Sentence]:
    """What could take somebody by surprise, in the order of its weight; nothing where the procedure is a plain one."""
    found = [SILENCE] if is_silence_consent(rules) else []
    if rules.circular.consent.is_asked:
        found.append(
            Sentence(
                "Der Umlauf gilt nur, wenn genügend Partner mit ihm einverstanden sind. Wer abstimmt, ist "
                "einverstanden; wer noch nicht abstimmen kann, kann das Einverständnis allein erklären.",
                "The circular ballot stands only if enough partners agree to it. Who votes agrees; who cannot vote "
                "yet can declare the agreement alone.",
            )
        )
    if rules.circular.is_chair_needed:
        found.append(
            Sentence(
                "Der Umlauf gilt nur, wenn auch der Vorsitz abstimmt.",
                "The circular ballot stands only if the chair votes as well.",
            )
        )
    return found
