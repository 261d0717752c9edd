"""A worker, a schedule and whatever else as real processes on a data folder of their own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "KONVENT_DEMO")


class Stack:
    """Starts processes in groups of their own; `close` leaves none running."""

    def __init__(self, data: Path, **environment):
        self.data = data
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.environment = kept | {
            "KONVENT_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "partnership.settings.embedded",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.processes = []
        self.is_closed = False

    def start(self, *command, stdout=subprocess.DEVNULL):
        log = (self.data / f"{Path(command[-1] if len(command) < 4 else command[3]).name}.log").open("a")
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=stdout if stdout == subprocess.PIPE else log, stderr=log, text=True, start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def run(self, *command):
        """One command to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def worker(self, processes=1):
        return self.start(
            "-m", "celery", "-A", "partnership", "worker", "-c", str(processes), "-l", "WARNING",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        )  # fmt: skip

    def supervise(self, process, start):
        """Start it anew whenever it ends, as tools/run.py and docker-compose.yml do."""

        def look_after(process):
            while not self.is_closed:
                process.wait()
                if not self.is_closed:
                    process = start()

        threading.Thread(target=look_after, args=[process], daemon=True).start()

    def beat(self):
        return self.start("-m", "celery", "-A", "partnership", "beat", "-l", "WARNING", "--pidfile=")

    def ask(self):
        """A process with our settings that answers questions about the database."""
        return Eyes(self.start(str(Path(__file__).with_name("eyes.py")), stdout=subprocess.PIPE))

    def close(self):
        self.is_closed = True
        for process in self.processes:
            signal_group(process, signal.SIGKILL)
        for process in self.processes:
            process.wait(20)


class Eyes:
    """What `eyes.py` sees, a few times a second."""

    def __init__(self, process):
        self.seen = {}
        threading.Thread(target=self._read, args=[process.stdout], daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self.seen = json.loads(line)

    def wait(self, wanted, seconds, what):
        """Wait until `wanted(seen)` holds; answers how long it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if self.seen and wanted(self.seen):
                return time.monotonic() - begun
            time.sleep(0.05)
        raise AssertionError(f"{what}: not within {seconds} s, last seen {self.seen}")


def signal_group(process, number):
    """Send a signal to a process and all it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
