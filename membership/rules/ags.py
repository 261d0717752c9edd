"""Amtlicher Gemeindeschlüssel: eight digits, the first two name the Land (Statistisches Bundesamt).

A Kreis carries its five digits followed by three zeros, a Land its two followed by six.
"""

from __future__ import annotations

from collections.abc import Mapping

from membership.rules.sentence import RuleRefusal

LAND_OF: Mapping[str, str] = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW",
    "09": "BY", "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip


class AgsError(RuleRefusal):
    """The text is no AGS, or belongs to another Land."""


def parse_ags(text: str, land: str = "") -> str:
    """The AGS in its one written form; spaces are dropped, a leading zero that a table lost comes back.

    Raises ``AgsError`` with what is wrong.
    """
    written = "".join(text.split())
    if len(written) == 7:
        written = f"0{written}"
    if len(written) != 8 or not (written.isascii() and written.isdigit()):
        raise AgsError(
            "Der Amtliche Gemeindeschlüssel (AGS) besteht aus genau acht Ziffern.",
            "The official municipality key (AGS) has exactly eight digits.",
        )
    if written[:2] not in LAND_OF:
        raise AgsError(
            f"Der Amtliche Gemeindeschlüssel (AGS) {written} beginnt mit keiner Kennziffer eines Landes (01 bis 16).",
            f"The official municipality key (AGS) {written} begins with no Land's number (01 to 16).",
        )
    if land and LAND_OF[written[:2]] != land:
        raise AgsError(
            f"Der Amtliche Gemeindeschlüssel (AGS) {written} gehört nicht zum angegebenen Land.",
            f"The official municipality key (AGS) {written} does not belong to the Land given.",
        )
    return written
