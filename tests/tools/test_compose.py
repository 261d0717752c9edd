"""docker-compose.yml without an engine: what it says is read, its commands and environment are started as processes."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import yaml
from aiosmtpd.controller import Controller
from django.urls import reverse

from tools import run

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("prepare", "web", "worker", "beat")


def filled(value, settings):
    """Replace ${NAME:-default} and ${NAME:?hint} as compose does."""

    def one(match):
        name, kind, text = match["name"], match["kind"], match["text"]
        if settings.get(name):
            return settings[name]
        assert kind == ":-", f"{name} must be set: {text}"
        return text

    return re.sub(r"\$\{(?P<name>\w+)(?P<kind>:[-?])(?P<text>[^}]*)\}", one, value)


# --- what it says ------------------------------------------------------------------------------------


def test_everything_that_serves_is_there_and_has_a_health_check():
    assert SERVICES.keys() == {"proxy", "prepare", "web", "worker", "beat", "postgres", "redis", "mail"}
    without = {name for name, service in SERVICES.items() if "healthcheck" not in service}
    assert without == {"proxy", "prepare"}


def test_only_the_proxy_is_reachable_from_outside():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in published["mail"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_redis_has_a_password_and_drops_nothing():
    command = " ".join(SERVICES["redis"]["command"])
    assert "--requirepass ${REDIS_PASSWORD:?" in command
    assert "--maxmemory-policy noeviction" in command


def test_our_containers_run_without_rights_they_do_not_need():
    for name in OURS:
        service = SERVICES[name]
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER konvent$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_no_password_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET_KEY))(:[-?])", text))
    assert {kind for _, kind in secrets} == {":?"}
    asked = set(re.findall(r"^#?(\w+)=", (ROOT / "docker/env.example").read_text(), re.MULTILINE))
    assert {name for name, _ in secrets} <= asked
    assert set(re.findall(r"\$\{(\w+)", text)) == asked


def test_only_the_preparation_knows_the_owner_of_the_tables():
    assert [name for name in OURS if "DATABASE_OWNER_URL" in SERVICES[name]["environment"]] == ["prepare"]


def test_every_file_that_is_mounted_lies_in_the_repository():
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    local = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert local
    assert all((ROOT / path).is_file() for path in local)
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith("./")}
    assert named == COMPOSE["volumes"].keys()


def test_make_run_starts_the_same_programs():
    for name, command in run.commands().items():
        programme, *arguments = SERVICES[name]["command"]
        assert Path(command[0]).name == programme
        assert command[1:3] == arguments[:2]


def test_the_image_copies_only_files_that_exist():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", "node_modules", "data", ".env"} <= set(ignored)


# --- what it does ------------------------------------------------------------------------------------


class Sink:
    """Takes every mail."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope)
        return "250 OK"


def free_port():
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def sink():
    """A mail server of the test's own."""
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def stack(tmp_path, sink):
    """The services of the compose file as processes: same commands, same names in the environment."""
    server = urlsplit(os.environ.get("DATABASE_URL") or "postgres://127.0.0.1:5432/")
    at = f"{server.hostname}:{server.port or 5432}"
    admin = f"postgres://{server.netloc}/postgres"
    name = f"konvent_{uuid.uuid4().hex[:8]}"
    psql = ["psql", "-q", "--set=ON_ERROR_STOP=1", admin]
    for statement in (
        f"CREATE ROLE {name}_owner LOGIN PASSWORD 'o'", f"CREATE ROLE {name} LOGIN PASSWORD 's'",
        f"CREATE DATABASE {name} OWNER {name}_owner",
    ):  # fmt: skip
        subprocess.run([*psql, "-c", statement], check=True, capture_output=True, text=True)
    running = {}
    try:
        yield Stack(tmp_path, name, at, sink, running)
    finally:
        for process in reversed(running.values()):
            process.terminate()
        for process in running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
        for statement in (
            f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}", f"DROP ROLE {name}_owner",
        ):  # fmt: skip
            subprocess.run([*psql, "-c", statement], check=False, capture_output=True)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not an order: it names the public address."""

    def redirect_request(self, *arguments):
        return None

    def http_error_302(self, request, answer, code, message, headers):
        return answer


class Stack:
    """Starts services by their name."""

    def __init__(self, folder, name, database, sink, running):
        self.folder, self.processes, self.cookies = folder, running, set()
        self.opener = urllib.request.build_opener(NoRedirect)
        self.redis_port, self.web_port = free_port(), free_port()
        self.settings = {
            "SECRET_KEY": "c" * 60, "SITE_HOST": "konvent.example", "DATABASE_PASSWORD": "s",
            "DATABASE_OWNER_PASSWORD": "o", "REDIS_PASSWORD": "r",
        }  # fmt: skip
        # The names that compose resolves, and the folder it mounts.
        self.addresses = [
            ("konvent_owner:", f"{name}_owner:"), ("postgres://konvent:", f"postgres://{name}:"),
            ("@postgres:5432/konvent", f"@{database}/{name}"), ("@redis:6379", f"@127.0.0.1:{self.redis_port}"),
            ("mail:1025", f"127.0.0.1:{sink.port}"), ("0.0.0.0:8000", f"127.0.0.1:{self.web_port}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.web_port}"),
        ]  # fmt: skip

    def here(self, value):
        value = filled(str(value), self.settings)
        for theirs, ours in self.addresses:
            value = value.replace(theirs, ours)
        return str(self.folder / "data") if value == "/data" else value

    def environment(self, service):
        """Exactly the compose file's names, and the paths of this machine."""
        said = {name: self.here(value) for name, value in SERVICES[service]["environment"].items()}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return said | {"PATH": path, "KONVENT_STATIC": str(self.folder / "static"), "HOME": str(self.folder)}

    def command(self, parts):
        parts = [self.here(part) for part in parts]
        return [shutil.which(parts[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"), *parts[1:]]

    def start(self, service, *extra):
        log = (self.folder / f"{service}.log").open("w")
        self.processes[service] = subprocess.Popen(
            [*self.command(SERVICES[service]["command"]), *extra],
            cwd=ROOT,
            env=self.environment(service),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, service, *command, ok=True):
        done = subprocess.run(
            self.command(command), cwd=ROOT, env=self.environment(service),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done

    def ask(self, path, form=None):
        """Ask the web server as the proxy would, with the browser's cookies; return page and headers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.web_port}{path}",
            data=urlencode(form).encode() if form else None,
            headers={
                "Host": "konvent.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7",
                "Referer": "https://konvent.example/", "Cookie": "; ".join(self.cookies),
            },
        )  # fmt: skip
        with self.opener.open(request, timeout=20) as answer:
            self.cookies |= {cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie", [])}
            return answer.read().decode(), answer.headers

    def becomes_healthy(self, service, seconds):
        """Ask the service's own health check until it agrees."""
        end = time.monotonic() + seconds
        while True:
            done = self.run(service, *SERVICES[service]["healthcheck"]["test"][1:], ok=False)
            if done.returncode == 0:
                return
            ended = self.processes[service].poll() is not None
            if ended or time.monotonic() > end:
                log = (self.folder / f"{service}.log").read_text()[-4000:]
                pytest.fail(f"{service} does not become healthy: {done.stdout}{done.stderr}\n{log}")
            time.sleep(0.5)


@pytest.mark.heavy
@pytest.mark.postgres
def test_the_commands_of_the_compose_file_start_and_deliver_a_mail(stack, sink):
    stack.start("redis", "--port", str(stack.redis_port), "--dir", str(stack.folder))
    stack.run("prepare", *SERVICES["prepare"]["command"])
    for service in ("web", "worker", "beat"):
        stack.start(service)
    for service, seconds in (("web", 60), ("worker", 90), ("beat", 90)):
        stack.becomes_healthy(service, seconds)

    # From a form in the browser to the mail server: web, outbox, broker and worker in one go.
    stack.run(
        "web", "python", "manage.py", "shell", "-v0", "-c",
        "from partnership.models import User; User.objects.create_user(email='d@example.org', password='x' * 20)",
    )  # fmt: skip
    page, headers = stack.ask(reverse("account_reset_password"))
    assert "max-age=" in headers["Strict-Transport-Security"]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    stack.ask(reverse("account_reset_password"), {"email": "d@example.org", "csrfmiddlewaretoken": token})
    end = time.monotonic() + 60
    while not sink.mails and time.monotonic() < end:
        time.sleep(0.2)
    assert [mail.rcpt_tos for mail in sink.mails] == [["d@example.org"]]
    assert b"https://konvent.example/konto/" in sink.mails[0].content.replace(b"=\r\n", b"")
    stack.ask("/readyz")

    # The serving role cannot touch what is sealed, whatever the triggers say.
    refused = stack.run(
        "web", "python", "manage.py", "shell", "-v0", "-c",
        "from django.db import connection; connection.cursor().execute('DELETE FROM partnership_auditevent')",
        ok=False,
    )  # fmt: skip
    assert "permission denied for table partnership_auditevent" in refused.stderr
