"""Start Konvent on this machine: web server, Celery worker and schedule under one supervisor.

    python tools/run.py [--demo]

Brings database and assets up to date first (`manage.py prepare`). PORT and KONVENT_DATA choose the
address and the folder. A child that dies is started again; Ctrl-C, SIGTERM or a closed terminal
stop all of them, with everything they have started. Standard library only.
"""

import argparse
import contextlib
import ctypes
import fcntl
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
GRACE_SECONDS = 15
GIVE_UP_AFTER = 5  # deaths in a row, each within a minute of its start


def commands() -> dict[str, list[str]]:
    """Return what runs: the same three processes that docker-compose.yml starts."""
    here = str(Path(sys.executable).parent)
    celery = [f"{here}/celery", "-A", "partnership", "--quiet"]
    return {
        "web": [f"{here}/gunicorn", "-c", "tools/gunicorn.conf.py", "partnership.wsgi"],
        "worker": [*celery, "worker", "-c", "1", "-l", "WARNING",
                   "--without-gossip", "--without-mingle", "--without-heartbeat"],
        "beat": [*celery, "beat", "-l", "WARNING", "--pidfile="],
    }  # fmt: skip


class Child:
    """One supervised process in a process group of its own."""

    def __init__(self, name: str, command: list[str], lines: "queue.Queue[str]") -> None:
        """Name the process; it does not run yet."""
        self.name, self.command, self.lines = name, command, lines
        self.process: subprocess.Popen[str] | None = None
        self.started = 0.0
        self.start_again_at: float | None = 0.0
        self.deaths = 0

    def start(self) -> None:
        """Start it and copy what it prints, line by line, under its name."""
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, __file__, "--child", *self.command],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        self.started, self.start_again_at = time.monotonic(), None
        threading.Thread(target=self.copy, args=[self.process.stdout], daemon=True).start()

    def copy(self, stream: IO[str]) -> None:
        """Hand each printed line to the supervisor."""
        for line in stream:
            self.lines.put(f"{self.name:<6} | {line.rstrip()}")

    def look_after(self) -> None:
        """Start it when it is due; notice its death and plan the next start."""
        if self.process is None:
            if self.start_again_at is not None and time.monotonic() >= self.start_again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.sweep()
        self.deaths = 1 if time.monotonic() - self.started > 60 else self.deaths + 1
        pause = min(2 ** (self.deaths - 1), 30)
        self.lines.put(f"{self.name:<6} | ended with {code}; starting it again in {pause} s")
        self.process, self.start_again_at = None, time.monotonic() + pause

    def ask_to_stop(self) -> None:
        """Let the leader finish what it holds; it stops its own helpers."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def sweep(self) -> None:
        """Kill whatever is left of its process group."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps the children running until a signal asks to stop."""

    def __init__(self, port: int) -> None:
        """Prepare the children; nothing runs yet."""
        self.port = port
        self.lines: queue.Queue[str] = queue.Queue()
        self.children = [Child(name, command, self.lines) for name, command in commands().items()]
        self.signals = 0
        self.answered = threading.Event()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Count the wish to stop; the second one does not wait any longer."""
        self.signals += 1

    def run(self) -> int:
        """Supervise; return the exit code."""
        threading.Thread(target=self.announce, daemon=True).start()
        code = 0
        while not self.signals:
            for child in self.children:
                child.look_after()
            self.print_lines(0.2)
            if any(child.deaths >= GIVE_UP_AFTER for child in self.children):
                say("A part keeps dying; see the lines above. Stopping.")
                code = 1
                break
        self.stop()
        return code

    def announce(self) -> None:
        """Say where the site is, once, when it answers."""
        while not self.signals:
            if answers(self.port):
                address = f"http://{HOST}:{self.port}"
                self.lines.put(f"\nKonvent is ready: {address}   (stop with Ctrl-C)\n")
                return
            time.sleep(0.2)

    def print_lines(self, wait: float) -> None:
        """Print what has come in, waiting a moment for the first line."""
        try:
            line = self.lines.get(timeout=wait)
            while True:
                if not say(line):
                    # The terminal is gone; not every way of closing one sends a signal.
                    self.signals += 1
                line = self.lines.get_nowait()
        except queue.Empty:
            pass

    def stop(self) -> None:
        """Stop every child: politely, then surely."""
        say("\nStopping …")
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(c.process and c.process.poll() is None for c in self.children):
            if time.monotonic() > deadline or self.signals > 1:
                break
            self.print_lines(0.1)
        for child in self.children:
            child.sweep()
            if child.process:
                child.process.wait()
        self.print_lines(0.1)
        say("Konvent has stopped.")


def answers(port: int) -> bool:
    """Whether the web server answers at all."""
    try:
        urllib.request.urlopen(f"http://{HOST}:{port}/livez", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def say(text: str) -> bool:
    """Print; answer whether anybody is still there to read it."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the rest of the process
        return False
    return True


def chosen_port() -> int:
    """Return PORT, or end with a sentence when it is no port or not free."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT={text} is not a port number between 1 and 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except PermissionError:
            sys.exit(f"This account may not open port {text}. Choose another: make run PORT=8001")
        except OSError:
            sys.exit(f"Port {text} is in use by another program. Choose another: make run PORT=8001")
    return int(text)


def hold(folder: Path) -> IO[str]:
    """Take the data folder for this run, or end with a sentence when another run holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = open(folder / "running", "a+")  # noqa: SIM115 - held until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        sys.exit(f"Konvent already runs with the folder {folder} (process {lock.read().strip()}).")
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def become(command: list[str]) -> None:
    """Turn into a child's command that dies with the supervisor, even when that one is killed."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    os.execv(command[0], command)  # noqa: S606 - our own commands


def main() -> int:
    """Prepare, start, supervise."""
    parser = argparse.ArgumentParser(description="Start Konvent on this machine.")
    parser.add_argument("--demo", action="store_true", help="with the demonstration, if the database is empty")
    options = parser.parse_args()
    port = chosen_port()
    data = Path(os.environ.get("KONVENT_DATA") or ROOT / "data").resolve()
    os.environ.update(KONVENT_DATA=str(data), PORT=str(port), PYTHONUNBUFFERED="1", KONVENT_DEMO=str(int(options.demo)))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.embedded")
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{port}")
    with hold(data):
        prepare = [sys.executable, "manage.py", "prepare", *(["--demo"] if options.demo else [])]
        if code := subprocess.run(prepare, cwd=ROOT, check=False).returncode:  # noqa: S603 - our own command
            return code
        supervisor = Supervisor(port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.on_signal)
        return supervisor.run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        become(sys.argv[2:])
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
