"""The processes of a bench run: Redis, web servers, workers. Started here, ended here, on loopback only."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FLOOR_PACKAGES = ("django~=5.2", "psycopg[binary]", "gunicorn", "celery", "redis", "packaging", "aiosmtpd")
PATIENCE = 60


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def floor_python(cache: Path) -> str:
    """The floor's own environment (psycopg 3); built once."""
    place = cache / "floor"
    python = place / "bin" / "python"
    done = place / "complete"
    if not done.exists():
        print("bench: the floor's environment …", flush=True)
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *FLOOR_PACKAGES], check=True)  # noqa: S603
        done.touch()
    return str(python)


class Stack(contextlib.ExitStack):
    """Everything that is started is ended when the block ends, the last one first."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def start(self, name: str, *command: str, env: dict[str, str], cwd: Path = ROOT) -> subprocess.Popen:
        """Start a process in its own session; what it says goes to a file."""
        log = self.enter_context((self.folder / f"{name}.log").open("ab"))
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
        self.callback(end, process)
        return process

    def web(self, name: str, *command: str, url: str, env: dict[str, str], cwd: Path = ROOT) -> subprocess.Popen:
        """Start a web server and wait for its first good answer."""
        process = self.start(name, *command, env=env, cwd=cwd)
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
                return process
            time.sleep(0.05)
        raise SystemExit(f"{name} did not answer at {url}: see {self.folder / name}.log")

    def redis(self) -> str:
        """A Redis of our own, without persistence."""
        server = shutil.which("redis-server")
        if server is None:
            raise SystemExit("redis-server is not installed")
        port = free_port()
        self.start(
            "redis", server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder),
            env=dict(os.environ),
        )  # fmt: skip
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return f"redis://127.0.0.1:{port}"
            time.sleep(0.02)
        raise SystemExit("redis-server did not start")

    def database(self, admin_url: str, name: str) -> str:
        """An empty database, dropped at the end; answers its URL."""
        execute(admin_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        execute(admin_url, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        self.callback(execute, admin_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        return urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))


def execute(url: str, statement: str) -> None:
    """One statement outside any transaction."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def database_facts(url: str) -> tuple[int, str]:
    """Process id of the PostgreSQL server (of this machine) and its version."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('server_version')")
        backend, version = cursor.fetchone() or (0, "")
    status = Path(f"/proc/{backend}/stat")
    if not status.exists():
        raise SystemExit("the bench needs a PostgreSQL on this machine, to count its processor time")
    return int(status.read_text().rsplit(")", 1)[1].split()[1]), version


def end(process: subprocess.Popen) -> None:
    """Ask the process group to end, and insist after ten seconds."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
            return


def worker_rss_mib(master: int) -> float:
    """Resident memory of the biggest worker of a web server."""
    sizes = [0.0]
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) == master:
                lines = (folder / "status").read_text().splitlines()
                sizes += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")]
    return max(sizes)


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for this run's logs and results; the last run's is cleared first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
