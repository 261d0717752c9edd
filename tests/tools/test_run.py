"""`make run` starts everything, says where it is, keeps the data, and leaves nothing running."""

import contextlib
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tools import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def port():
    """Return a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data, port):
    foreign = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {
        "KONVENT_DATA": str(data),
        "KONVENT_STATIC": str(data / "static"),
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "partnership.settings.embedded",
    }


def marked(data):
    """Return the processes that run with this data folder, told by their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"KONVENT_DATA={data}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


class Running:
    """`tools/run.py` in a process of its own, with what it prints."""

    def __init__(self, data, port):
        self.printed = []
        self.process = subprocess.Popen(
            [sys.executable, "tools/run.py"],
            cwd=ROOT, env=environment(data, port), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def until(self, text, seconds=90):
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                pytest.fail(f"{text!r} was not printed; this was:\n{''.join(self.printed)}")
            self.printed.append(line)
            if text in line:
                return line

    def end(self, number=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(40)


@pytest.fixture
def start(tmp_path, port):
    started = []

    def start():
        started.append(Running(tmp_path / "data", port))
        return started[-1]

    yield start
    for running in started:
        running.end()
    for pid in marked(tmp_path / "data"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_one_command_starts_everything_and_ctrl_c_leaves_nothing_running(start, tmp_path, port):
    data = tmp_path / "data"
    running = start()
    assert f"http://127.0.0.1:{port}" in running.until("Konvent is ready")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=10) as answer:
        assert answer.status == 200
    # Supervisor, gunicorn with two workers, Celery worker with its child, beat.
    assert len(marked(data)) >= 6

    # A second one with the same data, and one on the same port, are turned away with a sentence.
    other = subprocess.run(
        [sys.executable, "tools/run.py"], cwd=ROOT, env=environment(data, 0) | {"PORT": "47631"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert other.returncode
    assert "already runs with the folder" in other.stderr
    other = subprocess.run(
        [sys.executable, "tools/run.py"], cwd=ROOT, env=environment(tmp_path / "other", port),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert other.returncode
    assert f"Port {port} is in use" in other.stderr
    restore = subprocess.run(
        [sys.executable, "manage.py", "restore", "any.tar.gz"], cwd=ROOT, env=environment(data, port),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Stop it first" in restore.stderr

    assert running.end(signal.SIGINT) == 0
    assert marked(data) == []
    assert (data / "konvent.sqlite3").exists()

    # The second start has nothing to migrate or collect; a kill -9 of the supervisor takes all with it.
    begun = time.monotonic()
    again = start()
    again.until("Konvent is ready")
    assert time.monotonic() - begun < 30
    assert not any("prepare:" in line for line in again.printed)
    again.end(signal.SIGKILL)
    end = time.monotonic() + 30
    while marked(data) and time.monotonic() < end:
        time.sleep(0.2)
    assert marked(data) == []


# --- the supervisor alone, with small commands -------------------------------------------------------


def small(monkeypatch, tmp_path, **scripts):
    """Let the supervisor look after these Python scripts."""
    monkeypatch.setattr(run, "commands", lambda: {name: [sys.executable, "-c", code] for name, code in scripts.items()})
    printed = []
    monkeypatch.setattr(run, "say", lambda text: printed.append(text) or True)
    monkeypatch.setattr(run, "answers", lambda port: True)
    monkeypatch.setattr(run, "GRACE_SECONDS", 1)
    return run.Supervisor(1), printed


def stop_when(supervisor, condition, seconds=20):
    """Ask the supervisor to stop as soon as the condition holds."""

    def watch():
        end = time.monotonic() + seconds
        while time.monotonic() < end and not condition():
            time.sleep(0.05)
        supervisor.signals += 1

    threading.Thread(target=watch, daemon=True).start()


def test_a_part_that_dies_is_started_again(monkeypatch, tmp_path):
    mark = tmp_path / "starts"
    supervisor, printed = small(monkeypatch, tmp_path, web=f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(3)")
    stop_when(supervisor, lambda: mark.exists() and len(mark.read_text()) >= 2)
    assert supervisor.run() == 0
    assert "web    | ended with 3; starting it again in 1 s" in printed


def test_a_part_that_keeps_dying_ends_the_run_with_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "GIVE_UP_AFTER", 2)
    supervisor, printed = small(monkeypatch, tmp_path, web="raise SystemExit(1)", worker="import time; time.sleep(60)")
    assert supervisor.run() == 1
    assert any("keeps dying" in line for line in printed)
    assert all(child.process is None or child.process.poll() is not None for child in supervisor.children)


def test_a_terminal_that_has_gone_away_ends_the_run(monkeypatch, tmp_path):
    supervisor, _ = small(monkeypatch, tmp_path, web="print('still here', flush=True); import time; time.sleep(60)")
    monkeypatch.setattr(run, "say", lambda text: "still here" not in text)
    assert supervisor.run() == 0
    assert supervisor.children[0].process.poll() is not None


def test_what_does_not_listen_is_killed_with_everything_it_started(monkeypatch, tmp_path):
    pids = tmp_path / "pids"
    deaf = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork();"
        f"open({str(pids)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
    )
    supervisor, _ = small(monkeypatch, tmp_path, worker=deaf)
    stop_when(supervisor, lambda: pids.exists() and len(pids.read_text().split()) == 2)
    begun = time.monotonic()
    supervisor.run()
    assert time.monotonic() - begun < 30
    for pid in map(int, pids.read_text().split()):
        status = Path(f"/proc/{pid}/stat")
        assert not status.exists() or re.search(r"\) [ZX] ", status.read_text())


@pytest.mark.parametrize("text", ["http", "70000", "-1"])
def test_a_port_that_is_none_is_refused_with_a_sentence(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(SystemExit, match=f"PORT={text} is not a port number"):
        run.chosen_port()
