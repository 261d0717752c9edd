"""The locks pin everything by hash and name no index: what is installed is decided here alone."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))


def pins(lock: Path) -> list[str]:
    """Return the entries of a lock, each with its continuation lines."""
    text = "\n".join(line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#"))
    return [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]


def test_there_is_a_lock_for_every_list_of_requirements():
    assert {lock.stem for lock in LOCKS} == {path.stem for path in ROOT.glob("requirements*.in")}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_python_package_is_pinned_with_a_hash(lock):
    assert pins(lock)
    for entry in pins(lock):
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_index(lock):
    text = lock.read_text()
    assert "http" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_both_python_locks_agree_on_shared_packages():
    run, dev = (
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert {name: dev[name] for name in run.keys() & dev.keys()} == {
        name: run[name] for name in run.keys() & dev.keys()
    }


def test_every_npm_package_carries_an_integrity_hash_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name
    assert "http" not in (ROOT / ".npmrc").read_text()


def test_what_a_lock_asks_for_is_installed_only_as_wheels_with_hashes():
    installer = (ROOT / "tools/install.py").read_text()
    assert '"--require-hashes"' in installer
    assert '"--only-binary"' in installer
