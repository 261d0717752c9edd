"""A real browser: the machine's Chromium, in German, without its background traffic."""

import os
import re
import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer

from partnership.db.triggers import lifted
from tests.browser.visitor import KeyboardVisitor, Visitor

# The synchronous Playwright runs an event loop in the test's thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    return {
        **browser_type_launch_args,
        "executable_path": executable,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "de-DE", "timezone_id": "Europe/Berlin"}


@pytest.fixture(scope="session")
def demonstration(django_db_setup, django_db_blocker):
    """The demonstration, built once and served; jobs add to it. Its tests carry no django_db and so run last."""
    with django_db_blocker.unblock(), override_settings(KONVENT_DEMO=True, ACCOUNT_RATE_LIMITS=False):
        # pytest-django makes a test database only where some test carries its mark.
        is_test_database = connection.settings_dict["NAME"] == connection.creation._get_test_db_name()
        made = None if is_test_database else setup_databases(verbosity=0, interactive=False)
        call_command("demo", stdout=StringIO())
        server = LiveServer("localhost")
        yield server
        server.stop()
        with lifted():
            call_command("flush", interactive=False, verbosity=0)
        if made:
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _reach_the_demonstration(request, django_db_blocker):
    """The tests of the demonstration look into its database themselves."""
    if "demonstration" not in request.fixturenames:
        yield
        return
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def visit(demonstration, browser, browser_context_args):
    """Opens a browser of its own for somebody: `visit(content.OFFICE)`; what its console says must be nothing."""
    opened, complaints = [], []

    def open_for(persona=None, *, width=1280, height=900, by_keyboard=False):
        context = browser.new_context(**browser_context_args, viewport={"width": width, "height": height})
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        visitor = (KeyboardVisitor if by_keyboard else Visitor)(page, demonstration.url)
        if persona is not None:
            visitor.sign_in(persona)
        return visitor

    yield open_for
    for context in opened:
        context.close()
    # A refusal is an answer; the browser writes its number into the console all the same.
    assert [text for text in complaints if not re.search(r"status of 4(09|22)", text)] == []
