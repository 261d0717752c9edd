"""The stand-alone verifier against exports of the portal, whole and tampered with (R1)."""

import ast
import hashlib
import json
import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from committees.exports.verifier import konvent_verify
from committees.rules.register import (
    EMPTY,
    PARTS,
    Head,
    Record,
    Reference,
    Relation,
    build_entry,
    canonical,
    chain_head,
    entry_hash,
    export_bytes,
    number_of,
    record_from_data,
    verify_chain,
)
from tests.committees.rules.registers import PARTNERSHIP, make_register, part

FILE = Path(konvent_verify.__file__)


def faults(raw: bytes) -> list[str]:
    """What the verifier finds in these bytes; unreadable counts as found."""
    try:
        document, is_canonical = konvent_verify.read(raw)
    except konvent_verify.Unreadable as error:
        return [error.said.en]
    return [said.en for said in konvent_verify.check(document, is_canonical)]


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The verifier as a stranger starts it: alone in a folder, isolated from the project."""
    return subprocess.run(
        [sys.executable, "-I", str(cwd / "konvent_verify.py"), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "konvent_verify.py").write_bytes(FILE.read_bytes())
    return tmp_path


def test_it_uses_the_standard_library_only_and_reads_as_python_3_9():
    tree = ast.parse(FILE.read_text("utf-8"), feature_version=(3, 9))
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names <= set(sys.stdlib_module_names)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]


def test_it_verifies_an_export_without_the_application(folder):
    records = make_register(20)
    (folder / "register.json").write_bytes(export_bytes(records))
    result = run("verify", "register.json", "--english", cwd=folder)
    assert result.returncode == 0, result.stdout + result.stderr
    head = chain_head(records)
    assert f"Head: {head.position}:{head.hash}" in result.stdout
    assert "Entries: 20" in result.stdout
    assert "First number: SK-2026-001" in result.stdout
    assert f"Last number: {[r.entry['number'] for r in records if r.entry['number']][-1]}" in result.stdout
    assert "In Ordnung." in run("verify", "register.json", cwd=folder).stdout


@pytest.mark.heavy
def test_it_verifies_ten_thousand_entries_in_ten_seconds():
    raw = export_bytes(make_register(10_000))
    started = time.process_time()
    assert faults(raw) == []
    assert time.process_time() - started < 10


def test_it_reads_a_large_and_an_empty_register():
    assert faults(export_bytes([], partnership="neu")) == []
    assert faults(export_bytes(make_register(600))) == []


def test_a_head_from_a_notice_tells_a_cut_register(folder):
    records = make_register(9)
    (folder / "cut.json").write_bytes(export_bytes(records[:6]))
    witness = f"{records[8].head.position}:{records[8].hash}"
    assert run("verify", "cut.json", cwd=folder).returncode == 0
    assert run("verify", "cut.json", "--head", witness, cwd=folder).returncode == 1
    assert run("verify", "cut.json", "--head", f"4:{records[3].hash}", cwd=folder).returncode == 0
    assert run("verify", "cut.json", "--head", "nonsense", cwd=folder).returncode == 2


def test_verify_diff_finds_what_vanished_or_changed_and_tells_what_is_withheld(folder):
    records = make_register(12)
    (folder / "old.json").write_bytes(export_bytes(records[:8]))
    erased = [record.disclosing(set(PARTS) - {"persons"}) for record in records]
    (folder / "new.json").write_bytes(export_bytes(erased))
    result = run("verify-diff", "old.json", "new.json", "--english", cwd=folder)
    assert result.returncode == 0
    assert "New entries: 4" in result.stdout
    assert "Entry 1: the part persons is no longer shown" in result.stdout
    assert run("verify-diff", "new.json", "old.json", cwd=folder).returncode == 1
    (folder / "other.json").write_bytes(export_bytes(make_register(12, seed=2)))
    result = run("verify-diff", "old.json", "other.json", "--english", cwd=folder)
    assert result.returncode == 1
    assert "is another one than before" in result.stdout


def test_recount_counts_the_disclosed_votes_anew(folder):
    (folder / "register.json").write_bytes(export_bytes(make_register(12)))
    result = run("recount", "register.json", "--english", cwd=folder)
    assert result.returncode == 0
    # Of twelve entries two are corrections and one is confidential.
    assert "OK: 9 ballots counted anew." in result.stdout


def test_recount_finds_counts_that_are_not_those_of_the_votes(folder):
    """A dishonest server states other counts and hashes everything properly."""
    honest = make_register(1)[0]
    counts = {**honest.entry["counts"]}
    counts["yes"], counts["no"] = counts["yes"] + 1, counts["no"] - 1
    entry = {**honest.entry, "counts": counts}
    raw = export_bytes([Record(entry, entry_hash(entry), {**honest.parts, "verdict": None})])
    assert faults(raw) == []
    (folder / "register.json").write_bytes(raw)
    result = run("recount", "register.json", "--english", cwd=folder)
    assert result.returncode == 1
    assert "Entry 1: stated" in result.stdout


def test_recount_takes_the_counts_of_a_released_confidential_resolution_from_its_explanation(folder):
    honest = make_register(1)[0]
    entry = {**honest.entry, "counts": None}
    (folder / "register.json").write_bytes(export_bytes([Record(entry, entry_hash(entry), honest.parts)]))
    result = run("recount", "register.json", "--english", cwd=folder)
    assert (result.returncode, result.stdout) == (0, "OK: 1 ballots counted anew.\n")
    hidden = Record(entry, entry_hash(entry), honest.disclosing({"roll", "votes"}).parts)
    (folder / "register.json").write_bytes(export_bytes([hidden]))
    assert "OK: 0 ballots" in run("recount", "register.json", "--english", cwd=folder).stdout
    lied = part("verdict", 1, {**honest.parts["verdict"].data, "count": {**honest.entry["counts"], "yes": 11}})
    entry = {**entry, "commitments": {**entry["commitments"], "verdict": lied.commitment}}
    parts = {**honest.parts, "verdict": lied}
    (folder / "register.json").write_bytes(export_bytes([Record(entry, entry_hash(entry), parts)]))
    assert run("recount", "register.json", cwd=folder).returncode == 1


def test_recount_finds_an_explanation_with_other_counts_than_the_entry(folder):
    honest = make_register(1)[0]
    lied = part("verdict", 1, {**honest.parts["verdict"].data, "count": {**honest.entry["counts"], "yes": 11}})
    entry = {**honest.entry, "commitments": {**honest.entry["commitments"], "verdict": lied.commitment}}
    (folder / "register.json").write_bytes(
        export_bytes([Record(entry, entry_hash(entry), {**honest.parts, "verdict": lied})])
    )
    result = run("recount", "register.json", "--english", cwd=folder)
    assert result.returncode == 1
    assert "other counts than the entry" in result.stdout


def secret_entry(papers, took_part=3):
    """A register of one secret ballot: five on the roll, one excluded, `took_part` of the others voted."""
    honest = make_register(1)[0]
    roll = [
        {"partner": f"P{n}", "name": f"P{n}", "is_excluded": n == 5, "is_present": None, "took_part": n <= took_part}
        for n in range(1, 6)
    ]
    parts = {**honest.parts, "roll": part("roll", 1, roll), "papers": part("papers", 1, papers)}
    parts |= {"votes": None, "verdict": None, "persons": None}
    counts = {"roll": 5, "yes": 2, "no": 1, "abstained": 0, "missing": 1, "excluded": 1, "present": None}
    commitments = {name: parts[name].commitment if parts.get(name) else None for name in honest.entry["commitments"]}
    entry = {**honest.entry, "counts": counts, "commitments": commitments}
    return export_bytes([Record(entry, entry_hash(entry), parts)])


@pytest.mark.parametrize(
    ("papers", "took_part", "said"),
    [
        (["yes", "no", "yes"], 3, "OK: 1 ballots counted anew."),
        (["no", "no", "yes"], 3, "stated"),
        (["yes", "no", "yes"], 4, "not as many papers"),
        (["yes", "no", "yes", "yes"], 3, "not as many papers"),
        (["yes", "no", "maybe"], 3, "says nothing"),
        (["1,3", "no", "2"], 3, "OK: 1 ballots counted anew."),
        (["yes", "no", "yes", "no", "no"], 5, "excluded partner took part"),
    ],
)
def test_recount_counts_the_papers_of_a_secret_ballot(folder, papers, took_part, said):
    raw = secret_entry(papers, took_part)
    assert faults(raw) == []
    (folder / "register.json").write_bytes(raw)
    result = run("recount", "register.json", "--english", cwd=folder)
    assert said in result.stdout
    assert result.returncode == (0 if said.startswith("OK") else 1)


def test_attached_files_are_known_by_their_hash(folder):
    (folder / "register.json").write_bytes(export_bytes(make_register(1)))
    (folder / "files").mkdir()
    assert run("verify", "register.json", "--files", "files", cwd=folder).returncode == 1
    (folder / "files" / "any name.pdf").write_bytes(b"file 0")
    assert run("verify", "register.json", "--files", "files", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format":"konvent-register/2","entries":[]}',
        b'{"format":"konvent-register/1"}',
        b'{"entries":[],"entries":[],"format":"konvent-register/1"}',
        b'{"entries":[1.5],"format":"konvent-register/1"}',
        b'{"entries":[NaN],"format":"konvent-register/1"}',
        b'{"entries":[' + b"9" * 5000 + b'],"format":"konvent-register/1"}',
        b'{"entries":["\\ud800"],"format":"konvent-register/1"}',
    ],
)
def test_a_file_that_is_no_register_is_said_to_be_unreadable(raw, folder):
    (folder / "register.json").write_bytes(raw)
    result = run("verify", "register.json", cwd=folder)
    assert result.returncode == 2, result.stdout
    assert "Traceback" not in result.stderr
    assert run("verify", "missing.json", cwd=folder).returncode == 2


@pytest.mark.parametrize(
    "entries",
    [
        [None],
        [{}],
        [{"entry": [], "hash": "", "parts": {}}],
        [{"entry": {}, "hash": {}, "parts": {}}],
        [{"entry": {"kind": []}, "hash": 1, "parts": {"text": 3}}],
        [{"entry": {"commitments": 3, "references": [3]}, "hash": None, "parts": {"text": {"salt": [], "data": 1}}}],
    ],
)
def test_nonsense_in_the_right_frame_is_found_without_a_crash(entries):
    head = {"hash": "0" * 64, "position": 0}
    raw = canonical({"format": konvent_verify.REGISTER, "partnership": "x", "entries": entries, "head": head})
    assert faults(raw)


@pytest.mark.parametrize("field", sorted(konvent_verify.ENTRY_FIELDS))
@pytest.mark.parametrize("value", [None, True, 1, "x", [], {}, [{}], {"x": 1}, [None]])
def test_any_field_with_any_other_type_is_found_even_with_a_hash_to_match(field, value):
    record = make_register(1)[0]
    if record.entry[field] == value or (field, value) in OTHERWISE_RIGHT:
        return
    entry = {**record.entry, field: value}
    assert faults(export_bytes([Record(entry, entry_hash(entry), record.parts)], partnership=PARTNERSHIP))


# A valid entry may well say this, so only the hash chain and the witnesses speak against it.
OTHERWISE_RIGHT = [("counts", None), ("rules_hash", None), ("way", None), ("references", [])]


def test_both_canonical_writers_agree():
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)

    def value(depth: int):
        kind = rng.randrange(7 if depth else 5)
        if kind == 0:
            return "".join(chr(rng.choice([*range(0x250), 0x2028, 0xFFFD, 0x1F600])) for _ in range(rng.randrange(8)))
        if kind == 1:
            return rng.randint(-(2**53) + 1, 2**53 - 1)
        if kind <= 4:
            return (None, True, False)[kind - 2]
        if kind == 5:
            return [value(depth - 1) for _ in range(rng.randrange(5))]
        return {"".join(rng.choices("abc_09AZ", k=3)): value(depth - 1) for _ in range(rng.randrange(5))}

    for _ in range(500):
        drawn = value(4)
        written = canonical(drawn)
        assert konvent_verify.canonical(drawn) == written
        assert konvent_verify.parse(written) == drawn


def test_every_single_changed_byte_is_found():
    """R1: 400 bytes of an export, each changed in a random way, and none goes unseen."""
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    raw = export_bytes(make_register(8))
    for _ in range(400):
        place = rng.randrange(len(raw))
        other = rng.choice([byte for byte in range(256) if byte != raw[place]])
        assert faults(raw[:place] + bytes([other]) + raw[place + 1 :]), (seed, place, other)


def test_every_lost_and_every_added_byte_is_found():
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    raw = export_bytes(make_register(4))
    for _ in range(150):
        place = rng.randrange(len(raw))
        assert faults(raw[:place] + raw[place + 1 :]), (seed, place)
        assert faults(raw[:place] + rng.choice([b" ", b"\n", b"0", b",", b'"']) + raw[place:]), (seed, place)
    assert faults(raw + b"\n")


def rows(document):
    """Every manipulation of rows a forger with the file alone might try, one after another."""
    entries = document["entries"]
    for index in range(len(entries)):
        yield f"entry {index} removed", {**document, "entries": entries[:index] + entries[index + 1 :]}
        yield f"entry {index} doubled", {**document, "entries": [*entries[: index + 1], *entries[index:]]}
        for other in range(index):
            swapped = list(entries)
            swapped[index], swapped[other] = swapped[other], swapped[index]
            yield f"entries {index} and {other} swapped", {**document, "entries": swapped}
        for name in PARTS:
            if entries[index]["parts"][name] is None:
                continue
            for other in range(len(entries)):
                if other != index and entries[other]["parts"][name] is not None:
                    exchanged = json.loads(canonical(entries))
                    exchanged[index]["parts"][name] = entries[other]["parts"][name]
                    yield f"part {name} of {index} taken from {other}", {**document, "entries": exchanged}
            for other_name in PARTS:
                if other_name != name:
                    exchanged = json.loads(canonical(entries))
                    exchanged[index]["parts"][other_name] = entries[index]["parts"][name]
                    yield f"part {name} of {index} put as {other_name}", {**document, "entries": exchanged}
        for row in range(len((entries[index]["parts"]["votes"] or {"data": []})["data"])):
            changed = json.loads(canonical(entries))
            del changed[index]["parts"]["votes"]["data"][row]
            yield f"vote {row} of {index} removed", {**document, "entries": changed}


def test_every_manipulation_of_rows_is_found():
    """R1: entries removed, doubled, swapped; parts exchanged; votes taken out. The portal's own check agrees."""
    tried = 0
    for name, document in rows(json.loads(export_bytes(make_register(7)))):
        assert faults(canonical(document)), name
        records = [record_from_data(item) for item in document["entries"]]
        assert verify_chain(records, partnership=PARTNERSHIP, head=Head(**document["head"])), name
        tried += 1
    assert tried >= 200


def test_a_confidential_resolution_verifies_unread_and_reads_after_release():
    parts = {"text": part("text", 1, {"title": "Geheim", "text": "Vertraulicher Wortlaut"})}
    record = build_entry(
        partnership=PARTNERSHIP,
        previous=EMPTY,
        kind="noted",
        committee="SK",
        decided_on=date(2026, 5, 1),
        number=number_of("SK", 2026, 1),
        parts=parts,
    )
    unread, released = export_bytes([record.disclosing(())]), export_bytes([record])
    assert b"Geheim" not in unread
    assert b"Wortlaut" not in unread
    assert faults(unread) == faults(released) == []
    guess = hashlib.sha256(canonical(parts["text"].data)).hexdigest()
    assert guess.encode() not in unread


def test_references_must_meet_what_they_name():
    records = make_register(2)
    for reference in (
        Reference(Relation.ANNULS, 1, "f" * 64, records[0].entry["number"]),
        Reference(Relation.ANNULS, 2, records[0].hash, records[0].entry["number"]),
        Reference(Relation.ANNULS, 1, records[0].hash, "SK-2026-999"),
    ):
        entry = build_entry(
            partnership=PARTNERSHIP,
            previous=chain_head(records),
            kind="annulled",
            committee="SK",
            decided_on=date(2026, 5, 1),
            references=[reference],
        )
        assert faults(export_bytes([*records, entry]))


@pytest.mark.parametrize(
    ("kind", "relation"),
    [
        ("undecided", Relation.FOLLOWS),
        ("stopped", Relation.FOLLOWS),
        ("annulled", Relation.ANNULS),
        ("effective", Relation.SETTLES),
        ("lapsed", Relation.SETTLES),
    ],
)
def test_what_follows_on_an_entry_verifies_and_must_name_it(kind, relation):
    """Stages, stopped ballots, annulments, reservations: each entry refers to the one it is about."""
    records = make_register(2)
    about = Reference(relation, 1, records[0].hash, records[0].entry["number"])

    def entry(references):
        return build_entry(
            partnership=PARTNERSHIP,
            previous=chain_head(records),
            kind=kind,
            committee="SK",
            decided_on=date(2026, 5, 1),
            references=references,
            parts={"text": part("text", 3, {"title": "Zweiter Wahlgang", "text": "", "reason": "Beschluss des Rats"})},
        )

    assert faults(export_bytes([*records, entry([about])])) == []
    wrong = Reference(relation, 2, records[0].hash, records[0].entry["number"])
    assert faults(export_bytes([*records, entry([wrong])]))
    if relation is not Relation.FOLLOWS:
        bare = {**entry([about]).entry, "references": []}
        assert faults(export_bytes([*records, Record(bare, entry_hash(bare), dict.fromkeys(PARTS))]))


def test_recount_passes_over_what_stands_beside_a_choice(folder):
    """Statements and reservations are no part of the count."""
    honest = make_register(1)[0]
    rows = [{**row, "statement": "Wir danken.", "reservation": "Stadtrat"} for row in honest.parts["votes"].data]
    votes = part("votes", 1, rows)
    entry = {**honest.entry, "commitments": {**honest.entry["commitments"], "votes": votes.commitment}}
    raw = export_bytes([Record(entry, entry_hash(entry), {**honest.parts, "votes": votes})])
    (folder / "register.json").write_bytes(raw)
    result = run("recount", "register.json", "--english", cwd=folder)
    assert (result.returncode, result.stdout) == (0, "OK: 1 ballots counted anew.\n")
