"""The sentences of the rules of decision, and how numbers and partners are put into words."""

from __future__ import annotations

from membership.rules.sentence import RuleRefusal, Sentence

__all__ = ["RuleRefusal", "Sentence", "of_partners", "partners", "were"]


def partners(number: int) -> Sentence:
    """``1 Partner``, ``3 Partner`` (nominative) and ``1 partner``, ``3 partners``."""
    return Sentence(f"{number} Partner", f"{number} partner" if number == 1 else f"{number} partners")


def of_partners(number: int, total: int) -> Sentence:
    """``21 von 34 Partnern``; ``1 von 1 Partner``."""
    return Sentence(
        f"{number} von {total} Partner" if total == 1 else f"{number} von {total} Partnern",
        f"{number} of {total} partner" if total == 1 else f"{number} of {total} partners",
    )


def were(number: int) -> Sentence:
    """The verb that agrees with a number in the past: ``war`` or ``waren``."""
    return Sentence("war" if number == 1 else "waren", "was" if number == 1 else "were")
