#!/usr/bin/env python3
"""Check a register of resolutions exported by Konvent, without Konvent.

    python konvent_verify.py verify register.json [--head POSITION:HASH] [--files FOLDER]
    python konvent_verify.py verify-diff older.json newer.json
    python konvent_verify.py recount register.json

One file, nothing but Python 3.9 or later. It shares no code with the portal: it was written from the public
description of the format (docs/register-format.md). Exit code: 0 all is well, 1 something was found, 2 the
file cannot be read. SPDX-License-Identifier: EUPL-1.2
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

REGISTER = "konvent-register/1"
ENTRY = "konvent-register-entry/1"
PARTS = ["attachments", "papers", "persons", "roll", "text", "verdict", "votes"]
ZEROS = "0" * 64
ENTRY_FIELDS = {
    "commitments", "committee", "counts", "decided_on", "format", "kind", "number", "outcome",
    "partnership", "position", "previous_hash", "references", "rules_hash", "way",
}  # fmt: skip
NUMBERED = {
    "adopted": "adopted",
    "recommended": "adopted",
    "rejected": "rejected",
    "not_recommended": "rejected",
    "noted": None,
}
# Ballots that ended without a resolution.
WITHOUT = {"no_quorum": "no_quorum", "tie": "tie", "undecided": "undecided", "stopped": "stopped", "voided": None}
RECORDS = {
    "annulled": "annuls",
    "corrected": "corrects",
    "published": "publishes",
    "effective": "settles",
    "lapsed": "settles",
    "erased": "erases",
}
RELATIONS = {"supersedes", "repeals", "follows", *RECORDS.values()}
COUNTS = ["yes", "no", "abstained", "missing", "excluded"]
BIGGEST = 9007199254740991
DEPTH = 60


class Said(NamedTuple):
    """A sentence in German and English."""

    de: str
    en: str


class Unreadable(Exception):
    """The file is no register at all."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en)
        self.said = said


# Reading


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result


def _no_fraction(text: str) -> Any:
    raise ValueError("a number with a fraction: " + text[:40])


def _whole(text: str) -> int:
    if len(text) > 17:
        raise ValueError("a number too large")
    return int(text)


def parse(raw: bytes) -> Any:
    """Read JSON strictly: UTF-8, no key twice, whole numbers only."""
    return json.loads(
        raw.decode("utf-8"),
        object_pairs_hook=_pairs,
        parse_float=_no_fraction,
        parse_constant=_no_fraction,
        parse_int=_whole,
    )


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _quoted(text: str) -> str:
    out = []
    for sign in text:
        if sign in _ESCAPES:
            out.append(_ESCAPES[sign])
        elif sign < " ":
            out.append(f"\\u{ord(sign):04x}")
        else:
            out.append(sign)
    return '"' + "".join(out) + '"'


_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')


def _write(value: Any, out: list[str], depth: int = 0) -> None:
    if depth > DEPTH:
        raise ValueError("nested too deeply")
    if value is None:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    elif isinstance(value, str):
        out.append('"' + value + '"' if _PLAIN.fullmatch(value) else _quoted(value))
    elif isinstance(value, int):
        if not -BIGGEST <= value <= BIGGEST:
            raise ValueError("a number too large")
        out.append(str(value))
    elif isinstance(value, list):
        out.append("[")
        for index, item in enumerate(value):
            if index:
                out.append(",")
            _write(item, out, depth + 1)
        out.append("]")
    elif isinstance(value, dict):
        out.append("{")
        for index, key in enumerate(sorted(value)):
            if not key.isascii():
                raise ValueError("a key that is not ASCII")
            out.append(("," if index else "") + _quoted(key) + ":")
            _write(value[key], out, depth + 1)
        out.append("}")
    else:
        raise ValueError("a value that cannot stand in a register")


def canonical(value: Any) -> bytes:
    """The one sequence of bytes of a value. Raises ValueError where it has none."""
    out: list[str] = []
    _write(value, out)
    return "".join(out).encode("utf-8")


def load(path: str | Path) -> tuple[dict[str, Any], bool]:
    """The register in a file, and whether the file is written canonically. Raises Unreadable."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(Said(f"Die Datei {path} ist nicht lesbar.", f"The file {path} is unreadable.")) from error
    return read(raw)


def read(raw: bytes) -> tuple[dict[str, Any], bool]:
    """The register in these bytes, and whether they are the canonical ones. Raises Unreadable."""
    try:
        value = parse(raw)
        is_canonical = canonical(value) == raw
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            Said(f"Das ist kein lesbares Register: {error}.", f"This is no readable register: {error}.")
        ) from error
    if not isinstance(value, dict) or value.get("format") != REGISTER:
        raise Unreadable(
            Said(f"Das Format ist unbekannt; erwartet wird {REGISTER}.", f"Unknown format; {REGISTER} is expected.")
        )
    if not isinstance(value.get("entries"), list):
        raise Unreadable(Said("Das Register hat keine Einträge.", "The register has no entries."))
    return value, is_canonical


# Checking


def _is_hex(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fault(entry: dict[str, Any]) -> str | None:
    """The name of the first field of an entry that is not as it must be."""
    if set(entry) != ENTRY_FIELDS:
        return "/".join(sorted(set(entry) ^ ENTRY_FIELDS))
    if entry["format"] != ENTRY:
        return "format"
    if not isinstance(entry["partnership"], str) or not re.fullmatch(
        "[A-Za-z0-9][A-Za-z0-9._-]{0,99}", entry["partnership"]
    ):
        return "partnership"
    if not _is_int(entry["position"]) or entry["position"] < 1:
        return "position"
    if not _is_hex(entry["previous_hash"]):
        return "previous_hash"
    kind = entry["kind"]
    if not isinstance(kind, str) or kind not in {**NUMBERED, **WITHOUT, **RECORDS}:
        return "kind"
    committee = entry["committee"]
    if not isinstance(committee, str) or not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,19}", committee):
        return "committee"
    day = entry["decided_on"]
    try:
        if date.fromisoformat(day).isoformat() != day:
            return "decided_on"
    except (TypeError, ValueError):
        return "decided_on"
    if kind in NUMBERED:
        if _sequence(entry) is None:
            return "number"
    elif entry["number"] is not None:
        return "number"
    if entry["way"] not in (None, "meeting", "circular"):
        return "way"
    if entry["outcome"] != {**NUMBERED, **WITHOUT}.get(kind):
        return "outcome"
    if not _counts_hold(entry["counts"]):
        return "counts"
    if entry["rules_hash"] is not None and not _is_hex(entry["rules_hash"]):
        return "rules_hash"
    commitments = entry["commitments"]
    if not isinstance(commitments, dict) or sorted(commitments) != PARTS:
        return "commitments"
    if not all(value is None or _is_hex(value) for value in commitments.values()):
        return "commitments"
    references = entry["references"]
    if not isinstance(references, list):
        return "references"
    for reference in references:
        if not isinstance(reference, dict) or sorted(reference) != ["hash", "number", "position", "relation"]:
            return "references"
        if not isinstance(reference["relation"], str) or reference["relation"] not in RELATIONS:
            return "references"
    if kind in RECORDS and not any(reference["relation"] == RECORDS[kind] for reference in references):
        return "references"
    return None


def _sequence(entry: dict[str, Any]) -> tuple[str, int] | None:
    """The series of a number (committee and year) and its place in it."""
    number, series = entry["number"], entry["committee"] + "-"
    if not isinstance(number, str) or not number.startswith(series):
        return None
    match = re.fullmatch("([0-9]{4})-([0-9]{3}|[1-9][0-9]{3,8})", number[len(series) :])
    return (series + match.group(1), int(match.group(2))) if match else None


def _counts_hold(counts: Any) -> bool:
    if counts is None:
        return True
    if not isinstance(counts, dict) or sorted(counts) != sorted([*COUNTS, "roll", "present"]):
        return False
    if not all(_is_int(counts[key]) and counts[key] >= 0 for key in [*COUNTS, "roll"]):
        return False
    if sum(counts[key] for key in COUNTS) != counts["roll"]:
        return False
    present = counts["present"]
    if present is None:
        return True
    cast = counts["yes"] + counts["no"] + counts["abstained"]
    return _is_int(present) and cast <= present <= counts["roll"] - counts["excluded"]


def check(document: dict[str, Any], is_canonical: bool = True) -> Iterator[Said]:
    """Every fault of a register, in order; nothing where it is whole."""
    if not is_canonical:
        yield Said(
            "Die Datei ist nicht in der festgelegten Schreibweise geschrieben; sie wurde verändert.",
            "The file is not written in the fixed way; it was changed.",
        )
    if sorted(document) != ["entries", "format", "head", "partnership"]:
        yield Said("Das Register hat andere Felder als sein Format.", "The register has other fields than its format.")
    previous = ZEROS
    seen: list[tuple[str, Any]] = []
    numbers: dict[str, int] = {}
    for position, item in enumerate(document["entries"], start=1):
        at = Said(f"Eintrag {position}: ", f"Entry {position}: ")
        if (
            not isinstance(item, dict)
            or sorted(item) != ["entry", "hash", "parts"]
            or not isinstance(item["entry"], dict)
            or not isinstance(item["parts"], dict)
        ):
            yield Said(at.de + "nicht lesbar.", at.en + "unreadable.")
            seen.append(("", None))
            previous = ""
            continue
        entry = item["entry"]
        computed = hashlib.sha256(b"\x00" + canonical(entry)).hexdigest()
        if item["hash"] != computed:
            yield Said(at.de + "Die Prüfsumme passt nicht zum Inhalt.", at.en + "The hash does not fit the content.")
        if entry.get("previous_hash") != previous:
            yield Said(
                at.de + "Er schließt nicht an den vorigen Eintrag an.", at.en + "It does not follow the entry before."
            )
        if entry.get("position") != position:
            yield Said(at.de + "Die Position stimmt nicht.", at.en + "The position is wrong.")
        if entry.get("partnership") != document.get("partnership"):
            yield Said(at.de + "Er gehört zu einer anderen Partnerschaft.", at.en + "It is of another partnership.")
        fault = _fault(entry)
        if fault:
            yield Said(at.de + f"Das Feld {fault} ist nicht zulässig.", at.en + f"The field {fault} is impossible.")
        else:
            yield from _series(entry, numbers, at)
            yield from _references(entry, seen, at)
        yield from _parts(item, entry, at)
        previous = item["hash"]
        seen.append((item["hash"], entry.get("number")))
    if canonical(document.get("head")) != canonical({"position": len(seen), "hash": seen[-1][0] if seen else ZEROS}):
        yield Said(
            "Der angegebene Stand ist nicht der des letzten Eintrags.", "The stated head is not that of the last entry."
        )


def _series(entry: dict[str, Any], numbers: dict[str, int], at: Said) -> Iterator[Said]:
    place = _sequence(entry) if entry["number"] is not None else None
    if place is None:
        return
    series, number = place
    if number != numbers.get(series, 0) + 1:
        yield Said(
            at.de + f"Die Nummer {entry['number']} schließt nicht lückenlos an.",
            at.en + f"The number {entry['number']} leaves a gap.",
        )
    numbers[series] = number


def _references(entry: dict[str, Any], seen: list[tuple[str, Any]], at: Said) -> Iterator[Said]:
    for reference in entry["references"]:
        place = reference["position"]
        if (
            not _is_int(place)
            or not 1 <= place <= len(seen)
            or seen[place - 1] != (reference["hash"], reference["number"])
        ):
            yield Said(
                at.de + "Ein Verweis trifft keinen früheren Eintrag.", at.en + "A reference meets no earlier entry."
            )


def _parts(item: dict[str, Any], entry: dict[str, Any], at: Said) -> Iterator[Said]:
    if sorted(item["parts"]) != PARTS:
        yield Said(at.de + "Die Teile sind nicht die des Formats.", at.en + "The parts are not those of the format.")
    commitments = entry.get("commitments")
    for name, part in sorted(item["parts"].items()):
        if part is None:
            continue
        committed = commitments.get(name) if isinstance(commitments, dict) else None
        if not isinstance(part, dict) or sorted(part) != ["data", "salt"] or not _is_hex(part["salt"]):
            yield Said(at.de + f"Der Teil {name} ist nicht lesbar.", at.en + f"The part {name} is unreadable.")
        elif hashlib.sha256(bytes.fromhex(part["salt"]) + canonical(part["data"])).hexdigest() != committed:
            yield Said(
                at.de + f"Der Teil {name} ist nicht der festgehaltene.",
                at.en + f"The part {name} is not the recorded one.",
            )


def check_head(document: dict[str, Any], head: str) -> Iterator[Said]:
    """Whether a head noted elsewhere, POSITION:HASH, stands in the register."""
    position, colon, value = head.strip().lower().partition(":")
    entries = document["entries"]
    if not (colon and position.isascii() and position.isdigit() and len(position) < 10 and _is_hex(value)):
        raise Unreadable(Said("Ein Stand wird als POSITION:PRÜFSUMME angegeben.", "A head is given as POSITION:HASH."))
    at = int(position)
    there = ZEROS if at == 0 else entries[at - 1]["hash"] if at <= len(entries) else None
    if there != value:
        yield Said(
            f"Der bezeugte Stand (Position {at}) kommt nicht vor: Das Register wurde gekürzt oder neu geschrieben.",
            f"The witnessed head (position {at}) is not there: the register was cut or rewritten.",
        )


def check_files(document: dict[str, Any], folder: str) -> Iterator[Said]:
    """Whether the attached files lie in a folder, known by their hash, whatever their names."""
    have = set()
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            have.add(hashlib.sha256(path.read_bytes()).hexdigest())
    for position, item in enumerate(document["entries"], start=1):
        part = item["parts"].get("attachments")
        for row in (part or {}).get("data") or []:
            digest = row.get("sha256") if isinstance(row, dict) else None
            if digest not in have:
                title = row.get("title") if isinstance(row, dict) else row
                yield Said(
                    f"Eintrag {position}: Die Anlage „{title}“ fehlt oder ist eine andere.",
                    f"Entry {position}: the attachment '{title}' is missing or another one.",
                )


def check_diff(older: dict[str, Any], newer: dict[str, Any]) -> Iterator[Said]:
    """Whether everything that stood in the older register stands unchanged in the newer one."""
    if older.get("partnership") != newer.get("partnership"):
        yield Said("Es sind Register zweier Partnerschaften.", "These are registers of two partnerships.")
        return
    before, after = older["entries"], newer["entries"]
    if len(after) < len(before):
        yield Said(
            f"Das neuere Register ist kürzer: Die Einträge ab {len(after) + 1} fehlen.",
            f"The newer register is shorter: entries from {len(after) + 1} on are missing.",
        )
    for position, (old, new) in enumerate(zip(before, after), start=1):  # noqa: B905 - strict came with 3.10
        if old["hash"] != new["hash"]:
            yield Said(
                f"Eintrag {position} ist ein anderer als zuvor.", f"Entry {position} is another one than before."
            )


def withdrawn(older: dict[str, Any], newer: dict[str, Any]) -> Iterator[Said]:
    """Parts the older register showed and the newer one withholds: allowed, but told."""
    for position, (old, new) in enumerate(zip(older["entries"], newer["entries"]), start=1):  # noqa: B905
        for name in PARTS:
            if old["parts"].get(name) is not None and new["parts"].get(name) is None:
                yield Said(
                    f"Eintrag {position}: Der Teil {name} wird nicht mehr gezeigt (zurückgehalten oder gelöscht).",
                    f"Entry {position}: the part {name} is no longer shown (withheld or erased).",
                )


def named_by(choice: Any) -> list[int]:
    """The options a vote names by their position on the paper; none for yes, no, abstain and invalid."""
    if choice in ("yes", "no", "abstain", "invalid"):
        return []
    if not isinstance(choice, str) or not re.fullmatch("[1-9][0-9]?(,[1-9][0-9]?)*|[1-9][0-9]?(>[1-9][0-9]?)+", choice):
        raise ValueError("a vote that says nothing")
    places = [int(place) for place in re.split("[,>]", choice)]
    if len(set(places)) != len(places):
        raise ValueError("a vote that names an option twice")
    return places


def counts_as(choice: Any) -> str:
    """Yes, no or abstain: who names options says yes, an invalid paper abstains."""
    if named_by(choice):
        return "yes"
    return "abstain" if choice == "invalid" else choice


def check_options(item: dict[str, Any]) -> bool:
    """Whether the table of options is what votes or papers say; true where there is none, or these are withheld.

    Votes weigh what the roll says, papers are equal. Raises ValueError.
    """
    verdict, roll, votes, papers = (item["parts"].get(name) for name in ("verdict", "roll", "votes", "papers"))
    table = verdict["data"].get("options") if verdict is not None and isinstance(verdict["data"], dict) else None
    if table is None or roll is None or (votes is None and papers is None):
        return True
    try:
        weights = {row["partner"]: row.get("weight", 1) for row in roll["data"]}
        said = (
            [(paper, 1) for paper in papers["data"]]
            if votes is None
            else [(vote["choice"], weights[vote["partner"]]) for vote in votes["data"]]
        )
        named: dict[int, int] = {}
        for choice, weight in said:
            for place in named_by(choice):
                named[place] = named.get(place, 0) + weight
        stated = {row["position"]: row["votes"] for row in table}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the table of options is unreadable") from error
    return set(named) <= set(stated) and all(named.get(place, 0) == votes for place, votes in stated.items())


def recount(item: dict[str, Any]) -> dict[str, int | None] | None:
    """The counts of an entry from its roll and votes or papers; None where they are withheld. Raises ValueError."""
    roll, votes, papers = (item["parts"].get(name) for name in ("roll", "votes", "papers"))
    if roll is not None and papers is not None:
        return _recount_papers(roll["data"], papers["data"])
    if roll is None or votes is None:
        return None
    try:
        barred, entitled, weights = set(), {}, {}
        for row in roll["data"]:
            key, weight = row["partner"], row.get("weight", 1)
            if not isinstance(key, str) or key in weights:
                raise ValueError("a partner stands twice on the roll")
            if not _is_int(weight) or weight < 1:
                raise ValueError("a partner on the roll has no vote")
            weights[key] = weight
            if row["is_excluded"]:
                barred.add(key)
            else:
                entitled[key] = row.get("is_present")
        box = {}
        for vote in votes["data"]:
            key, choice = vote["partner"], vote["choice"]
            if key in box or key not in entitled:
                raise ValueError("a vote that may not be counted")
            box[key] = counts_as(choice)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("roll or votes are unreadable") from error
    is_known = bool(entitled) and None not in entitled.values()

    def weight_of(keys: Iterable[str]) -> int:
        return sum(weights[key] for key in keys)

    return {
        "roll": weight_of(weights),
        "yes": weight_of(key for key in box if box[key] == "yes"),
        "no": weight_of(key for key in box if box[key] == "no"),
        "abstained": weight_of(key for key in box if box[key] == "abstain"),
        "missing": weight_of(key for key in entitled if key not in box),
        "excluded": weight_of(barred),
        "present": weight_of(key for key in entitled if entitled[key] or key in box) if is_known else None,
    }


def _recount_papers(roll: Any, papers: Any) -> dict[str, int | None]:
    """The counts of a secret ballot: as many papers as partners that took part. Raises ValueError."""
    try:
        if len({row["partner"] for row in roll}) != len(roll):
            raise ValueError("a partner stands twice on the roll")
        voters = [row for row in roll if not row["is_excluded"]]
        if any(row["took_part"] for row in roll if row["is_excluded"]):
            raise ValueError("an excluded partner took part")
        cast = sum(bool(row["took_part"]) for row in voters)
        there = sum(bool(row.get("is_present") or row["took_part"]) for row in voters)
        is_known = bool(voters) and all(row.get("is_present") is not None for row in voters)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the roll is unreadable") from error
    if not isinstance(papers, list) or len(papers) != cast:
        raise ValueError("there are not as many papers as partners that took part")
    said = [counts_as(paper) for paper in papers]
    return {
        "roll": len(roll),
        "yes": said.count("yes"),
        "no": said.count("no"),
        "abstained": said.count("abstain"),
        "missing": len(voters) - cast,
        "excluded": len(roll) - len(voters),
        "present": there if is_known else None,
    }


def check_counts(document: dict[str, Any]) -> Iterator[Said | int]:
    """Every entry whose counts are not those of its votes; the position of each that was counted and agrees."""
    for position, item in enumerate(document["entries"], start=1):
        stated = item["entry"].get("counts")
        explained = _explained(item)
        if stated is not None and explained is not None and stated != explained:
            yield Said(
                f"Eintrag {position}: Die Begründung nennt andere Zahlen als der Eintrag.",
                f"Entry {position}: the explanation states other counts than the entry.",
            )
            continue
        try:
            counted = recount(item)
        except ValueError as error:
            yield Said(
                f"Eintrag {position}: Die Stimmen sind nicht zählbar ({error}).",
                f"Entry {position}: the votes cannot be counted ({error}).",
            )
            continue
        # The counts of a confidential resolution stand in its explanation only.
        stated = stated if stated is not None else explained
        if counted is None or stated is None:
            continue
        if counted["present"] is None or stated.get("present") is None:
            counted["present"] = stated.get("present")
        try:
            is_table_right = check_options(item)
        except ValueError:
            is_table_right = False
        if not is_table_right:
            yield Said(
                f"Eintrag {position}: Die Tabelle der Möglichkeiten ist nicht, was die Stimmen sagen.",
                f"Entry {position}: the table of options is not what the votes say.",
            )
        elif counted == stated:
            yield position
        else:
            yield Said(
                f"Eintrag {position}: festgestellt {_numbers(stated)}, nachgezählt {_numbers(counted)}.",
                f"Entry {position}: stated {_numbers(stated)}, counted {_numbers(counted)}.",
            )


def _explained(item: dict[str, Any]) -> dict[str, Any] | None:
    """The counts in the disclosed explanation of an entry, if there are any."""
    part = item["parts"].get("verdict")
    data = part["data"] if part is not None else None
    counts = data.get("count") if isinstance(data, dict) else None
    return counts if isinstance(counts, dict) else None


def _numbers(counts: dict[str, Any]) -> str:
    return ", ".join(f"{key} {counts.get(key)}" for key in ["roll", *COUNTS, "present"])


# Telling


def _summary(document: dict[str, Any]) -> Iterator[Said]:
    entries, head = document["entries"], document["head"]
    numbers = [item["entry"]["number"] for item in entries if item["entry"]["number"] is not None]
    shown = sum(part is not None for item in entries for part in item["parts"].values())
    hidden = sum(value is not None for item in entries for value in item["entry"]["commitments"].values()) - shown
    yield Said(f"Partnerschaft: {document['partnership']}", f"Partnership: {document['partnership']}")
    yield Said(f"Einträge: {len(entries)}", f"Entries: {len(entries)}")
    if numbers:
        yield Said(f"Erste Nummer: {numbers[0]}", f"First number: {numbers[0]}")
        yield Said(f"Letzte Nummer: {numbers[-1]}", f"Last number: {numbers[-1]}")
    yield Said(f"Teile: {shown} geprüft, {hidden} nicht offengelegt", f"Parts: {shown} checked, {hidden} withheld")
    yield Said(f"Stand: {head['position']}:{head['hash']}", f"Head: {head['position']}:{head['hash']}")


def run(arguments: argparse.Namespace) -> tuple[int, list[Said]]:
    """Do what was asked: the exit code and what to print."""
    if arguments.command == "verify":
        document, is_canonical = load(arguments.register)
        faults = list(check(document, is_canonical))
        if not faults and arguments.head:
            faults += check_head(document, arguments.head)
        if not faults and arguments.files:
            faults += check_files(document, arguments.files)
        if faults:
            return 1, faults
        return 0, [*_summary(document), Said("In Ordnung.", "OK.")]
    if arguments.command == "verify-diff":
        older, is_older_canonical = load(arguments.older)
        newer, is_newer_canonical = load(arguments.newer)
        faults = [*check(older, is_older_canonical), *check(newer, is_newer_canonical)]
        if not faults:
            faults = list(check_diff(older, newer))
        if faults:
            return 1, faults
        added = len(newer["entries"]) - len(older["entries"])
        return 0, [
            *withdrawn(older, newer),
            Said(f"Neue Einträge: {added}", f"New entries: {added}"),
            *_summary(newer),
            Said("In Ordnung: Nichts ist verschwunden oder verändert.", "OK: nothing vanished or changed."),
        ]
    document, is_canonical = load(arguments.register)
    faults = list(check(document, is_canonical))
    counted = 0
    if not faults:
        for result in check_counts(document):
            if isinstance(result, int):
                counted += 1
            else:
                faults.append(result)
    if faults:
        return 1, faults
    return 0, [Said(f"In Ordnung: {counted} Abstimmungen nachgezählt.", f"OK: {counted} ballots counted anew.")]


def main(argv: list[str] | None = None) -> int:
    """Read the command line, print, and return the exit code."""
    parser = argparse.ArgumentParser(description="Check a register of resolutions exported by Konvent.")
    parser.add_argument("--english", action="store_true", help="answer in English")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check a register")
    verify.add_argument("register")
    verify.add_argument("--head", metavar="POSITION:HASH", help="a head noted elsewhere that must stand in it")
    verify.add_argument("--files", metavar="FOLDER", help="compare attached files as well")
    diff = commands.add_parser("verify-diff", help="check that nothing vanished since an older export")
    diff.add_argument("older")
    diff.add_argument("newer")
    count = commands.add_parser("recount", help="count disclosed votes anew")
    count.add_argument("register")
    for command in (verify, diff, count):
        command.add_argument("--english", action="store_true", default=argparse.SUPPRESS, help="answer in English")
    arguments = parser.parse_args(argv)
    try:
        code, said = run(arguments)
    except Unreadable as error:
        code, said = 2, [error.said]
    for sentence in said:
        print(sentence.en if arguments.english else sentence.de)
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
