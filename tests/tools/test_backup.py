"""A backup, put back elsewhere, is the same by count and content; what is wrong is said before anything changes."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path

import pytest
from django.db import connection

from partnership.db.archive import ArchiveError, read_manifest

ROOT = Path(__file__).resolve().parents[2]

FILL = """
from partnership.clock import now
from partnership.models import AuditEvent, User
from partnership.outbox import fence
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
User.objects.create(email="büro@example.org")
for n in range(3):
    AuditEvent.objects.create(at=now(), action="test.deed", subject_type="t", subject_pk=str(n), details={"n": "ä"})
(settings.MEDIA_ROOT / "ab").mkdir()
(settings.MEDIA_ROOT / "ab" / "paper").write_bytes(b"Beschlussvorlage")
assert fence.is_held() is False
session = SessionStore(); session["who"] = 1; session.create()
"""
SPOIL = """
from partnership.clock import now
from partnership.models import AuditEvent, User
User.objects.create(email="later@example.org")
AuditEvent.objects.create(at=now(), action="test.later", subject_type="t", subject_pk="9")
(__import__("django.conf").conf.settings.MEDIA_ROOT / "ab" / "paper").unlink()
"""
LOOK = """
from partnership.models import AuditEvent, User
from django.contrib.sessions.models import Session
from django.conf import settings
from partnership.db import triggers
from partnership.outbox import fence
import json
print("LOOK" + json.dumps([
    User.objects.filter(email__contains="@").count(), AuditEvent.objects.count(), Session.objects.count(),
    (settings.MEDIA_ROOT / "ab" / "paper").read_text(), sorted(set(triggers.names()) - set(triggers.standing())),
    fence.is_held(),
]))
"""


class Place:
    """An installation of its own: a data folder and a database."""

    def __init__(self, folder, database_url=""):
        self.folder = folder
        foreign = ("DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "DATABASE_URL")
        self.environment = {name: value for name, value in os.environ.items() if name not in foreign} | {
            "KONVENT_DATA": str(folder),
            "KONVENT_STATIC": str(folder.parent / "static"),
            "DJANGO_SETTINGS_MODULE": "partnership.settings.embedded",
        }
        if database_url:
            self.environment["DATABASE_URL"] = database_url

    def manage(self, *arguments, ok=True):
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def look(self):
        printed = self.manage("shell", "-v0", "-c", LOOK)
        return json.loads(printed.split("LOOK", 1)[1].splitlines()[0])


def walk(here, there):
    """Back up here, spoil here and put back; then put back there as well. Mails are held in both."""
    here.manage("migrate", "-v0")
    here.manage("shell", "-v0", "-c", FILL)
    archive = here.folder / "kept.tar.gz"
    assert "1 files" in here.manage("backup", "--target", archive)
    here.manage("shell", "-v0", "-c", SPOIL)

    printed = here.manage("restore", archive)
    assert "Agrees with the archive" in printed
    assert "What was there is kept in" in printed
    assert here.look() == [1, 3, 0, "Beschlussvorlage", [], True]
    first_epoch = (here.folder / "epoch").read_text()

    assert "Agrees with the archive" in there.manage("restore", archive)
    assert there.look() == [1, 3, 0, "Beschlussvorlage", [], True]
    assert (there.folder / "epoch").read_text() != first_epoch
    return archive


def test_a_backup_of_the_embedded_default_comes_back_whole(tmp_path):
    here, there = Place(tmp_path / "here"), Place(tmp_path / "there")
    archive = walk(here, there)

    with tarfile.open(archive) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
        assert {"secret-key", "epoch"}.isdisjoint(tar.getnames())
    assert manifest["tables"]["partnership_auditevent"]["rows"] == 3
    assert manifest["files"].keys() == {"ab/paper"}
    assert oct(archive.stat().st_mode)[-3:] == "600"

    # Damage is found before anything is replaced.
    there.manage("shell", "-v0", "-c", SPOIL)
    printed = there.manage("restore", "--no-safety-copy", forged(archive, tmp_path), ok=False)
    assert "files/ab/paper is not what the manifest says" in printed
    with contextlib.closing(sqlite3.connect(there.folder / "konvent.sqlite3")) as untouched:
        assert untouched.execute("SELECT count(*) FROM partnership_auditevent").fetchone() == (4,)
    cut = tmp_path / "cut.tar.gz"
    for content in (b"no archive", archive.read_bytes()[:-4000], b""):
        cut.write_bytes(content)
        with pytest.raises(ArchiveError, match=r"cut\.tar\.gz is not a backup of Konvent, or it is damaged"):
            read_manifest(cut)


def forged(archive, tmp_path):
    """The same archive with another text in the uploaded file."""
    folder, target = tmp_path / "unpacked", tmp_path / "forged.tar.gz"
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (folder / "files/ab/paper").write_bytes(b"Beschlussvorlagf")
    with tarfile.open(target, "w:gz") as tar:
        for name in ("database", "files/ab/paper", "manifest.json"):
            tar.add(folder / name, name)
    return target


@pytest.fixture
def two_databases(db):
    """Two empty databases beside the suite's own."""
    names = [f"konvent_backup_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    settings = connection.settings_dict
    host = f"{settings['HOST'] or '127.0.0.1'}:{settings['PORT'] or 5432}"
    account = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")

    def run(statement):
        subprocess.run(
            ["psql", "-q", f"postgres://{account}@{host}/postgres", "-c", statement], check=True, capture_output=True
        )

    for name in names:
        run(f'CREATE DATABASE "{name}"')
    yield [f"postgres://{account}@{host}/{name}" for name in names]
    for name in names:
        run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.postgres
def test_a_backup_of_postgresql_comes_back_whole(two_databases, tmp_path):
    here, there = (Place(tmp_path / name, url) for name, url in zip(("here", "there"), two_databases, strict=True))
    archive = walk(here, there)
    # The other engine is refused with a sentence.
    printed = Place(tmp_path / "embedded").manage("restore", archive, ok=False)
    assert "The archive comes from postgresql; here runs sqlite." in printed
