"""R1: the export holds before the stand-alone verifier, run without the application."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from committees.enums import EntryKind
from committees.exports import register_json
from committees.services import register, resolutions
from partnership.db.triggers import lifted
from tests.factories.motions import make_ballot, make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db


def run(folder, command, content, *options):
    """Run the verifier as a stranger would: another process, no environment, an empty folder."""
    file = folder / "register.json"
    file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", str(register_json.VERIFIER), command, str(file), *options],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    return done.returncode, done.stdout


@pytest.fixture
def house():
    house = make_house()
    motion = make_motion(house)
    vote_through(house, motion, house.tk)
    decision = vote_through(house, motion, house.sk)
    secret = make_motion(house, title="Geheim", is_confidential=True)
    vote_through(house, secret, house.tk, choices="yya")
    stopped = make_motion(house)
    vote_through(house, stopped, house.tk, choices="...")
    register.append(
        by=house.chair,
        kind=EntryKind.ANNULLED,
        committee=house.tk,
        title="Ä",
        text="Aufgehoben.",
        ballot=make_ballot(house, house.tk),
    )
    resolutions.correct(by=house.office, resolution=decision, text="Berichtigt.", reason="Schreibfehler")
    resolutions.publish(by=house.office, resolution=decision)
    return house


def test_r1_the_verifier_accepts_every_export(house, tmp_path):
    contents = [
        register_json.for_insider(house.partnership, house.office),
        register_json.for_insider(house.partnership, house.delegate),
        register_json.for_everybody(house.partnership),
    ]
    head = register.head_of(house.partnership)
    for content in contents:
        code, said = run(tmp_path, "verify", content, "--head", f"{head.position}:{head.hash}")
        assert code == 0, said
        assert "In Ordnung" in said
        assert f"{head.position}:{head.hash}" in said
        code, said = run(tmp_path, "recount", content)
        assert code == 0, said


def test_r1_the_roll_call_of_all_partners_is_the_same_byte_for_byte(house):
    exports = {
        register_json.for_insider(house.partnership, person)
        for person in (house.tk_delegates[0], house.tk_delegates[1])
    }
    assert len(exports) == 1


def test_the_verifier_finds_one_changed_byte(house, tmp_path):
    content = register_json.for_insider(house.partnership, house.office)
    code, _said = run(tmp_path, "verify", content.replace(b"Kachelserver", b"Kochelserver"))
    assert code == 1


def test_an_empty_register_is_a_register(tmp_path):
    house = make_house()
    code, said = run(tmp_path, "verify", register_json.for_everybody(house.partnership))
    assert code == 0, said


def test_verify_register_says_that_all_is_well(house):
    out = StringIO()
    call_command("verify_register", "--partnership", house.partnership.slug, stdout=out)
    head = register.head_of(house.partnership)
    assert f"{head.position}:{head.hash}" in out.getvalue()
    assert "In order." in out.getvalue()


def test_verify_register_ends_with_an_error_and_names_the_entry(house):
    connection.check_constraints()
    with lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE committees_resolution SET title = 'anders' WHERE position = 2")
        connection.check_constraints()
    err = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("verify_register", stdout=StringIO(), stderr=err)
    assert stopped.value.returncode == 1
    assert "entry 2" in err.getvalue()


def test_verify_register_refuses_a_partnership_it_does_not_know():
    with pytest.raises(CommandError):
        call_command("verify_register", "--partnership", "nirgends")
