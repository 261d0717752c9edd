"""Markup in whatever people type: no raw script on any page, no remote picture, only safe links (I2)."""

import re
from html.parser import HTMLParser

import pytest

from committees.models import AgendaItem, Ballot, Committee, Meeting, Motion
from fund.models import Fund, Measure
from membership.models import Contact, Enquiry, Organisation, Partner
from partnership.db.triggers import lifted
from partnership.models import Document, Partnership, User
from partnership.ui.text import markdown
from tests.access.policy import load
from tests.access.visitor import address, ask, undone

pytestmark = pytest.mark.django_db
TABLE = load()
MARK = "k0nv3nt"
NAME = f"\"'><script>{MARK}()</script><img src=x onerror={MARK}()>{{{{7*7}}}}"
TEXT = "\n\n".join(
    (
        f"<script>{MARK}()</script>",
        f"<img src=//boese.example/{MARK}.png onerror={MARK}()>",
        f"![Bild](https://boese.example/{MARK}.png)",
        f"[a](javascript:{MARK}()) [b](data:text/html,{MARK}) [c](vbscript:{MARK}) [d](//boese.example/{MARK})",
        f"[e](JaVaScRiPt:{MARK}()) [f](java\tscript:{MARK}()) <javascript:{MARK}()> <svg/onload={MARK}()>",
        f"[g](https://gut.example/) <https://gut.example/auto> <iframe srcdoc='{MARK}'></iframe>",
    )
)
# Model -> fields of one line, fields of several.
TYPED = {
    AgendaItem: (("title", "presenter"), ("text", "result")),
    Ballot: (("title",), ("text",)),
    Committee: (("name",), ("purpose",)),
    Contact: (("name",), ()),
    Document: (("title",), ()),
    Enquiry: (("organisation", "name"), ("message",)),
    Fund: (("name",), ("purpose",)),
    Measure: (("title",), ("description",)),
    Meeting: (("title", "place"), ("invitation_text",)),
    Motion: (("title",), ("text", "reasons", "effects")),
    Organisation: (("short_name",), ("address",)),
    Partner: ((), ("note",)),
    Partnership: (("name", "short_name", "office_name"), ("purpose", "introduction", "benefits", "imprint")),
    User: (("name", "job_title"), ()),
}
SAFE = re.compile(r"^(https?:|mailto:|tel:|/(?!/)|#|\?|$)")


class Reader(HTMLParser):
    """Collects everything in a page that would run, load or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = tag == "script"
        if tag in ("iframe", "object", "embed", "svg") and MARK in str(attrs):
            self.found.append(tag)
        for name, value in attrs:
            target = (value or "").strip()
            if name.startswith("on"):
                self.found.append(f"{tag} {name}")
            if name in ("src", "href", "action", "formaction", "data") and not (
                SAFE.match(target.lower()) or (tag == "img" and target.startswith("data:image/"))
            ):
                self.found.append(f"{tag} {name}={target[:60]}")
            if tag in ("img", "script", "link", "iframe") and "boese.example" in target:
                self.found.append(f"{tag} loads {target[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and MARK in data:
            self.found.append("script")


def faults(html: str) -> list[str]:
    """What is wrong with a page."""
    reader = Reader()
    reader.feed(html)
    return reader.found


@pytest.fixture(scope="module")
def poisoned(world):
    """The world, with markup in every field that somebody types."""
    # What is frozen, cast or decided is opened as the owner of the tables: it was typed before it was frozen.
    with lifted():
        _poison()
    return world


def _poison() -> None:
    for model, (lines, texts) in TYPED.items():
        for number, row in enumerate(model._default_manager.all()):
            values = {}
            for name in lines:
                longest = model._meta.get_field(name).max_length or 200
                values[name] = f"{NAME}{number}"[:longest]
            values |= dict.fromkeys(texts, TEXT)
            model._default_manager.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize("role", ["anonymous", "office", "delegate", "chair", "superuser"])
def test_no_page_runs_what_people_typed(poisoned, visitors, role):
    wrong, seen = {}, 0
    for key, case in sorted(TABLE.items()):
        if "GET" not in case.methods:
            continue
        with undone():
            response = ask(visitors[role], "GET", address(case.name, poisoned.own, case.objects))
        assert response.status_code < 500 or key == "readyz", f"{key}: {response.status_code}"
        if "text/html" in response.get("Content-Type", "") and not response.streaming:
            html = response.content.decode()
            seen += MARK in html
            if found := faults(html):
                wrong[key] = found[:4]
        disposition = response.get("Content-Disposition", "")
        assert "\r" not in disposition
        assert "\n" not in disposition
    assert not wrong, "\n".join(f"{key}: {found}" for key, found in wrong.items())
    assert seen or role == "superuser", "the control: what was typed must be on some page"


@pytest.mark.parametrize("line", TEXT.split("\n\n"))
def test_markdown_keeps_no_raw_markup_and_only_safe_links(line):
    html = str(markdown(line))
    assert not faults(html), html
    assert "<img" not in html
    assert "<script" not in html


def test_markdown_keeps_good_links_and_names_no_referrer():
    html = str(markdown("[gut](https://gut.example/) <mail@gut.example>"))
    assert 'href="https://gut.example/"' in html
    assert "mailto:mail@gut.example" in html
    assert "noopener noreferrer" in html
