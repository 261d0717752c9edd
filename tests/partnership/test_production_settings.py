"""Production refuses to start when something needed is missing, and says everything that is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgres://konvent@db.invalid/konvent",
    "REDIS_URL": "redis://:secret@redis.invalid:6379/0",
    "EMAIL_URL": "smtp+tls://mail.invalid:587",
    "ALLOWED_HOSTS": "konvent.example",
    "SITE_URL": "https://konvent.example",
}


def start(tmp_path, environment):
    """Load the production settings in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); print('started')"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "KONVENT_DATA": str(tmp_path)}
        | {"DJANGO_SETTINGS_MODULE": "partnership.settings.production"}
        | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_complete_environment_starts(tmp_path):
    done = start(tmp_path, COMPLETE)
    assert "started" in done.stdout, done.stderr


def test_everything_that_is_missing_is_named_at_once(tmp_path):
    done = start(tmp_path, {})
    assert done.returncode
    for name in COMPLETE:
        assert f"{name} is missing" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is shorter than 50 characters"),
        ("DATABASE_URL", "sqlite:////tmp/x.sqlite3", "production needs PostgreSQL"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("SITE_URL", "http://konvent.example", "SITE_URL must begin with https://"),
        ("SITE_URL", "http://localhost.evil.example", "SITE_URL must begin with https://"),
        ("KONVENT_DEMO", "1", "KONVENT_DEMO"),
    ],
)
def test_a_setting_that_would_be_unsafe_is_refused(tmp_path, name, value, sentence):
    done = start(tmp_path, COMPLETE | {name: value})
    assert done.returncode
    assert sentence in done.stderr


def test_plain_http_is_for_loopback_only(tmp_path):
    assert start(tmp_path, COMPLETE | {"SITE_URL": "http://127.0.0.1:8000"}).returncode == 0
