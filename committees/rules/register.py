"""The tamper-evident register: canonical bytes, hashes, commitments, entries, and the check of a chain.

The format is fixed for good and described for strangers in ``docs/register-format.md``; a change means a new
``format`` value beside the old one. One chain per partnership. An entry holds no personal data and no wording:
those are *parts* beside it, each bound by ``SHA-256(salt || canonical data)``. So a confidential resolution
verifies unread, and erasing a part with its salt leaves the chain valid (``decisions.md`` 19).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from committees.rules.rule_set import Rules
from committees.rules.sentence import Sentence
from committees.rules.verdict import Count, Outcome

ENTRY_FORMAT: Final = "konvent-register-entry/1"
EXPORT_FORMAT: Final = "konvent-register/1"
GENESIS: Final = "0" * 64
SALT_BYTES: Final = 32
PARTS: Final = ("text", "verdict", "roll", "votes", "papers", "persons", "attachments")
LARGEST: Final = 2**53 - 1


class Kind(StrEnum):
    """What an entry records: numbered resolutions, ballots that made none, and what refers to earlier entries."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    NOTED = "noted"
    NO_QUORUM = "no_quorum"
    TIE = "tie"
    UNDECIDED = "undecided"
    STOPPED = "stopped"
    VOIDED = "voided"
    ANNULLED = "annulled"
    CORRECTED = "corrected"
    PUBLISHED = "published"
    EFFECTIVE = "effective"
    LAPSED = "lapsed"
    ERASED = "erased"


RESOLUTIONS: Final = frozenset({Kind.ADOPTED, Kind.REJECTED, Kind.RECOMMENDED, Kind.NOT_RECOMMENDED, Kind.NOTED})
OUTCOME_OF: Final[Mapping[Kind, Outcome]] = {
    Kind.ADOPTED: Outcome.ADOPTED,
    Kind.RECOMMENDED: Outcome.ADOPTED,
    Kind.REJECTED: Outcome.REJECTED,
    Kind.NOT_RECOMMENDED: Outcome.REJECTED,
    Kind.NO_QUORUM: Outcome.NO_QUORUM,
    Kind.TIE: Outcome.TIE,
    Kind.UNDECIDED: Outcome.UNDECIDED,
    Kind.STOPPED: Outcome.STOPPED,
}


class Relation(StrEnum):
    """How an entry refers to an earlier one."""

    SUPERSEDES = "supersedes"
    REPEALS = "repeals"
    ANNULS = "annuls"
    CORRECTS = "corrects"
    PUBLISHES = "publishes"
    SETTLES = "settles"
    ERASES = "erases"
    FOLLOWS = "follows"


RELATION_OF: Final[Mapping[Kind, Relation]] = {
    Kind.ANNULLED: Relation.ANNULS,
    Kind.CORRECTED: Relation.CORRECTS,
    Kind.PUBLISHED: Relation.PUBLISHES,
    Kind.EFFECTIVE: Relation.SETTLES,
    Kind.LAPSED: Relation.SETTLES,
    Kind.ERASED: Relation.ERASES,
}


class FormatError(ValueError):
    """Something cannot stand in a register entry or part."""


# Bytes and hashes


def canonical(value: Any) -> bytes:
    """The one sequence of bytes a value is written as: RFC 8785 for text, whole numbers, truths, lists, objects.

    Keys are sorted, nothing is spaced, text is UTF-8 as it is. Raises ``FormatError`` for floats, numbers
    beyond 2^53 - 1, keys that are not ASCII, lone surrogates and every other type.
    """
    _check_plain(value)
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as error:
        raise FormatError("Text holds a lone surrogate.") from error


def _check_plain(value: Any) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if type(value) is not str and not isinstance(value, StrEnum):
            raise FormatError(f"Not a plain text: {type(value).__name__}")
        return
    if isinstance(value, int):
        if type(value) is not int or abs(value) > LARGEST:
            raise FormatError("A number is a plain whole number up to 2^53 - 1.")
        return
    if isinstance(value, list | tuple):
        for item in value:
            _check_plain(item)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise FormatError(f"A key is ASCII text: {key!r}")
            _check_plain(item)
        return
    raise FormatError(f"{type(value).__name__} cannot stand in the register.")


def entry_hash(entry: Mapping[str, Any]) -> str:
    """``SHA-256(0x00 || canonical(entry))`` as 64 hexadecimal digits."""
    return hashlib.sha256(b"\x00" + canonical(dict(entry))).hexdigest()


def data_hash(data: Any) -> str:
    """``SHA-256(canonical(data))``, for what need not be hidden, such as the rules of procedure."""
    return hashlib.sha256(canonical(data)).hexdigest()


def rules_hash(rules: Rules) -> str:
    """The hash of a rule set version that an entry names."""
    return data_hash(rules.to_data())


@dataclass(frozen=True, slots=True)
class Part:
    """Data beside an entry with the salt that binds it: 32 random bytes as hexadecimal digits."""

    salt: str
    data: Any

    @property
    def commitment(self) -> str:
        """``SHA-256(salt || canonical(data))``. Raises ``FormatError`` where the salt is none."""
        if not _text(self.salt, _HEX):
            raise FormatError("A salt is 32 bytes, written as 64 lower-case hexadecimal digits.")
        return hashlib.sha256(bytes.fromhex(self.salt) + canonical(self.data)).hexdigest()

    def to_data(self) -> dict[str, Any]:
        return {"salt": self.salt, "data": self.data}


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier entry of the same chain, by position and hash, with its number where it has one."""

    relation: Relation
    position: int
    hash: str
    number: str | None = None

    def to_data(self) -> dict[str, Any]:
        return {
            "relation": self.relation.value,
            "position": self.position,
            "hash": self.hash,
            "number": self.number,
        }


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain. Printed in notices and minutes, it lets anybody find a shortened register."""

    position: int
    hash: str

    def to_data(self) -> dict[str, Any]:
        return {"position": self.position, "hash": self.hash}


EMPTY: Final = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Record:
    """A stored entry: its content, its hash, and those of its parts that are disclosed."""

    entry: Mapping[str, Any]
    hash: str
    parts: Mapping[str, Part | None]

    @property
    def head(self) -> Head:
        return Head(self.entry["position"], self.hash)

    def disclosing(self, names: Collection[str]) -> Record:
        """The same record showing only the named parts."""
        return Record(self.entry, self.hash, {name: self.parts.get(name) if name in names else None for name in PARTS})


def number_of(committee: str, year: int, sequence: int) -> str:
    """``SK-2026-014``."""
    return f"{committee}-{year:04d}-{sequence:03d}"


def build_entry(
    *,
    partnership: str,
    previous: Head,
    kind: str,
    committee: str,
    decided_on: date,
    number: str | None = None,
    way: str | None = None,
    count: Count | None = None,
    rules: Rules | None = None,
    parts: Mapping[str, Part] | None = None,
    references: Iterable[Reference] = (),
) -> Record:
    """The next record of a chain, complete with its hash.

    ``partnership`` is the stable key of the register (it can never change), ``committee`` the short code in
    the number. Raises ``FormatError`` where the entry could not stand in a valid chain.
    """
    kind = Kind(kind)
    given = dict(parts or {})
    if unknown := set(given) - set(PARTS):
        raise FormatError(f"Unknown parts: {sorted(unknown)}")
    outcome = OUTCOME_OF.get(kind)
    entry: dict[str, Any] = {
        "format": ENTRY_FORMAT,
        "partnership": partnership,
        "position": previous.position + 1,
        "previous_hash": previous.hash,
        "kind": kind.value,
        "number": number,
        "committee": committee,
        "decided_on": decided_on.isoformat(),
        "way": way,
        "outcome": outcome.value if outcome else None,
        "counts": None if count is None else count.to_data(),
        "rules_hash": None if rules is None else rules_hash(rules),
        "commitments": {name: given[name].commitment if name in given else None for name in PARTS},
        "references": [reference.to_data() for reference in references],
    }
    if problem := _shape(entry):
        raise FormatError(problem.en)
    return Record(entry, entry_hash(entry), {name: given.get(name) for name in PARTS})


# The check of a chain


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be, and where; position 0 is the register as a whole."""

    position: int
    key: str
    sentence: Sentence


def chain_head(records: Sequence[Record]) -> Head:
    """Position and hash of the last entry; ``EMPTY`` for an empty register."""
    return records[-1].head if records else EMPTY


def verify_chain(
    records: Sequence[Record], *, partnership: str | None = None, head: Head | None = None
) -> list[Finding]:
    """Everything that is wrong with a chain, in order; an empty list means that it is whole.

    ``head`` is what the chain must end with (or, where it stands earlier, must contain): a head from a notice
    or a protocol is a witness that nothing was cut off or rewritten.
    """
    findings: list[Finding] = []
    numbers: dict[tuple[str, str], int] = {}
    previous = EMPTY

    def found(position: int, key: str, de: str, en: str) -> None:
        findings.append(Finding(position, key, Sentence(de, en)))

    for index, record in enumerate(records, start=1):
        entry = record.entry
        try:
            shape = _shape(entry)
            computed = entry_hash(entry)
        except (FormatError, TypeError, ValueError, KeyError, AttributeError):
            shape = Sentence("Der Eintrag ist nicht lesbar.", "The entry is unreadable.")
            computed = ""
        if shape is not None:
            findings.append(Finding(index, "shape", shape))
        if computed != record.hash:
            found(
                index,
                "hash",
                "Der Eintrag passt nicht zu seiner Prüfsumme.",
                "The entry does not match its hash.",
            )
        if entry.get("position") != index:
            found(index, "position", "Die Position stimmt nicht.", "The position is wrong.")
        if entry.get("previous_hash") != previous.hash:
            found(
                index,
                "previous_hash",
                "Der Eintrag schließt nicht an den vorigen an.",
                "The entry does not follow the one before.",
            )
        owner = partnership if partnership is not None else records[0].entry.get("partnership")
        if entry.get("partnership") != owner:
            found(
                index,
                "partnership",
                "Der Eintrag gehört zu einer anderen Partnerschaft.",
                "The entry belongs to another partnership.",
            )
        if shape is None:
            if (number := entry["number"]) is not None:
                committee, year, sequence = number.rsplit("-", 2)
                expected = numbers.get((committee, year), 0) + 1
                if int(sequence) != expected:
                    found(
                        index,
                        "number",
                        f"Die Nummer {number} schließt nicht lückenlos an, erwartet war die {expected}.",
                        f"The number {number} leaves a gap, {expected} was expected.",
                    )
                numbers[committee, year] = int(sequence)
            _check_references(records, index, entry, findings)
            _check_parts(record, index, findings)
        previous = Head(index, record.hash)
    if head is not None and not _stands(records, head):
        found(
            0,
            "head",
            f"Der bezeugte Stand (Position {head.position}) kommt in diesem Register nicht vor.",
            f"The witnessed head (position {head.position}) does not stand in this register.",
        )
    return findings


def _stands(records: Sequence[Record], head: Head) -> bool:
    if head.position == 0:
        return head == EMPTY
    return head.position <= len(records) and records[head.position - 1].hash == head.hash


def _check_references(records: Sequence[Record], index: int, entry: Mapping[str, Any], findings: list[Finding]) -> None:
    for reference in entry["references"]:
        place = reference["position"]
        target = records[place - 1] if 0 < place < index else None
        if target is None or target.hash != reference["hash"] or target.entry.get("number") != reference["number"]:
            findings.append(
                Finding(
                    index,
                    "reference",
                    Sentence(
                        f"Der Verweis auf Position {place} trifft keinen früheren Eintrag.",
                        f"The reference to position {place} meets no earlier entry.",
                    ),
                )
            )


def _check_parts(record: Record, index: int, findings: list[Finding]) -> None:
    for name, part in record.parts.items():
        if part is None:
            continue
        committed = record.entry["commitments"].get(name)
        try:
            is_right = committed is not None and part.commitment == committed
        except FormatError:
            is_right = False
        if not is_right:
            findings.append(
                Finding(
                    index,
                    "part",
                    Sentence(
                        f"Der Teil „{name}“ ist nicht der, der festgehalten wurde.",
                        f"The part '{name}' is not the one that was recorded.",
                    ),
                )
            )


_HEX = re.compile(r"[0-9a-f]{64}")
_COMMITTEE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", re.ASCII)
_PARTNERSHIP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_NUMBER = re.compile(r"(?P<committee>.+)-(?P<year>[0-9]{4})-(?P<sequence>[0-9]{3,9})", re.ASCII)
_MARKING = re.compile(r"yes|no|abstain|invalid|[1-9][0-9]?(,[1-9][0-9]?)*|[1-9][0-9]?(>[1-9][0-9]?)+", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIELDS = frozenset(
    [
        "format",
        "partnership",
        "position",
        "previous_hash",
        "kind",
        "number",
        "committee",
        "decided_on",
        "way",
        "outcome",
        "counts",
        "rules_hash",
        "commitments",
        "references",
    ]
)
_COUNTS = frozenset(["roll", "yes", "no", "abstained", "missing", "excluded", "present"])


def _shape(entry: Mapping[str, Any]) -> Sentence | None:
    """What is wrong with the form of a single entry, or None."""

    def wrong(field: str) -> Sentence:
        return Sentence(f"Das Feld „{field}“ ist nicht zulässig.", f"The field '{field}' is not possible.")

    if set(entry) != _FIELDS:
        return Sentence("Der Eintrag hat nicht die Felder seines Formats.", "The entry lacks the fields of its format.")
    if entry["format"] != ENTRY_FORMAT:
        return wrong("format")
    if not _text(entry["partnership"], _PARTNERSHIP):
        return wrong("partnership")
    if type(entry["position"]) is not int or entry["position"] < 1:
        return wrong("position")
    if not _text(entry["previous_hash"], _HEX):
        return wrong("previous_hash")
    if entry["kind"] not in {kind.value for kind in Kind}:
        return wrong("kind")
    if not _text(entry["committee"], _COMMITTEE):
        return wrong("committee")
    if not _is_day(entry["decided_on"]):
        return wrong("decided_on")
    kind = Kind(entry["kind"])
    if not _is_number(entry["number"], entry["committee"], kind):
        return wrong("number")
    if entry["way"] not in (None, "meeting", "circular"):
        return wrong("way")
    outcome = OUTCOME_OF.get(kind)
    if entry["outcome"] != (outcome.value if outcome else None):
        return wrong("outcome")
    if not _is_counts(entry["counts"]):
        return wrong("counts")
    if entry["rules_hash"] is not None and not _text(entry["rules_hash"], _HEX):
        return wrong("rules_hash")
    commitments = entry["commitments"]
    if (
        not isinstance(commitments, dict)
        or set(commitments) != set(PARTS)
        or not all(value is None or _text(value, _HEX) for value in commitments.values())
    ):
        return wrong("commitments")
    if not _are_references(entry["references"], kind, entry["position"]):
        return wrong("references")
    return None


def _text(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_number(value: object, committee: str, kind: Kind) -> bool:
    if kind not in RESOLUTIONS:
        return value is None
    match = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if match is None or match["committee"] != committee:
        return False
    return value == number_of(committee, int(match["year"]), int(match["sequence"]))


def _is_counts(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict) or set(value) != _COUNTS:
        return False
    if any(type(number) is not int and not (key == "present" and number is None) for key, number in value.items()):
        return False
    try:
        Count(**value)
    except ValueError:
        return False
    return True


def _are_references(value: object, kind: Kind, position: int) -> bool:
    if not isinstance(value, list):
        return False
    for reference in value:
        if not isinstance(reference, dict) or set(reference) != {"relation", "position", "hash", "number"}:
            return False
        if reference["relation"] not in {relation.value for relation in Relation}:
            return False
        place = reference["position"]
        if type(place) is not int or not 0 < place < position or not _text(reference["hash"], _HEX):
            return False
        if reference["number"] is not None and not isinstance(reference["number"], str):
            return False
    needed = RELATION_OF.get(kind)
    return needed is None or any(reference["relation"] == needed.value for reference in value)


# In and out


def export_document(records: Sequence[Record], *, partnership: str | None = None) -> dict[str, Any]:
    """The register as the stand-alone verifier reads it. Parts to withhold are None in the records given.

    ``partnership`` is needed only for an empty register.
    """
    if partnership is None:
        if not records:
            raise ValueError("An empty register needs the name of its partnership.")
        partnership = str(records[0].entry["partnership"])
    return {
        "format": EXPORT_FORMAT,
        "partnership": partnership,
        "entries": [
            {
                "entry": dict(record.entry),
                "hash": record.hash,
                "parts": {name: part.to_data() if (part := record.parts.get(name)) else None for name in PARTS},
            }
            for record in records
        ],
        "head": chain_head(records).to_data(),
    }


def export_bytes(records: Sequence[Record], *, partnership: str | None = None) -> bytes:
    """The export file: canonical JSON, so that a single changed byte is found, even between the values."""
    return canonical(export_document(records, partnership=partnership))


def record_from_data(data: Mapping[str, Any]) -> Record:
    """Read one item of an export, or of the database's JSON, back."""
    return Record(data["entry"], data["hash"], {name: _part(data["parts"].get(name)) for name in PARTS})


def _part(data: object) -> Part | None:
    """A part as stored; what is malformed stays, so that the check of the chain names it."""
    if data is None:
        return None
    if not isinstance(data, Mapping):
        return Part("", data)
    return Part(data.get("salt", ""), data.get("data"))


def recount(roll: Iterable[Mapping[str, Any]], votes: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
    """Count disclosed roll and votes anew, in votes; written apart from ``verdict.tally``, to be compared with it.

    ``present`` is known only where the roll tells it for every partner.
    Raises ``FormatError`` where a partner stands twice, votes twice, or votes without being entitled.
    """
    listed = list(roll)
    rows = {row["partner"]: row for row in listed}
    if len(rows) != len(listed):
        raise FormatError("A partner stands twice on the roll.")
    choices: dict[str, str] = {}
    for vote in votes:
        partner, choice = vote["partner"], vote["choice"]
        if partner in choices or partner not in rows or rows[partner]["is_excluded"]:
            raise FormatError(f"A vote that cannot be counted: {partner}")
        if not _text(choice, _MARKING):
            raise FormatError(f"No choice: {choice}")
        choices[partner] = choice
    weights = {partner: row.get("weight", 1) for partner, row in rows.items()}
    if any(type(weight) is not int or weight < 1 for weight in weights.values()):
        raise FormatError("A weight is a whole number, at least 1.")
    entitled = [partner for partner, row in rows.items() if not row["is_excluded"]]
    is_known = all(rows[partner].get("is_present") is not None for partner in entitled)

    def said(*markings: str) -> int:
        return sum(weights[partner] for partner, choice in choices.items() if choice in markings)

    no, abstained = said("no"), said("abstain", "invalid")
    return {
        "roll": sum(weights.values()),
        # Whoever names options has said yes to something; an invalid paper abstains.
        "yes": sum(weights[partner] for partner in choices) - no - abstained,
        "no": no,
        "abstained": abstained,
        "missing": sum(weights[partner] for partner in entitled if partner not in choices),
        "excluded": sum(weights.values()) - sum(weights[partner] for partner in entitled),
        "present": sum(weights[p] for p in entitled if rows[p]["is_present"] or p in choices)
        if is_known and entitled
        else None,
    }


def recount_papers(roll: Iterable[Mapping[str, Any]], papers: Iterable[str]) -> dict[str, int | None]:
    """Count the disclosed papers of a secret ballot anew. There are as many as partners that took part.

    Raises ``FormatError`` where that is not so, or something stands on a paper that is no marking.
    """
    entitled, excluded, took_part, known = 0, 0, 0, 0
    there = 0
    seen: set[str] = set()
    for row in roll:
        if row["partner"] in seen:
            raise FormatError("A partner stands twice on the roll.")
        seen.add(row["partner"])
        if row["is_excluded"]:
            excluded += 1
            if row["took_part"]:
                raise FormatError(f"Took part though excluded: {row['partner']}")
            continue
        entitled += 1
        took_part += bool(row["took_part"])
        known += row.get("is_present") is not None
        there += bool(row.get("is_present") or row["took_part"])
    said = list(papers)
    if len(said) != took_part:
        raise FormatError(f"{len(said)} papers of {took_part} partners that took part.")
    if strange := [paper for paper in said if not _text(paper, _MARKING)]:
        raise FormatError(f"No choice: {strange[0]}")
    abstained = said.count("abstain") + said.count("invalid")
    return {
        "roll": entitled + excluded,
        "yes": len(said) - said.count("no") - abstained,
        "no": said.count("no"),
        "abstained": abstained,
        "missing": entitled - took_part,
        "excluded": excluded,
        "present": there if entitled and known == entitled else None,
    }
