"""One sentence for people, in German and English.

The rules know no translation machinery: they answer with both wordings, and pages pick one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same statement in German (the source language) and English."""

    de: str
    en: str

    def __str__(self) -> str:
        return self.de

    def text(self, language: str | None = "de") -> str:
        """The wording for a language code such as ``de``, ``en`` or ``en-gb``; German where unknown."""
        return self.en if (language or "").lower().startswith("en") else self.de

    def to_data(self) -> dict[str, str]:
        """The sentence as JSON."""
        return {"de": self.de, "en": self.en}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Sentence:
        """Read what ``to_data`` wrote."""
        return cls(de=str(data["de"]), en=str(data["en"]))


class RuleRefusal(ValueError):
    """A rule says no, and says why in a sentence; ``str()`` is the German one."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(de)
        self.sentence = Sentence(de, en)
