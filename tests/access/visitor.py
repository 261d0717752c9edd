"""Asking the site as somebody, and telling the answer in one word."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from functools import partial
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from django.conf import urls
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import reverse

from tests.access.world import Side, World

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE)\b[^\"]*\"?(\w+)", re.IGNORECASE)
# The session remembers when it was last seen and which messages it owes: the one write a GET may cause.
MAY_BE_WRITTEN = {"django_session"}
# What the answer means to a person, whatever the number.
FINE = {200, 201, 204, 206, 301, 302, 303, 304, 307, 409, 422, 429}


class Visitors:
    """One signed-in browser per role; nothing that a page does to its cookies lasts."""

    def __init__(self, world: World, **defaults: Any) -> None:
        self._clients: dict[str, Client] = {}
        self._cookies: dict[str, Any] = {}
        for role, person in world.roles.items():
            client = Client(raise_request_exception=False, **defaults)
            if person is not None:
                client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            self._clients[role], self._cookies[role] = client, copy(client.cookies)

    def __getitem__(self, role: str) -> Client:
        """The browser of a role, as it was after signing in."""
        client = self._clients[role]
        client.cookies = copy(self._cookies[role])
        return client


def ask(client: Client, method: str, url: str, data: Any = None) -> HttpResponse:
    """Send one request with a method of HTTP."""
    if method == "POST":
        return client.post(url, data or {})
    return client.generic(method, url)


def outcome(response: HttpResponse) -> str:
    """The answer in one word: ok, login, or the number of a refusal."""
    if response.status_code in (301, 302) and urlsplit(response["Location"]).path in (
        reverse("account_login"),
        reverse("admin:login"),
    ):
        return "login"
    return "ok" if response.status_code in FINE else str(response.status_code)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collects the tables that statements inside write to, sessions left out."""
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        match = WRITES.match(sql)
        if match:
            table = re.search(r"\b(?:INTO|UPDATE|FROM)\s+\"?(\w+)", sql, re.IGNORECASE)
            name = table.group(1) if table else sql[:60]
            if name not in MAY_BE_WRITTEN:
                found.append(f"{match.group(1).upper()} {name}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def address(name: str, side: Side, objects: dict[str, str], *, things: Side | None = None, **more: Any) -> str:
    """The address of a page on the objects of a side; `things` from another side where they are to be foreign."""
    source = things or side
    for kwargs in ({"slug": side.slug}, {}):
        given = {**kwargs, **{key: _value(source, thing) for key, thing in objects.items()}, **more}
        try:
            return reverse(name, kwargs=given)
        except Exception as error:
            last = error
    raise last


def _value(side: Side, thing: str) -> Any:
    found = side.things.get(thing, thing)
    return getattr(found, "pk", found)


@contextmanager
def undrawn(is_undrawn: bool = True) -> Iterator[None]:
    """Answers are found out but not drawn: views run to the end, their templates and the error pages do not.

    Drawing costs most of a request, and whether somebody gets in is decided before.
    """
    if not is_undrawn:
        yield
        return
    with ExitStack() as stack:
        for code in (403, 404):
            stack.enter_context(patch.object(urls, f"handler{code}", partial(_bare, code)))
        stack.enter_context(patch.object(SimpleTemplateResponse, "rendered_content", ""))
        yield


def _bare(code: int, request: HttpRequest, exception: Any = None) -> HttpResponse:
    return HttpResponse(status=code)


__all__ = ["Visitors", "address", "ask", "outcome", "undone", "undrawn", "writes"]
