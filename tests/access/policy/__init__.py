"""The policy table: who may do what at which address. The YAML files beside this one are the table.

    committees:meeting_edit:          # the name of an address; `name@thing` adds a case on another object
      at: meeting                     # the object of <uuid:pk>; `at: {pk: item, document: paper}` for several
      GET: office secretary           # roles and groups (tests/access/world.py) that get through
      POST: {ok: office, 404: inside} # or: outcome by outcome; the first that names a role holds

Who is not named: nobody signed in is sent to sign in (`login`), people from outside the partnership get 404, people
inside get 403. A method that is not listed answers 405 to who may use the others, and refuses the rest as usual.
HEAD answers as GET, OPTIONS lets through whoever a listed method lets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.access.world import GROUPS, ROLES

HERE = Path(__file__).parent
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OUTCOMES = ("ok", "login", "403", "404", "405", "400", "410", "503")
LISTED = ("GET", "POST", "PUT", "PATCH", "DELETE")
KEYS = {"at", "elsewhere", "others", *LISTED}


class TableError(Exception):
    """The table cannot be read as it stands."""


def people(words: str) -> frozenset[str]:
    """Roles named one by one or by group; `-name` takes away again."""
    found: set[str] = set()
    for word in words.split():
        name = word.removeprefix("-")
        if name not in GROUPS and name not in ROLES:
            raise TableError(f"no role or group is called {name!r}")
        group = GROUPS.get(name, frozenset({name}))
        found = found - group if word.startswith("-") else found | group
    return frozenset(found)


@dataclass(frozen=True)
class Case:
    """One address on one object, with who may do what there."""

    key: str
    methods: dict[str, dict[str, frozenset[str]]]
    objects: dict[str, str] = field(default_factory=dict)
    # What people from outside get: 404 within a partnership, 403 elsewhere.
    elsewhere: str = "404"
    # What a method that is not listed answers: "405" to those who may use the others, "open" the same to everybody
    # (nothing is looked up before), "any" that a library's page takes every method as one of the listed ones.
    others: str = "405"

    @property
    def name(self) -> str:
        """The name of the address."""
        return self.key.partition("@")[0]

    def expected(self, method: str, role: str) -> str:
        """What the table says for a cell."""
        if method == "HEAD":
            method = "GET"
        if method in self.methods:
            return self._listed(method, role)
        if self.others == "open":
            return "ok" if method == "OPTIONS" else "405"
        answers = [self._listed(listed, role) for listed in self.methods]
        if "ok" not in answers:
            return answers[0]
        return "ok" if method == "OPTIONS" else "405"

    def _listed(self, method: str, role: str) -> str:
        for outcome, who in self.methods[method].items():
            if role in who:
                return outcome
        if role == "anonymous":
            return "login"
        return self.elsewhere if role in GROUPS["outside"] else "403"


def _case(key: str, given: dict[str, Any]) -> Case:
    if unknown := set(given) - KEYS:
        raise TableError(f"{key}: unknown {sorted(unknown)}, known: {sorted(KEYS)}")
    methods = {}
    for method in LISTED:
        if method not in given:
            continue
        rule = given[method]
        rule = rule if isinstance(rule, dict) else {"ok": rule}
        if unknown := {str(outcome) for outcome in rule} - set(OUTCOMES):
            raise TableError(f"{key}: unknown outcome {sorted(unknown)}, known: {OUTCOMES}")
        methods[method] = {str(outcome): people(str(words)) for outcome, words in rule.items()}
    if not methods:
        raise TableError(f"{key}: names neither GET nor POST")
    objects = given.get("at", {})
    return Case(
        key,
        methods,
        objects if isinstance(objects, dict) else {"pk": objects},
        str(given.get("elsewhere", "404")),
        str(given.get("others", "405")),
    )


def load() -> dict[str, Case]:
    """The whole table, by key."""
    found: dict[str, Case] = {}
    for path in sorted(HERE.glob("*.yaml")):
        for key, given in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if key in found:
                raise TableError(f"{path.name}: {key} stands in the table twice")
            found[key] = _case(key, given)
    return found


def named(table: dict[str, Case]) -> Iterator[str]:
    """The addresses the table knows."""
    yield from {case.name for case in table.values()}


__all__ = ["METHODS", "Case", "TableError", "load", "named", "people"]
