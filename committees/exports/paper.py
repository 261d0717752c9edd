"""Papers as tagged PDF (PDF/UA-1), set by typst. All text goes in as data, never as markup."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

TEMPLATE = Path(__file__).parent / "typst" / "paper.typ"
Block = dict[str, Any]


def heading(text: str) -> Block:
    """A heading of the first level."""
    return {"kind": "heading", "text": text}


def prose(text: str) -> Block:
    """Text of several lines, as it was typed."""
    return {"kind": "prose", "text": text.strip() or "–"}


def quote(text: str) -> Block:
    """The wording of a resolution, set apart."""
    return {"kind": "quote", "text": text.strip() or "–"}


def items(lines: Iterable[str]) -> Block:
    """A list."""
    return {"kind": "list", "items": [str(line) for line in lines]}


def code(text: str) -> Block:
    """A hash, which may break anywhere."""
    return {"kind": "code", "text": text}


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Block:
    """A table with a caption."""
    return {
        "kind": "table",
        "caption": caption,
        "heads": list(heads),
        "rows": [[str(cell) for cell in row] for row in rows],
    }


def render(
    *,
    title: str,
    publisher: str,
    facts: Iterable[tuple[str, str]],
    blocks: Iterable[Block],
    at: datetime,
    note: str = "",
    footer: str = "",
) -> bytes:
    """The PDF; the same input gives the same bytes, as `at` is its time stamp."""
    # 80 MB with its compiler: only loaded where a PDF is made.
    import typst

    data = {
        "language": (get_language() or "de")[:2],
        "title": title,
        "publisher": publisher,
        "note": note,
        "footer": footer,
        "facts": [[str(name), str(value)] for name, value in facts if value],
        "blocks": list(blocks),
        "words": {"page": _("Seite"), "of": _("von")},
    }
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["ua-1"],
        timestamp=at.replace(microsecond=0),
        ignore_system_fonts=True,
    )
