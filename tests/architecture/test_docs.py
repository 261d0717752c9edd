"""What README, CONTRIBUTING and the decisions point to exists; the licence is whole."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/**/*.md"))


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if not re.match(r"\w+:", link)]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_every_verb_the_readme_shows_is_a_target_of_make():
    makefile = (ROOT / "Makefile").read_text()
    shown = re.compile(r"(?:`|^)make ([a-z]+(?:-[a-z]+)*)\b", re.MULTILINE)
    verbs = {verb for path in PAGES for verb in shown.findall(path.read_text())}
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"run", "test", "backup", "restore"} <= verbs
    assert verbs <= known


def test_every_target_with_a_description_is_phony():
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    assert set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == phony


def test_decisions_are_numbered_once():
    numbers = [path.name[:4] for path in sorted(ROOT.glob("docs/adr/*.md"))]
    assert len(numbers) == len(set(numbers))
    for path in ROOT.glob("docs/adr/*.md"):
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name


def test_the_licence_is_the_whole_eupl():
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert all(f"\n{number}. " in text or f"\n{number}." in text for number in range(1, 16))
    assert "Appendix" in text
