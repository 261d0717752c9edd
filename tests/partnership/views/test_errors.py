"""What a person reads when something is wrong with the machinery."""

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


def asked_while(error, client, url):
    """The answer of a page while every statement fails so."""

    def fail(*args):
        raise error

    with connection.execute_wrapper(fail):
        return client.get(url)


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), InterfaceError("closed")])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_database_that_is_away_is_a_pause_and_no_error(visitor, error, is_signed_in):
    """Signed in, the session fails before any view; signed out, the view does."""
    if is_signed_in:
        visitor.force_login(UserFactory())
    answer = asked_while(error, visitor, reverse("portal:home"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Die Datenbank antwortet gerade nicht" in answer.content.decode()
    assert visitor.get(reverse("portal:home")).status_code == 200
    assert ("_auth_user_id" in visitor.session) == is_signed_in


def test_any_other_error_is_one_without_its_inside(visitor):
    answer = asked_while(ValueError("geheim"), visitor, reverse("portal:home"))
    assert answer.status_code == 500
    assert "geheim" not in answer.content.decode()
