"""Two texts compared word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is kept, taken out or put in."""

    kind: str
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """The pieces of both texts in reading order: ``kept``, ``out`` and ``in``.

    Kept and out together are the old text, kept and in together the new one.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    found: list[Piece] = []
    for deed, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if deed == "equal":
            found.append(Piece("kept", "".join(before[a:b])))
            continue
        if a < b:
            found.append(Piece("out", "".join(before[a:b])))
        if c < d:
            found.append(Piece("in", "".join(after[c:d])))
    return found
