"""Every address × every role × every method against the policy table (reliability.md A1, N6).

Nothing here is written by hand but the table: addresses come from the resolver, roles and objects from the world.
Safe methods must not write a row; no cell may answer 5xx.
"""

from collections import defaultdict
from importlib import import_module
from zlib import crc32

import pytest
from django.urls import get_resolver

from partnership.access.checks import walk
from tests.access import payloads
from tests.access.policy import METHODS, load, named
from tests.access.visitor import address, ask, outcome, undone, undrawn, writes
from tests.access.world import ROLES

pytestmark = pytest.mark.django_db
reading = import_module("partnership.access.ties")
TABLE = load()
# Django's admin has a table of its own: tests/access/test_admin.py.
SAFE = {"GET", "HEAD", "OPTIONS"}
OTHERS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
# Pages are drawn to the last tag for these; for the others the view runs, its template does not (heavy: for all).
DRAWN = {"anonymous", "member", "delegate", "office"}
# What the other methods answer is drawn as what these do, or not at all.
DRAWING = {"GET", "POST"}


def addresses() -> dict[str, str]:
    """Every named address of the site but Django's admin: name -> route."""
    return {
        name: route
        for route, name, _view in walk(get_resolver().url_patterns)
        if not name.startswith("admin:") and not route.startswith("verwaltung/")
    }


def test_every_address_stands_in_the_table():
    missing = sorted(set(addresses()) - set(named(TABLE)))
    stubs = "\n".join(f"{name}:  # /{addresses()[name]}\n  GET: …\n  POST: …" for name in missing)
    assert not missing, f"say in tests/access/policy/<app>.yaml who may do what there:\n{stubs}"


def test_the_table_names_no_address_that_is_gone():
    gone = sorted(set(named(TABLE)) - set(addresses()))
    assert not gone, f"no address is called so any more, take them out of tests/access/policy: {gone}"


def test_every_payload_belongs_to_a_case():
    assert not set(payloads.PAYLOADS) - set(TABLE)


@pytest.fixture(scope="module")
def known_ties(world):
    """What each person holds, read once: nobody's ties change here (tests/security/test_revocation.py)."""
    kept: dict = {}
    sources = list(reading._sources)

    def once(source):
        def read(user, on):
            key = (source, user.pk, on)
            if key not in kept:
                kept[key] = list(source(user, on))
            return kept[key]

        return read

    reading._sources[:] = [once(source) for source in sources]
    yield
    reading._sources[:] = sources


@pytest.mark.parametrize("key", sorted(TABLE))
def test_every_cell_answers_as_the_table_says(world, visitors, known_ties, key, cells):
    """GET and POST as everybody; the other methods as one person of each kind of answer, another one in each case."""
    case = TABLE[key]
    asked = [(role, method) for role in ROLES for method in ("GET", "POST")]
    kinds = defaultdict(list)
    for role in ROLES:
        kinds[tuple(case.expected(method, role) for method in METHODS)].append(role)
    turn = crc32(key.encode())
    asked += [(roles[turn % len(roles)], method) for roles in kinds.values() for method in others_of(case)]
    check(world, visitors, case, asked, cells, drawn=DRAWN)


@pytest.mark.heavy
@pytest.mark.parametrize("key", sorted(TABLE))
def test_every_cell_answers_so_with_every_method_and_every_page_drawn(world, visitors, known_ties, key, cells):
    asked = [(role, method) for role in ROLES for method in ("GET", "POST", *others_of(TABLE[key]))]
    check(world, visitors, TABLE[key], asked, cells, drawn=set(ROLES))


def others_of(case):
    return () if case.others == "any" else OTHERS


def check(world, visitors, case, asked, cells, drawn):
    url = address(case.name, world.own, case.objects)
    wrong = defaultdict(list)
    for role, method in asked:
        want = case.expected(method, role)
        data = payloads.of(case.key, world, role) if method == "POST" and want == "ok" else {}
        with undrawn(role not in drawn or method not in DRAWING), undone(), writes() as written:
            response = ask(visitors[role], method, url, data)
        got = outcome(response)
        cells.append(case.key)
        if got != want:
            wrong[f"{method}: {got} ({response.status_code}), the table says {want}{_why(response)}"].append(role)
        elif method in SAFE and written:
            wrong[f"{method} writes: {sorted(set(written))}"].append(role)
        elif data and not payloads.succeeded(response):
            wrong[f"{method} with good data is not done: {response.status_code}{_why(response)}"].append(role)
    told = "\n  ".join(f"{what}: as {', '.join(who)}" for what, who in wrong.items())
    assert not wrong, f"{case.key} ({url})\n  {told}"


def _why(response) -> str:
    if info := getattr(response, "exc_info", None):
        return f": {info[0].__name__}: {info[1]}"
    form = (response.context or {}).get("form") if getattr(response, "context", None) else None
    return f": {dict(form.errors)}" if form is not None and getattr(form, "errors", None) else ""
