"""Requests forged by other sites (N6): every POST needs token and origin. GETs: tests/access/test_matrix.py."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.access.policy import load
from tests.access.visitor import address, outcome, undone, writes

pytestmark = pytest.mark.django_db
TABLE = load()


def posting():
    """Each address that takes a POST, with somebody who may send it."""
    for key, case in sorted(TABLE.items()):
        if key in ("livez", "readyz"):
            continue  # they answer alike to everything and change nothing
        for role in ("office", "chair", "treasurer", "delegate", "superuser", "anonymous"):
            if "POST" in case.methods and case.expected("POST", role) == "ok":
                yield key, case, role
                break


CASES = list(posting())


@pytest.fixture(scope="module")
def strict(world):
    """Browsers whose tokens are checked."""
    found = {}
    for role in {role for _key, _case, role in CASES}:
        found[role] = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if world.roles[role] is not None:
            found[role].force_login(world.roles[role], backend="django.contrib.auth.backends.ModelBackend")
    return found


@pytest.mark.parametrize(("key", "case", "role"), CASES, ids=[key for key, _case, _role in CASES])
def test_a_post_without_token_is_refused_and_writes_nothing(world, strict, key, case, role):
    url = address(case.name, world.own, case.objects)
    with undone(), writes() as written:
        response = strict[role].post(url, {"any": "thing"})
    assert response.status_code == 403, f"{key}: {response.status_code}"
    assert not written


@override_settings(SECURE_SSL_REDIRECT=False)
def test_a_right_token_from_a_wrong_origin_is_refused(world, strict):
    client = strict["office"]
    url = reverse("partnership:person_invite", kwargs={"slug": world.own.slug})
    with undone():
        token = client.get(url).context["csrf_token"]
        data = {"csrfmiddlewaretoken": str(token), "name": "", "email": ""}
        for origin in ("https://boese.example", "null", "http://testserver.boese.example"):
            assert client.post(url, data, headers={"origin": origin}).status_code == 403
        # The control: the same from our own page is let through, and the form says what is missing.
        assert outcome(client.post(url, data, headers={"origin": "http://testserver"})) == "ok"


def test_no_view_of_ours_is_exempt_from_the_token():
    from django.urls import get_resolver

    from partnership.access.checks import walk

    exempt = [name for _route, name, view in walk(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)]
    assert not exempt
