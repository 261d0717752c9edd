"""Shares, numbers and fractions in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from committees.rules.rule_set import Compare, Share, Turnout
from committees.rules.sentence import Sentence

# Genitive in German ("mehr als die Hälfte der …"), so each begins with an article.
_FRACTIONS: Final[Mapping[Fraction, Sentence]] = {
    Fraction(1, 2): Sentence("die Hälfte", "half"),
    Fraction(1, 3): Sentence("ein Drittel", "one third"),
    Fraction(2, 3): Sentence("zwei Drittel", "two thirds"),
    Fraction(1, 4): Sentence("ein Viertel", "one quarter"),
    Fraction(3, 4): Sentence("drei Viertel", "three quarters"),
    Fraction(3, 5): Sentence("drei Fünftel", "three fifths"),
    Fraction(4, 5): Sentence("vier Fünftel", "four fifths"),
}


def share_words(share: Share) -> Sentence:
    """Say a share: ``mehr als die Hälfte``, ``mindestens zwei Drittel``."""
    fraction = share.fraction
    if fraction == 1:
        return Sentence("alle", "all")
    written = f"{fraction.numerator}/{fraction.denominator}"
    words = _FRACTIONS.get(fraction, Sentence(written, written))
    if share.compare is Compare.MORE_THAN:
        return Sentence(f"mehr als {words.de}", f"more than {words.en}")
    return Sentence(f"mindestens {words.de}", f"at least {words.en}")


def turnout_words(turnout: Turnout, *, in_votes: bool = False) -> Sentence:
    """Say how many must take part: ``mehr als die Hälfte der stimmberechtigten Partner und mindestens 3``."""
    parts = []
    if turnout.share is not None:
        parts.append(_part(turnout.share, in_votes))
    if turnout.number is not None:
        least = Sentence(f"mindestens {turnout.number}", f"at least {turnout.number}")
        noun = Sentence("Stimmen", "votes") if in_votes else Sentence("Partner", "partners")
        parts.append(least if parts else Sentence(f"{least.de} {noun.de}", f"{least.en} {noun.en}"))
    return Sentence(" und ".join(part.de for part in parts), " and ".join(part.en for part in parts))


def _part(share: Share, in_votes: bool) -> Sentence:
    if share.fraction == 1:
        return Sentence("alle Stimmen", "all votes") if in_votes else _ALL_PARTNERS
    words = share_words(share)
    if in_votes:
        return Sentence(f"{words.de} aller Stimmen", f"{words.en} of all votes")
    return Sentence(f"{words.de} der stimmberechtigten Partner", f"{words.en} of the partners entitled to vote")


_ALL_PARTNERS: Final = Sentence("alle stimmberechtigten Partner", "all partners entitled to vote")


def days(number: int) -> Sentence:
    """``1 Tag``, ``14 Tage``."""
    return Sentence("1 Tag", "1 day") if number == 1 else Sentence(f"{number} Tage", f"{number} days")


def amount(value: Fraction) -> Sentence:
    """A number as people write it: ``300.000``, ``2,5``; ``1/3`` where it has no end."""
    if value.denominator == 1:
        return Sentence(f"{value.numerator:,}".replace(",", "."), f"{value.numerator:,}")
    twos_and_fives = value.denominator
    for prime in (2, 5):
        while twos_and_fives % prime == 0:
            twos_and_fives //= prime
    if twos_and_fives > 1:
        return Sentence(f"{value.numerator}/{value.denominator}", f"{value.numerator}/{value.denominator}")
    digits = next(n for n in range(1, 64) if 10**n % value.denominator == 0)
    whole, rest = divmod(value * 10**digits, 10**digits)
    return Sentence(f"{whole},{int(rest):0{digits}d}", f"{whole}.{int(rest):0{digits}d}")
