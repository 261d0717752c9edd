"""Leitweg-ID: the address of a public body for electronic invoices, with its check digits.

Form: coarse address (2 to 12 digits), optionally a fine address (up to 30 letters and digits), check digits
(2 digits), joined by hyphens; ISO 7064 MOD 97-10 over all of it, letters counting 10 to 35.
"""

from __future__ import annotations

import re
from typing import Final

from membership.rules.sentence import RuleRefusal

_FORM: Final = re.compile(r"(?P<coarse>[0-9]{2,12})(?:-(?P<fine>[A-Z0-9]{1,30}))?-(?P<check>[0-9]{2})", re.ASCII)


class LeitwegError(RuleRefusal):
    """The text is no Leitweg-ID."""


def check_digits(address: str) -> str:
    """The two check digits of an address without them, such as ``04011000-1234512345``."""
    plain = address.replace("-", "").upper()
    if not plain or not plain.isascii() or not plain.isalnum():
        raise LeitwegError("Die Leitweg-ID enthält unzulässige Zeichen.", "The Leitweg-ID holds impossible characters.")
    return f"{98 - _remainder(plain + '00'):02d}"


def parse_leitweg_id(text: str) -> str:
    """The Leitweg-ID in its one written form. Raises ``LeitwegError`` with what is wrong."""
    written = text.strip().upper()
    match = _FORM.fullmatch(written)
    if match is None:
        raise LeitwegError(
            "Eine Leitweg-ID besteht aus Grobadressierung (2 bis 12 Ziffern), gegebenenfalls Feinadressierung "
            "(bis 30 Buchstaben und Ziffern) und zwei Prüfziffern, verbunden mit Bindestrichen.",
            "A Leitweg-ID is a coarse address (2 to 12 digits), a fine address if any (up to 30 letters and "
            "digits) and two check digits, joined by hyphens.",
        )
    if match["check"] != check_digits(written[:-3]):
        raise LeitwegError(
            f"Die Prüfziffern der Leitweg-ID {written} stimmen nicht; bitte prüfen Sie die Eingabe.",
            f"The check digits of the Leitweg-ID {written} are wrong; please check it.",
        )
    return written


def _remainder(plain: str) -> int:
    return int("".join(str(int(character, 36)) for character in plain)) % 97
