"""Translations without gettext: collect the German sentences, compile the catalogues.

    python tools/messages.py extract     German msgids of the code into locale/en; translations stay
    python tools/messages.py compile     every .po that is newer than its .mo
    python tools/messages.py check       what lacks an English translation, or no longer occurs

The source language is German, so locale/en translates our own sentences; locale/de only replaces
sentences of libraries (allauth says "du" here and there, guardian has no German at all).
"""

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "locale/en/LC_MESSAGES/django.po"
APPS = ("partnership", "membership", "committees", "fund", "portal")
LAZY = {f"{name}_lazy": arguments for name, arguments in DEFAULT_KEYWORDS.items() if name.endswith("gettext")}
KEYWORDS = {**DEFAULT_KEYWORDS, **LAZY}


def sources() -> list[Path]:
    """Return the files that hold sentences: our Python, our templates."""
    python = [file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in APPS)]
    templates = [file for folder in folders for kind in ("*.html", "*.txt", "*.svg") for file in folder.rglob(kind)]
    return sorted(python) + sorted(templates)


def found_in(file: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Yield (line, msgid, comments, context) for every marked sentence in a file."""
    if file.suffix == ".py":
        with file.open("rb") as code:
            yield from extract("python", code, KEYWORDS, ["Translators:"])
        return
    # Django turns each tag into a Python call and blanks out the rest; each line stands alone.
    from django.utils.translation.template import templatize

    for number, line in enumerate(templatize(file.read_text(encoding="utf-8")).splitlines(), start=1):
        if "(" in line:
            for _, msgid, comments, context in extract("python", io.BytesIO(line.strip().encode()), KEYWORDS):
                yield number, msgid, comments, context


def collect() -> Catalog:
    """Return every sentence of the code, with the places where it stands."""
    if not _django_is_ready():
        raise SystemExit("Django's settings could not be loaded.")
    catalog = Catalog(locale="en", project="Konvent", charset="utf-8")
    for file in sources():
        place = str(file.relative_to(ROOT))
        for line, msgid, comments, context in found_in(file):
            if msgid:
                catalog.add(msgid, locations=[(place, line)], auto_comments=comments, context=context)
    return catalog


def _django_is_ready() -> bool:
    """Templatize needs configured settings, nothing else of Django."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    return True


def read(path: Path) -> Catalog:
    """Read a catalogue; an absent one is empty."""
    if not path.exists():
        return Catalog(
            locale=path.parent.parent.name,
            header_comment="# Translations of Konvent, under the EUPL-1.2.",
            project="Konvent",
            version="0.1.0",
            msgid_bugs_address="CONTRIBUTING.md",
            last_translator="Konvent",
            language_team="Konvent",
            fuzzy=False,
        )
    with path.open("rb") as po:
        return read_po(po, locale=path.parent.parent.name, abort_invalid=True)


def write_extracted() -> None:
    """Update the English catalogue with what the code says now; translations stay."""
    catalog = read(ENGLISH)
    catalog.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    for message in catalog:
        message.flags.discard("fuzzy")
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as po:
        # Without line numbers: a moved line is no change to the catalogue.
        write_po(po, catalog, width=100, sort_output=True, include_lineno=False)
    print(f"{len(catalog)} sentences, {len(missing())} without a translation")


def compile_all() -> None:
    """Compile each catalogue that is newer than its binary form."""
    for po in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        # A reader must never see half a file.
        half = mo.with_suffix(f".{os.getpid()}")
        with half.open("wb") as binary:
            write_mo(binary, read(po))
        half.replace(mo)


def is_translated(message: Message | None) -> bool:
    """Whether every form of a message has a text and nobody marked it as doubtful."""
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def missing() -> list[str]:
    """Return the sentences of the code that have no English translation."""
    english = read(ENGLISH)
    return [
        str(message.id)
        for message in collect()
        if message.id and not is_translated(english.get(message.id, message.context))
    ]


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["extract", "compile", "check"])
    verb = parser.parse_args().verb
    if verb == "extract":
        write_extracted()
    elif verb == "compile":
        compile_all()
    else:
        lacking = missing()
        print("\n".join(lacking) or "Every sentence has its English translation.")
        return int(bool(lacking))
    return 0


if __name__ == "__main__":
    sys.exit(main())
