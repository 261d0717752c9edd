"""Every German sentence has its English beside it, with the same placeholders; both catalogues compile."""

import io
import re

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from tools import messages

CATALOGUES = sorted((messages.ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def english():
    return messages.read(messages.ENGLISH)


@pytest.fixture(scope="module")
def sentences():
    return [message for message in messages.collect() if message.id]


def test_sentences_are_found_in_code_and_in_templates(sentences):
    kinds = {place.rsplit(".", 1)[-1] for message in sentences for place, _ in message.locations}
    assert kinds >= {"py", "html"}


def test_every_sentence_has_an_english_translation():
    assert messages.missing() == []


def test_a_translation_keeps_the_placeholders(sentences, english):
    wrong = []
    for message in sentences:
        translated = english.get(message.id, message.context)
        if translated is None or not messages.is_translated(translated):
            continue  # the test above names it
        singular_and_plural = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = {tuple(sorted(PLACEHOLDER.findall(text))) for text in singular_and_plural}
        strings = translated.string if isinstance(translated.string, tuple | list) else [translated.string]
        wrong += [text for text in strings if tuple(sorted(PLACEHOLDER.findall(text))) not in allowed]
    assert wrong == []


def test_no_translation_is_left_over(sentences, english):
    known = {(message.id, message.context) for message in sentences}
    assert [m.id for m in english if m.id and (m.id, m.context) not in known] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(messages.ROOT)))
def test_a_catalogue_compiles_without_gettext(path):
    catalog, binary = messages.read(path), io.BytesIO()
    write_mo(binary, catalog)
    binary.seek(0)
    again = read_mo(binary)
    translated = [m for m in catalog if m.id and messages.is_translated(m)]
    assert len(again) == len(translated)


def test_both_languages_have_a_catalogue():
    assert {path.parts[-3] for path in CATALOGUES} == {"de", "en"}


def test_the_german_catalogue_addresses_people_formally():
    path = messages.ROOT / "locale/de/LC_MESSAGES/django.po"
    with path.open("rb") as po:
        texts = [str(m.string) for m in read_po(po) if m.id]
    informal = re.compile(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein(e|er|em|en|es)?)\b")
    assert [text for text in texts if informal.search(text)] == []


def test_a_template_is_read_sentence_by_sentence(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(
        '{% load i18n %}<p>it\'s "free" text</p>\n  {% translate "Sitzung" %}\n'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} Stimme\n{% plural %}\n  {{ n }} Stimmen\n"
        '{% endblocktranslate %}{% include "x.html" with title=_("Beschluss") %}'
        '{% translate "Mai" context "Monat" %}',
        encoding="utf-8",
    )
    messages._django_is_ready()
    found = {(msgid, context) for _, msgid, _, context in messages.found_in(file)}
    assert found == {
        ("Sitzung", None),
        (("%(n)s Stimme", "%(n)s Stimmen"), None),
        ("Beschluss", None),
        ("Mai", "Monat"),
    }
