"""How counts are said: in partners where each has one vote, else in votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from committees.rules.rule_set import Base
from committees.rules.sentence import Sentence
from committees.rules.verdict.counts import KEY_PARTS

NOTHING: Final = Sentence("", "")


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb in the past, for one and for more."""

    one: Sentence
    more: Sentence

    def of(self, number: int) -> Sentence:
        return self.one if number == 1 else self.more


class Around(NamedTuple):
    """What stands around the noun when a share of a base is said: ``3 von 4 abgegebenen Stimmen``."""

    before: Sentence = NOTHING
    after: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class Words:
    """The noun of a count with the verbs that go with it."""

    one: Sentence
    more: Sentence
    dative: str
    none: Sentence
    were_there: Verb
    took_part: Verb
    said: Verb
    objected: Verb
    yes: Sentence
    no: Sentence
    bases: Mapping[Base, Around]

    def number(self, number: int) -> Sentence:
        """``1 Partner``, ``3 Stimmen``."""
        noun = self.one if number == 1 else self.more
        return Sentence(f"{number} {noun.de}", f"{number} {noun.en}")

    def part(self, number: int, total: int, base: Base | None = None) -> Sentence:
        """``21 von 34 Partnern``; ``12 von 20 abgegebenen Stimmen``."""
        around = self.bases[base] if base else Around()
        de = self.one.de if total == 1 else self.dative
        en = self.one.en if total == 1 else self.more.en
        return Sentence(
            f"{number} von {total} {around.before.de}{de}{around.after.de}",
            f"{number} of {total} {around.before.en}{en}{around.after.en}",
        )


PARTNERS = Words(
    one=Sentence("Partner", "partner"),
    more=Sentence("Partner", "partners"),
    dative="Partnern",
    none=Sentence("Kein Partner hat abgestimmt", "No partner voted"),
    were_there=Verb(Sentence("war anwesend", "was present"), Sentence("waren anwesend", "were present")),
    took_part=Verb(Sentence("hat teilgenommen", "took part"), Sentence("haben teilgenommen", "took part")),
    said=Verb(Sentence("stimmte", "voted"), Sentence("stimmten", "voted")),
    objected=Verb(Sentence("hat widersprochen", "objected"), Sentence("haben widersprochen", "objected")),
    yes=Sentence("mit Ja", "yes"),
    no=Sentence("mit Nein", "no"),
    bases={
        Base.YES_NO: Around(after=Sentence(", die mit Ja oder Nein stimmten,", " who voted yes or no")),
        Base.CAST: Around(after=Sentence(" mit abgegebener Stimme", " who cast a vote")),
        Base.PRESENT: Around(after=Sentence(" unter den Anwesenden", " among those present")),
        Base.ROLL: Around(after=Sentence(" mit Stimmrecht", " entitled to vote")),
    },
)

VOTES = Words(
    one=Sentence("Stimme", "vote"),
    more=Sentence("Stimmen", "votes"),
    dative="Stimmen",
    none=Sentence("Keine Stimme wurde abgegeben", "No vote was cast"),
    were_there=Verb(Sentence("war vertreten", "was represented"), Sentence("waren vertreten", "were represented")),
    took_part=Verb(Sentence("wurde abgegeben", "was cast"), Sentence("wurden abgegeben", "were cast")),
    said=Verb(Sentence("lautete", "said"), Sentence("lauteten", "said")),
    objected=Verb(Sentence("widersprach", "objected"), Sentence("widersprachen", "objected")),
    yes=Sentence("auf Ja", "yes"),
    no=Sentence("auf Nein", "no"),
    bases={
        Base.YES_NO: Around(before=Sentence("Ja- und Nein-", "yes and no ")),
        Base.CAST: Around(before=Sentence("abgegebenen ", "cast ")),
        Base.PRESENT: Around(after=Sentence(" der Anwesenden", " of those present")),
        Base.ROLL: Around(after=Sentence(" aller Stimmberechtigten", " of all entitled to vote")),
    },
)


def in_key(parts: int) -> Sentence:
    """A number of hundred-thousandths as people write it, exactly: ``66,66667``, ``21``."""
    whole, rest = divmod(parts, KEY_PARTS)
    after = f"{rest:05d}".rstrip("0")
    return Sentence(f"{whole},{after}", f"{whole}.{after}") if after else Sentence(str(whole), str(whole))


def objections_words(number: int) -> Sentence:
    """``1 Widerspruch``, ``11 Widersprüche``."""
    if number == 1:
        return Sentence("1 Widerspruch", "1 objection")
    return Sentence(f"{number} Widersprüche", f"{number} objections")
