"""Headers and cookies on every address, errors included, as an https installation sends them (N8)."""

import json
import os
import subprocess
import sys
from http.cookies import SimpleCookie

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from partnership.models import OutboxMessage
from tests.access.policy import load
from tests.access.visitor import address, undone
from tests.access.world import PASSWORD

pytestmark = pytest.mark.django_db
TABLE = load()
# Counts asked for again and again: the browser may keep one to compare, and asks each time (304).
CSP = "Content-Security-Policy"
LIVE = {"committees:ballot_turnout", "committees:meeting_live"}
HOST = "konvent.example.org"
NAMES = ("SESSION_COOKIE_", "CSRF_COOKIE_", "SECURE_", "LANGUAGE_COOKIE_", "SITE_", "CSRF_TRUSTED")
PRINT = (
    "import json, partnership.settings.base as s;"
    "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper()}, default=str))"
)


def https_settings() -> dict:
    """What the settings say when SITE_URL is https: read from the real module in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", PRINT],
        env={**os.environ, "SITE_URL": f"https://{HOST}"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = json.loads(told.strip().splitlines()[-1])
    chosen = {name: value for name, value in found.items() if name.startswith(NAMES)}
    return chosen | {"ALLOWED_HOSTS": [HOST]}


@pytest.fixture(scope="module")
def https(world):
    with override_settings(**https_settings()):
        clients = {}
        for role in ("anonymous", "office", "superuser"):
            clients[role] = Client(raise_request_exception=False, headers={"host": HOST})
            if role != "anonymous":
                clients[role].force_login(world.roles[role], backend="django.contrib.auth.backends.ModelBackend")
        yield clients


def faults(response, *, signed_in: bool, is_guest: bool = False) -> list[str]:
    """What is wrong with the headers of an answer; `is_guest` for uploaded files, which have a stricter policy."""
    wanted = {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        # A mail's own HTML is shown in a frame of the outbox, sandboxed; nothing else is framed by anybody.
        "X-Frame-Options": "SAMEORIGIN" if is_guest and "frame-ancestors" in response.get(CSP, "") else "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found = [f"{name}: {response.get(name)}" for name, value in wanted.items() if value not in response.get(name, "")]
    policy = response.get(CSP, "")
    parts = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    if is_guest:
        if "sandbox" not in parts or parts.get("default-src") != ["'none'"]:
            found.append(f"CSP of a file: {policy}")
    else:
        for name in ("object-src", "base-uri", "frame-ancestors"):
            if parts.get(name) != ["'none'"]:
                found.append(f"CSP {name}: {parts.get(name)}")
        for name in ("script-src", "style-src"):
            if not parts.get(name) or {"'unsafe-inline'", "'unsafe-eval'", "*", "https:"} & set(parts[name]):
                found.append(f"CSP {name}: {parts.get(name)}")
    if signed_in and "no-store" not in response.get("Cache-Control", ""):
        found.append(f"Cache-Control: {response.get('Cache-Control')}")
    for cookie in SimpleCookie(response.cookies.output(header="", sep=";")).values():
        if cookie.value and not (cookie["secure"] and cookie["samesite"]):
            found.append(f"cookie {cookie.key}: {cookie.OutputString()}")
    return found


@pytest.mark.parametrize("role", ["anonymous", "office", "superuser"])
def test_every_address_sends_every_header(world, https, role):
    wrong = {}
    for key, case in sorted(TABLE.items()):
        url = address(case.name, world.own, case.objects)
        for method in ("get", "post"):
            with undone():
                client = https[role]
                cookies = {name: morsel.value for name, morsel in client.cookies.items()}
                response = getattr(client, method)(url, secure=True)
                client.cookies.load(cookies)
            leaves = key in ("account_logout", "account_change_password")
            is_guest = "sandbox" in response.get("Content-Security-Policy", "")
            live = key.partition("@")[0] in LIVE
            found = faults(response, signed_in=not live and role != "anonymous" and not leaves, is_guest=is_guest)
            if found:
                wrong[f"{method} {key} ({response.status_code})"] = found
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong.items())


@pytest.mark.parametrize(("path", "status"), [("/gibt/es/nicht/", 404), ("/p/haus/postausgang/", 302)])
def test_errors_send_them_too(world, https, path, status):
    response = https["anonymous"].get(path, secure=True)
    assert response.status_code == status
    assert not faults(response, signed_in=False)


def test_cookies_of_a_sign_in_are_bound_to_the_host(world, https):
    client = Client(headers={"host": HOST})
    with undone():
        client.get(reverse("account_login"), secure=True)
        client.post(
            reverse("account_login"), {"login": world.roles["delegate"].email, "password": PASSWORD}, secure=True
        )
    names = dict(client.cookies.items())
    assert "__Host-sessionid" in names
    assert "__Host-csrftoken" in names
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = names[name]
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name


def test_plain_http_is_sent_to_https(https):
    response = https["anonymous"].get("/", secure=False)
    assert response.status_code == 301
    assert response["Location"] == f"https://{HOST}/"


@pytest.mark.parametrize("host", ["boese.example", f"{HOST}.boese.example", f"{HOST}@boese.example"])
def test_a_wrong_host_is_refused_and_never_stands_in_a_mail(world, https, host):
    before = OutboxMessage.objects.count()
    response = Client(raise_request_exception=False, headers={"host": host}).post(
        reverse("account_reset_password"), {"email": world.roles["delegate"].email}, secure=True
    )
    assert response.status_code == 400
    assert OutboxMessage.objects.count() == before
    assert not mail.outbox


def test_a_forwarded_host_does_not_choose_the_link_of_a_reset(world, https):
    with undone():
        Client(headers={"host": HOST, "x-forwarded-host": "boese.example"}).post(
            reverse("account_reset_password"), {"email": world.roles["delegate"].email}, secure=True
        )
        written = OutboxMessage.objects.filter(kind="password_reset").order_by("-created_at").first()
        assert written is not None
        assert b"boese.example" not in bytes(written.mime)
