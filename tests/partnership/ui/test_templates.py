"""Every template of the house compiles and keeps to the strict content policy."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
ALL = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.suffix in (".html", ".txt"))
PAGES = [name for name in ALL if name.endswith(".html") and "/mail/" not in name and not name.startswith("mail/")]


@pytest.mark.parametrize("name", ALL)
def test_a_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_inline_style_script_or_handler(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=|<script(?![^>]*\bsrc=)|\son(click|change|submit|load)=", text), name


@pytest.mark.parametrize("name", ["400", "500", "503", "429"])
def test_a_page_for_bad_times_needs_no_request_and_no_database(name):
    assert "<h1" in get_template(f"{name}.html").render()
