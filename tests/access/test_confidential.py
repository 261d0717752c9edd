"""A word that stands only in confidential things is found nowhere by whoever may not read them (A4).

Every page, list, search, export, calendar entry and archive of the partnership is read as each outsider.
"""

import io
import zipfile

import pytest
from django.urls import reverse

from tests.access.policy import load
from tests.access.visitor import address, ask, undone
from tests.access.world import GROUPS, ROLES, SECRET_WORD

pytestmark = pytest.mark.django_db
TABLE = load()
# Belong to the partnership, sit in another committee or none: the sharpest eyes that may not see.
OUTSIDERS = ("anonymous", "member", "delegate_tk", "admin_other", "product_manager", "auditor", "office_foreign")
# The submitting partner's people read what they submitted, so they are no outsiders to the confidential motion.
assert not set(OUTSIDERS) & (GROUPS["committee"] | {"admin_own"})


def read(response) -> bytes:
    """All bytes of an answer, archives unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type", "").startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content += b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    return content


def pages(world):
    """Each address that answers to GET, on each object of the table."""
    for key, case in sorted(TABLE.items()):
        if "GET" in case.methods:
            yield key, address(case.name, world.own, case.objects)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_no_page_shows_a_confidential_word(world, visitors, role):
    found = []
    for key, url in pages(world):
        with undone():
            response = ask(visitors[role], "GET", url)
        if SECRET_WORD.encode() in read(response):
            found.append(f"{key} ({response.status_code})")
    assert not found, f"as {role}: {found}"


SEARCHES = (
    "committees:meeting_list",
    "committees:motion_list",
    "committees:ballot_list",
    "committees:resolution_list",
    "committees:resolution_public_list",
    "committees:register_table",
    "partnership:document_list",
)


@pytest.mark.parametrize("name", SEARCHES)
def test_no_search_finds_or_counts_a_confidential_word(world, visitors, name):
    url = reverse(name, kwargs={"slug": world.own.slug})
    for role in OUTSIDERS:
        with undone():
            secret = visitors[role].get(url, {"q": SECRET_WORD.lower()})
            absent = visitors[role].get(url, {"q": "nirgendsstehendeswort"})
        assert secret.status_code == absent.status_code
        if secret.status_code != 200 or "text/html" not in secret["Content-Type"]:
            continue
        for response, word in ((secret, SECRET_WORD.lower()), (absent, "nirgendsstehendeswort")):
            response.text = response.content.decode().replace(word, "…")
        rows = [len(r.context["page_obj"].object_list) if r.context.get("page_obj") else 0 for r in (secret, absent)]
        if name != "partnership:document_list":
            assert rows[0] == rows[1] == 0, f"{name} as {role} finds {rows[0]} rows by a confidential word"


def test_the_committee_itself_finds_them(world, visitors):
    """The control: the word is there for those who may read it, or the tests above prove nothing."""
    seen = set()
    for key, url in pages(world):
        with undone():
            response = ask(visitors["chair"], "GET", url)
        if SECRET_WORD.encode() in read(response):
            seen.add(key)
    assert {
        "committees:motion_list",
        "committees:ballot_list",
        "committees:meeting_detail",
        "committees:meeting_papers",
        "committees:resolution_detail@secret",
    } <= seen, seen


def test_nobody_outside_the_partnership_sees_its_name_on_an_internal_page(world, visitors):
    """The other partnership's people find no byte of this one behind a sign-in."""
    for role in set(GROUPS["outside"]) & set(ROLES) - {"superuser", "staff"}:
        response = visitors[role].get(reverse("portal:desk"))
        own, other = world.own.word, world.foreign.word
        shown = response.content.decode()
        if role in ("delegate_foreign", "office_foreign"):
            assert f"{own} Implementierungspartnerschaft" not in shown
        else:
            assert f"{other} Implementierungspartnerschaft" not in shown
            assert f"{own} Sitzung" not in shown
