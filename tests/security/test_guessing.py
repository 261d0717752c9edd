"""Foreign and absent answer alike, known and unknown accounts too (A5)."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from partnership.models import OutboxMessage
from tests.access.policy import load
from tests.access.visitor import address, ask, outcome, undone
from tests.access.world import FOREIGN_WORD

pytestmark = pytest.mark.django_db
TABLE = load()
# Nonces, tokens of 64 signs wherever they stand, the ids of the address itself.
VARYING = re.compile(rb'nonce="[^"]*"|\b[A-Za-z0-9]{64}\b|[0-9a-f]{8}-[0-9a-f-]{27}')
NO_OBJECTS = ("pk", "part", "number", "uidb36", "key", "secret", "name")
OBJECTS = sorted(
    key
    for key, case in TABLE.items()
    # What is published is nobody's secret.
    if "pk" in case.objects and "@" not in key and case.name != "committees:resolution_public_detail"
)


def body(response) -> bytes:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return VARYING.sub(b"", content)


@pytest.mark.parametrize("key", OBJECTS)
def test_a_foreign_object_answers_as_one_that_does_not_exist(world, visitors, key):
    """Asked by who may do everything here, under our own and under the other partnership's address."""
    case = TABLE[key]
    method = "GET" if "GET" in case.methods else "POST"
    nothing = {name: str(uuid.uuid4()) for name in case.objects if name in ("pk",)}
    for role in ("office", "delegate"):
        client = visitors[role]
        for side in (world.own, world.foreign):
            with undone():
                foreign = ask(client, method, address(case.name, side, case.objects, things=world.foreign))
                absent = ask(
                    client, method, address(case.name, side, {**case.objects, **nothing}, things=world.foreign)
                )
            assert foreign.status_code == absent.status_code, f"{method} as {role} under /p/{side.slug}/"
            if foreign.status_code == 302:
                assert VARYING.sub(b"", foreign["Location"].encode()) == VARYING.sub(b"", absent["Location"].encode())
                continue
            assert foreign.status_code in (403, 404)
            assert body(foreign) == body(absent)
            assert FOREIGN_WORD.encode() not in body(foreign)


def test_a_second_object_in_the_address_belongs_to_the_first_or_is_not_there(world, visitors):
    """/partner/<ours>/ansprechperson/<theirs>/ and the like."""
    asked = 0
    for key, case in sorted(TABLE.items()):
        others = [
            name for name in case.objects if name not in ("pk", "part", "number", "uidb36", "key", "secret", "name")
        ]
        if "pk" not in case.objects or not others:
            continue
        method = "GET" if "GET" in case.methods else "POST"
        for name in others:
            mixed = {**case.objects, name: str(getattr(world.foreign, case.objects[name]).pk)}
            for role in ("office", "chair"):
                with undone():
                    response = ask(visitors[role], method, address(case.name, world.own, mixed))
                asked += 1
                assert outcome(response) in ("404", "403"), (
                    f"{key} with a foreign {name} as {role}: {response.status_code}"
                )
                assert FOREIGN_WORD.encode() not in body(response)
    assert asked


def test_the_address_of_an_unknown_partnership_answers_as_a_foreign_one(world, visitors):
    for name in ("committees:meeting_list", "membership:partner_list", "partnership:audit_list", "fund:fund_detail"):
        for role in ("delegate", "superuser"):
            foreign = visitors[role].get(reverse(name, kwargs={"slug": world.foreign.slug}))
            absent = visitors[role].get(reverse(name, kwargs={"slug": "gibtesnicht"}))
            assert foreign.status_code == absent.status_code == 404
            assert body(foreign).replace(b"anderswo", b"") == body(absent).replace(b"gibtesnicht", b"")


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_known_and_unknown_accounts_read_the_same(world, name):
    known, unknown = world.own.people["delegate"].email, "niemand.kennt.mich@haus.example.org"
    said = []
    for address_ in (known, unknown):
        with undone():
            data = {"login": address_, "email": address_, "password": "falsch-falsch-falsch"}
            response = Client().post(reverse(name), data, follow=True)
            said.append((response.status_code, response.redirect_chain, body(response).replace(address_.encode(), b"")))
    assert said[0] == said[1]


def test_an_unknown_account_is_sent_no_mail(world):
    with undone():
        before = OutboxMessage.objects.count()
        Client().post(reverse("account_reset_password"), {"email": "niemand.kennt.mich@haus.example.org"})
        assert OutboxMessage.objects.count() == before


def test_guessed_invitations_tell_nothing(world):
    said = set()
    for secret in ("abc" * 8, "xyz" * 8, "123" * 8):
        response = Client().get(reverse("invitation_accept", args=[secret]))
        assert response.status_code == 404
        said.add(body(response).replace(secret.encode(), b""))
    assert len(said) == 1
