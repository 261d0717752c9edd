"""The rules of procedure in plain words: what members read before they vote."""

from __future__ import annotations

from committees.rules.describe.effects import choice_effects, missing_effect
from committees.rules.describe.majorities import abstention, also, binds, majority_words, stages, tie, weights
from committees.rules.describe.procedure import (
    circular,
    conflict,
    late_items,
    minutes,
    notice,
    proxies,
    quorum,
    reservation,
    secrecy,
    voting,
)
from committees.rules.describe.shares import share_words, turnout_words
from committees.rules.rule_set import Rules
from committees.rules.sentence import Sentence

__all__ = ["choice_effects", "describe", "majority_words", "missing_effect", "share_words", "turnout_words"]


def describe(rules: Rules) -> list[Sentence]:
    """Say the rules in plain sentences, in the order in which a decision meets them."""
    return [
        weights(rules),
        *quorum(rules),
        majority_words(rules),
        *also(rules),
        abstention(rules),
        *tie(rules),
        *stages(rules),
        *binds(rules),
        *circular(rules),
        *notice(rules),
        late_items(rules),
        *proxies(rules),
        *voting(rules),
        *secrecy(rules),
        *reservation(rules),
        *conflict(rules),
        *minutes(rules),
    ]
