"""Builds small registers for the tests of the register and of the stand-alone verifier."""

from __future__ import annotations

import hashlib
import random
from datetime import date, timedelta

from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.register import EMPTY, Part, Record, Reference, Relation, build_entry, chain_head, number_of
from committees.rules.verdict import decide, tally

PARTNERSHIP = "masterportal"


def part(name: str, position: int, data: object) -> Part:
    """A part whose salt is made from its place, so that tests repeat."""
    return Part(hashlib.sha256(f"salt {name} {position}".encode()).hexdigest(), data)


def make_register(length: int = 6, seed: int = 1) -> list[Record]:
    """A chain with two committees, every kind of entry, umlauts, exclusions and a confidential resolution."""
    rng = random.Random(seed)
    records: list[Record] = []
    sequence = {"SK": 0, "TK": 0}
    for index in range(length):
        position = index + 1
        if index % 6 == 5:
            target = records[rng.randrange(len(records))]
            records.append(
                build_entry(
                    partnership=PARTNERSHIP,
                    previous=chain_head(records),
                    kind="corrected",
                    committee=target.entry["committee"],
                    decided_on=date(2026, 3, 1) + timedelta(days=index // 4),
                    references=[
                        Reference(Relation.CORRECTS, target.entry["position"], target.hash, target.entry["number"])
                    ],
                    parts={"text": part("text", position, {"title": "Berichtigung", "text": "Zahl der Gäste."})},
                )
            )
            continue
        committee = "TK" if index % 2 else "SK"
        sequence[committee] += 1
        roll = [f"P{number:02d}" for number in range(1, 12)]
        votes = {partner: rng.choice(("yes", "yes", "no", "abstain")) for partner in roll[1 : rng.randint(7, 11)]}
        count = tally(roll, votes, excluded=roll[:1], present=roll[1:])
        verdict = decide(EQUAL_SIMPLE.rules, count, way="meeting")
        is_adopted = verdict.outcome == "adopted"
        kind = {
            ("SK", True): "adopted",
            ("SK", False): "rejected",
            ("TK", True): "recommended",
            ("TK", False): "not_recommended",
        }[committee, is_adopted]
        records.append(
            build_entry(
                partnership=PARTNERSHIP,
                previous=chain_head(records) if records else EMPTY,
                kind=kind,
                committee=committee,
                decided_on=date(2026, 3, 1) + timedelta(days=index // 4),
                number=number_of(committee, 2026, sequence[committee]),
                way="meeting",
                count=count,
                rules=EQUAL_SIMPLE.rules,
                parts={
                    "text": part(
                        "text", position, {"title": f"Größe {index}", "text": "Die Straße\n„wird“ \\ gebaut."}
                    ),
                    "verdict": part("verdict", position, verdict.to_data()),
                    "roll": part(
                        "roll",
                        position,
                        [
                            {
                                "partner": key,
                                "name": f"Stadt {key}",
                                "is_excluded": key == "P01",
                                "is_present": key != "P01",
                            }
                            for key in roll
                        ],
                    ),
                    "votes": part(
                        "votes", position, [{"partner": key, "choice": choice} for key, choice in votes.items()]
                    ),
                    "persons": part("persons", position, [{"partner": key, "person": f"Frau Ö{key}"} for key in votes]),
                    "attachments": part(
                        "attachments",
                        position,
                        [{"title": "Bericht.pdf", "sha256": hashlib.sha256(f"file {index}".encode()).hexdigest()}],
                    ),
                },
            )
        )
    # The third entry is confidential: nothing of it is disclosed but the entry itself.
    return [record.disclosing(()) if number == 2 else record for number, record in enumerate(records)]
