"""Prepared questions answer as the queryset would, whatever was asked before."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from partnership.access.ties import remember
from partnership.db.prepared import Prepared
from partnership.enums import Role
from partnership.models import Partnership, User
from tests.factories import PartnershipFactory, UserFactory, appoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_slug():
    return Prepared(lambda slug: Partnership.objects.filter(slug=slug))


@pytest.fixture
def visible():
    return Prepared(lambda reader, slug: Partnership.objects.visible_to(reader).filter(slug=slug))


def member_of(*partnerships: Partnership) -> User:
    person = UserFactory()
    for partnership in partnerships:
        appoint(person, Role.MANAGING_OFFICE, partnership)
    return person


def test_the_same_question_is_answered_for_other_values(by_slug):
    one, other = PartnershipFactory(), PartnershipFactory()
    assert [by_slug(slug=slug) for slug in (one.slug, other.slug, "none", one.slug)] == [[one], [other], [], [one]]


def test_each_answer_is_one_statement(by_slug, django_assert_num_queries):
    one = PartnershipFactory()
    for _time in range(3):
        with django_assert_num_queries(1):
            assert by_slug(slug=one.slug)[0].name == one.name


def test_what_a_value_says_stays_a_value(by_slug):
    one = PartnershipFactory(slug="a%s-100%")
    assert by_slug(slug="'; DROP TABLE partnership_partnership; --") == []
    assert by_slug(slug="a%s-100%") == [one]


def test_each_reader_sees_their_own_whoever_asked_first(visible):
    one, other = PartnershipFactory(), PartnershipFactory()
    mine, theirs, both = member_of(one), member_of(other), member_of(one, other)
    stranger = UserFactory()

    def seen(person: User) -> list[Partnership]:
        return visible(reader=person, slug=one.slug) + visible(reader=person, slug=other.slug)

    for person, expected in ((stranger, []), (mine, [one]), (theirs, [other]), (both, [one, other]), (stranger, [])):
        assert seen(person) == expected
        remember(person)
        assert seen(person) == expected


def test_sets_of_any_size():
    among = Prepared(lambda keys: Partnership.objects.filter(pk__in=keys).order_by("slug"))
    three = sorted((PartnershipFactory() for _n in range(3)), key=lambda one: one.slug)
    for rows in (three, three[:1], [], three[1:]):
        assert among(keys=frozenset(row.pk for row in rows)) == rows


def test_constants_stay_and_a_value_may_be_used_twice():
    twice = Prepared(
        lambda text: Partnership.objects.filter(slug=text, short_name=text, purpose="100 % sicher").values_list("slug")
    )
    PartnershipFactory(slug="a", short_name="a", purpose="")
    PartnershipFactory(slug="b", short_name="b", purpose="100 % sicher")
    assert twice(text="a") == []
    assert twice(text="b") == [("b",)]


@pytest.mark.postgres
def test_the_database_plans_once_for_a_connection_and_keeps_it_through_a_rollback(by_slug):
    one = PartnershipFactory()
    with CaptureQueriesContext(connection) as asked:
        with transaction.atomic():
            by_slug(slug=one.slug)
            transaction.set_rollback(True)
        assert by_slug(slug=one.slug) == [one]
    statements = [query["sql"] for query in asked.captured_queries if "konvent_" in query["sql"]]
    assert [statement.startswith("PREPARE") for statement in statements] == [True, False]


@pytest.mark.postgres
def test_behind_a_pooler_nothing_is_kept(by_slug, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as asked:
        by_slug(slug="a")
    assert asked.captured_queries[0]["sql"].startswith("SELECT")
