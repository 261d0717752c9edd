import hashlib
import json
import random
from dataclasses import replace
from datetime import date

import pytest

from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.rules.register import (
    EMPTY,
    GENESIS,
    PARTS,
    FormatError,
    Head,
    Part,
    Record,
    build_entry,
    canonical,
    chain_head,
    entry_hash,
    export_bytes,
    export_document,
    number_of,
    record_from_data,
    recount,
    recount_papers,
    rules_hash,
    verify_chain,
)
from committees.rules.verdict import Count, tally

from .registers import PARTNERSHIP, make_register

SALT = "ab" * 32


def keys(findings):
    return {(finding.position, finding.key) for finding in findings}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        ("Größe", '"Größe"'),
        ('"\\\b\t\n\f\r\x01\x1f\x7f', '"\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\x7f"'),
        (["\u2028", "😀", ""], '["\u2028","😀",""]'),
        ({}, "{}"),
        (-0, "0"),
        (2**53 - 1, "9007199254740991"),
    ],
)
def test_canonical_bytes_are_those_of_rfc_8785(value, written):
    assert canonical(value) == written.encode()


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, -(2**53), {"ä": 1}, {1: 2}, "\ud800", b"x", {1, 2}, date(2026, 1, 1)]
)
def test_what_cannot_stand_in_the_register_is_refused(value):
    with pytest.raises(FormatError):
        canonical(value)


def test_an_entry_hash_is_the_one_the_documentation_gives():
    entry = {"b": "ü", "a": 1}
    assert entry_hash(entry) == hashlib.sha256(b"\x00" + '{"a":1,"b":"ü"}'.encode()).hexdigest()


def test_the_hashes_of_the_first_format_never_change():
    """If this test fails, the format was changed: that breaks every register ever exported."""
    record = make_register(1)[0]
    assert record.entry["previous_hash"] == GENESIS
    assert rules_hash(EQUAL_SIMPLE.rules) == FIXED["rules"]
    assert record.entry["commitments"]["text"] == FIXED["text"]
    assert record.hash == FIXED["entry"]


FIXED = {
    "rules": "f741209e810777c29a16b4e8ec620f555767c98f686280484a32f2218d2d88d6",
    "text": "77004d3583367dd50fef0f92c4c7e020a74f011d6565ad68a3c2a9c6183ac05e",
    "entry": "31f39214ffff36560e8d70d6f9900a7f9241aff57b2526887b08a71061298c1d",
}


def test_a_whole_chain_has_no_findings():
    records = make_register(30)
    assert verify_chain(records) == []
    assert verify_chain(records, partnership=PARTNERSHIP, head=chain_head(records)) == []
    assert verify_chain(records, head=records[4].head) == []
    assert verify_chain([], head=EMPTY) == []


def test_an_entry_holds_no_wording_and_no_person():
    record = make_register(1)[0]
    written = canonical(dict(record.entry)).decode()
    for secret in ("Größe", "Straße", "Frau", "Stadt", "P02", "Bericht"):
        assert secret not in written


def test_the_same_wording_has_another_commitment_with_another_salt():
    assert Part(SALT, "Wortlaut").commitment != Part("cd" * 32, "Wortlaut").commitment


def test_a_chain_verifies_with_every_part_withheld():
    assert verify_chain([record.disclosing(()) for record in make_register(12)]) == []


def test_erasing_the_persons_leaves_the_chain_valid_and_the_rest_shown():
    records = [record.disclosing(set(PARTS) - {"persons"}) for record in make_register(12)]
    assert verify_chain(records) == []
    assert records[0].parts["text"] is not None


def test_a_changed_part_is_found_where_it_is():
    records = make_register(8)
    roll = records[3].parts["roll"]
    records[3] = Record(records[3].entry, records[3].hash, {**records[3].parts, "roll": Part(roll.salt, [])})
    assert keys(verify_chain(records)) == {(4, "part")}


def test_a_part_that_was_never_recorded_is_found():
    records = make_register(6)
    records[5] = Record(records[5].entry, records[5].hash, {**records[5].parts, "votes": Part(SALT, [])})
    assert keys(verify_chain(records)) == {(6, "part")}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"committee": "XX"}, "shape"),
        ({"decided_on": "2026-03-02"}, "hash"),
        ({"kind": "noted"}, "shape"),
        ({"counts": None}, "hash"),
        ({"previous_hash": "1" * 64}, "previous_hash"),
        ({"position": 9}, "position"),
        ({"partnership": "andere"}, "partnership"),
        ({"rules_hash": rules_hash(VWVFG.rules)}, "hash"),
        ({"extra": 1}, "shape"),
    ],
)
def test_a_changed_entry_is_found_where_it_is(change, key):
    records = make_register(8)
    records[1] = Record({**records[1].entry, **change}, records[1].hash, records[1].parts)
    found = keys(verify_chain(records, partnership=PARTNERSHIP))
    assert (2, key) in found
    assert (2, "hash") in found


def test_a_changed_entry_with_a_hash_to_match_breaks_the_next_one():
    records = make_register(8)
    entry = {**records[1].entry, "decided_on": "2026-03-03"}
    records[1] = Record(entry, entry_hash(entry), records[1].parts)
    assert (3, "previous_hash") in keys(verify_chain(records))


def test_a_missing_a_swapped_and_a_doubled_entry_are_found():
    whole = make_register(8)
    assert verify_chain(whole[:2] + whole[3:])
    assert verify_chain([whole[0], whole[2], whole[1], *whole[3:]])
    assert verify_chain([*whole[:3], whole[2], *whole[3:]])


def test_a_cut_chain_is_found_by_a_witnessed_head_only():
    whole = make_register(8)
    assert verify_chain(whole[:5]) == []
    assert keys(verify_chain(whole[:5], head=whole[7].head)) == {(0, "head")}
    assert keys(verify_chain(whole, head=Head(3, "f" * 64))) == {(0, "head")}


def test_numbers_are_gapless_within_committee_and_year():
    first = make_register(1)
    args = {"partnership": PARTNERSHIP, "kind": "noted", "decided_on": date(2026, 5, 1)}
    second = build_entry(previous=chain_head(first), committee="SK", number="SK-2026-003", **args)
    assert keys(verify_chain([*first, second])) == {(2, "number")}
    other_year = build_entry(previous=chain_head(first), committee="SK", number="SK-2027-001", **args)
    assert verify_chain([*first, other_year]) == []
    twice = build_entry(previous=chain_head(first), committee="SK", number="SK-2026-001", **args)
    assert keys(verify_chain([*first, twice])) == {(2, "number")}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "adopted", "number": None},
        {"kind": "adopted", "number": "TK-2026-001"},
        {"kind": "adopted", "number": "SK-2026-1"},
        {"kind": "adopted", "number": "SK-2026-0001"},
        {"kind": "annulled", "number": None},
        {"kind": "no_quorum", "number": "SK-2026-001"},
        {"kind": "corrected", "number": "SK-2026-001"},
        {"kind": "noted", "number": "SK-2026-001", "committee": "S K"},
        {"kind": "noted", "number": "SK-2026-001", "partnership": ""},
        {"kind": "noted", "number": "SK-2026-001", "partnership": "Österreich"},
        {"kind": "noted", "number": "SK-2026-001", "way": "letter"},
        {"kind": "noted", "number": "SK-2026-001", "parts": {"secret": Part(SALT, 1)}},
    ],
)
def test_an_entry_that_could_not_stand_in_a_chain_is_not_built(change):
    plain = {
        "partnership": PARTNERSHIP,
        "previous": EMPTY,
        "committee": "SK",
        "decided_on": date(2026, 5, 1),
    }
    with pytest.raises(FormatError):
        build_entry(**{**plain, **change})


@pytest.mark.parametrize("kind", ["no_quorum", "tie", "stopped", "voided"])
def test_a_ballot_without_a_resolution_stands_in_the_chain_unnumbered(kind):
    record = build_entry(
        partnership=PARTNERSHIP, previous=EMPTY, kind=kind, committee="SK", decided_on=date(2026, 5, 1)
    )
    assert verify_chain([record]) == []
    assert record.entry["number"] is None


def test_a_four_digit_sequence_needs_no_leading_zero():
    assert number_of("SK", 2026, 1000) == "SK-2026-1000"
    build_entry(
        partnership=PARTNERSHIP,
        previous=EMPTY,
        kind="noted",
        committee="SK",
        decided_on=date(2026, 5, 1),
        number="SK-2026-1000",
    )


@pytest.mark.parametrize("salt", ["", "ab", "AB" * 32, "zz" * 32, None, 3])
def test_a_salt_that_is_none_is_refused_when_writing_and_found_when_reading(salt):
    with pytest.raises(FormatError):
        build_entry(
            partnership=PARTNERSHIP,
            previous=EMPTY,
            kind="noted",
            committee="SK",
            decided_on=date(2026, 5, 1),
            number="SK-2026-001",
            parts={"text": Part(salt, "x")},
        )
    document = export_document(make_register(1))
    document["entries"][0]["parts"]["text"]["salt"] = salt
    assert keys(verify_chain([record_from_data(document["entries"][0])])) == {(1, "part")}


@pytest.mark.parametrize("stored", [3, "x", [], {}, {"salt": SALT}])
def test_a_malformed_part_is_found_without_a_crash(stored):
    document = export_document(make_register(1))
    document["entries"][0]["parts"]["text"] = stored
    assert keys(verify_chain([record_from_data(document["entries"][0])])) == {(1, "part")}


def test_drafts_that_are_rolled_back_leave_no_gap():
    """R4, the pure part: 50 adopted, 10 of them never committed."""
    seed = random.randrange(10**9)
    print("seed", seed)
    rolled_back = set(random.Random(seed).sample(range(50), 10))
    records = []
    for turn in range(50):
        sequence = len(records) + 1
        draft = build_entry(
            partnership=PARTNERSHIP,
            previous=chain_head(records),
            kind="adopted",
            committee="SK",
            decided_on=date(2026, 5, 1),
            number=number_of("SK", 2026, sequence),
        )
        if turn not in rolled_back:
            records.append(draft)
    assert verify_chain(records) == []
    assert records[-1].entry["number"] == "SK-2026-040"


def test_the_export_reads_back_to_the_same_records():
    records = make_register(8)
    document = json.loads(export_bytes(records))
    assert document == export_document(records)
    again = [record_from_data(item) for item in document["entries"]]
    assert [record.hash for record in again] == [record.hash for record in records]
    assert verify_chain(again, head=Head(**document["head"])) == []


def test_an_empty_register_exports_with_its_partnership():
    assert export_document([], partnership="neu")["head"] == {"position": 0, "hash": GENESIS}
    with pytest.raises(ValueError, match="empty register"):
        export_document([])


def test_the_recount_agrees_with_the_tally():
    for record in make_register(30, seed=7):
        if record.parts["roll"] is None or record.parts["votes"] is None:
            continue
        assert recount(record.parts["roll"].data, record.parts["votes"].data) == record.entry["counts"]


def test_the_recount_refuses_what_may_not_be_counted():
    roll = [
        {"partner": "A", "is_excluded": False, "is_present": None},
        {"partner": "B", "is_excluded": True, "is_present": None},
    ]
    assert (
        recount(roll, [{"partner": "A", "choice": "yes"}]) == tally(["A", "B"], {"A": "yes"}, excluded=["B"]).to_data()
    )
    for votes in (
        [{"partner": "B", "choice": "yes"}],
        [{"partner": "C", "choice": "yes"}],
        [{"partner": "A", "choice": "yes"}] * 2,
        [{"partner": "A", "choice": "maybe"}],
    ):
        with pytest.raises(FormatError):
            recount(roll, votes)
    with pytest.raises(FormatError):
        recount(roll + roll[:1], [])


def test_counts_that_do_not_add_up_are_found():
    records = make_register(2)
    counts = {**records[0].entry["counts"], "yes": 99}
    entry = {**records[0].entry, "counts": counts}
    assert (1, "shape") in keys(verify_chain([Record(entry, entry_hash(entry), records[0].parts)]))


def test_a_count_keeps_its_form_in_an_entry():
    count = Count(3, 1, 1, 0, 1, 0)
    assert Count.from_data(count.to_data()) == count
    assert replace(count, present=2).to_data()["present"] == 2


def test_papers_are_recounted_as_many_as_took_part():
    roll = [
        {"partner": name, "is_excluded": name == "D", "is_present": True, "took_part": name in "AB"} for name in "ABCD"
    ]
    counts = {"roll": 4, "yes": 1, "no": 0, "abstained": 1, "missing": 1, "excluded": 1, "present": 3}
    assert recount_papers(roll, ["abstain", "yes"]) == counts
    assert recount_papers(roll, ["invalid", "1,3"]) == counts
    for papers in (["yes"], ["yes"] * 3, ["yes", "maybe"]):
        with pytest.raises(FormatError):
            recount_papers(roll, papers)
    with pytest.raises(FormatError):
        recount_papers([*roll, roll[0]], ["yes", "no", "no"])
    with pytest.raises(FormatError):
        recount_papers([{**row, "took_part": True} for row in roll], ["yes"] * 4)
