"""Long tables: confirmed in the browser, taken over by the worker, once and whole, whatever happens on the way."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone, translation

from membership import tasks
from membership.models import ImportBatch, Partner
from membership.services import imports, partners
from membership.services.imports import batches
from partnership.models import AuditEvent, OutboxMessage, User
from partnership.services import accounts
from tests.factories import PartnerFactory, PartnershipFactory
from tests.factories.committees import CommitteeFactory
from tests.factories.membership import make_manager
from tests.membership.services.test_imports import csv, many, upload

pytestmark = pytest.mark.django_db
LONG = batches.SHORT + 5


@pytest.fixture
def partnership():
    made = PartnershipFactory()
    for code in ("SK", "TK"):
        CommitteeFactory(partnership=made, code=code, name=code)
    return made


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


@pytest.fixture
def announced(monkeypatch):
    """Keys handed to the worker."""
    found = []
    monkeypatch.setattr(batches, "_announce", found.append)
    return found


def confirm(manager, batch):
    return imports.apply(by=manager, batch=batch, fingerprint=batch.outcome["fingerprint"])


@pytest.fixture
def confirmed(partnership, manager):
    return confirm(manager, upload(manager, partnership, csv(*many(LONG))))


def test_a_long_table_waits_for_the_worker_and_a_short_one_does_not(
    partnership,
    manager,
    announced,
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        long = confirm(manager, upload(manager, partnership, csv(*many(LONG))))
    assert (long.is_waiting, announced, Partner.objects.count()) == (True, [long.pk], 0)
    with django_capture_on_commit_callbacks(execute=True):
        short = confirm(manager, upload(manager, partnership, csv(*many(batches.SHORT))))
    assert (short.is_waiting, announced, Partner.objects.count()) == (False, [long.pk], batches.SHORT)


def test_the_worker_takes_it_over_once_however_often_it_is_told(confirmed):
    assert tasks.carry_out_import(str(confirmed.pk)) is True
    assert tasks.carry_out_import(str(confirmed.pk)) is False
    assert tasks.carry_out_waiting_imports() == 0
    confirmed.refresh_from_db()
    assert (confirmed.applied_at is not None, confirmed.outcome["new"]) == (True, LONG)
    assert imports.progress(confirmed) == LONG - LONG % 10
    assert (Partner.objects.count(), User.objects.exclude(pk=confirmed.confirmed_by_id).count()) == (LONG, 3 * LONG)
    assert OutboxMessage.objects.filter(kind="account_invitation").count() == 3 * LONG
    assert AuditEvent.objects.filter(action="import.applied", actor=confirmed.confirmed_by).count() == 1


def test_confirming_twice_changes_nothing(confirmed, manager, partnership):
    again = imports.apply(by=manager, batch=confirmed, fingerprint=confirmed.approved)
    assert again.confirmed_at == confirmed.confirmed_at
    assert AuditEvent.objects.filter(action="import.confirmed").count() == 1
    assert imports.refresh(by=manager, batch=confirmed).rows == confirmed.rows


class Killed(BaseException):
    """The worker is gone, and nothing of ours runs any more."""


def die_at(monkeypatch, row, error=Killed):
    enter, seen = partners.create, []

    def create(**given):
        seen.append(given["name"])
        if len(seen) == row:
            raise error
        return enter(**given)

    monkeypatch.setattr(partners, "create", create)


def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_the_sweep_does_it_all(confirmed, monkeypatch):
    with monkeypatch.context() as patched:
        die_at(patched, 20)
        with pytest.raises(Killed):
            imports.carry_out(confirmed.pk)
    assert (Partner.objects.count(), OutboxMessage.objects.count()) == (0, 0)
    assert tasks.carry_out_waiting_imports() == 1
    assert Partner.objects.count() == LONG


def test_a_table_over_which_workers_die_again_and_again_is_given_up_and_says_so(confirmed, monkeypatch):
    for _attempt in range(batches.MOST_ATTEMPTS):
        with monkeypatch.context() as patched:
            die_at(patched, 20)
            with pytest.raises(Killed):
                imports.carry_out(confirmed.pk)
    assert tasks.carry_out_waiting_imports() == 0
    confirmed.refresh_from_db()
    assert (confirmed.is_waiting, "mehrmals abgebrochen" in confirmed.failure) == (False, True)
    assert imports.waiting() == []


def test_a_database_that_is_away_is_no_failure(confirmed, monkeypatch):
    with monkeypatch.context() as patched:
        die_at(patched, 20, OperationalError("busy"))
        with pytest.raises(OperationalError):
            imports.carry_out(confirmed.pk)
    confirmed.refresh_from_db()
    assert (confirmed.is_waiting, confirmed.failure) == (True, "")


def test_an_unexpected_error_is_shown_and_the_table_can_be_confirmed_again(confirmed, manager, monkeypatch):
    with monkeypatch.context() as patched:
        die_at(patched, 20, ZeroDivisionError())
        assert imports.carry_out(confirmed.pk) is False
    confirmed.refresh_from_db()
    assert "Ein unerwarteter Fehler" in confirmed.failure
    assert Partner.objects.count() == 0
    assert confirm(manager, confirmed).failure == ""
    assert imports.carry_out(confirmed.pk)


def test_a_refused_row_is_named(confirmed, monkeypatch):
    die_at(monkeypatch, 20, partners.PartnerRefused("Das geht nicht."))
    assert imports.carry_out(confirmed.pk) is False
    confirmed.refresh_from_db()
    assert confirmed.failure == "Zeile 21: Das geht nicht. Es wurde nichts übernommen."
    assert AuditEvent.objects.filter(action="import.failed").count() == 1


def test_what_changed_since_the_preview_is_told_and_previewed_anew(confirmed, partnership):
    PartnerFactory(partnership=partnership, name="Stadt Müßig 7")
    assert imports.carry_out(confirmed.pk) is False
    confirmed.refresh_from_db()
    assert "Seit der Vorschau" in confirmed.failure
    assert confirmed.outcome["new"] == LONG - 1


def test_the_worker_reads_the_table_in_the_language_it_was_previewed_in(partnership, manager):
    with translation.override("en"):
        batch = confirm(manager, upload(manager, partnership, csv(*many(LONG))))
    assert imports.carry_out(batch.pk)


def test_a_cache_that_is_away_stops_no_import(confirmed, monkeypatch):
    def away(*args):
        raise ConnectionError

    monkeypatch.setattr(cache, "set", away)
    assert imports.carry_out(confirmed.pk)


@pytest.mark.parametrize("count", [3, 90])
def test_hundreds_of_people_are_invited_in_few_statements(partnership, manager, django_assert_max_num_queries, count):
    names = {f"neu{number}@example.org": f"Person {number}" for number in range(count)}
    with django_assert_max_num_queries(14):
        people = accounts.create_many(by=manager, names=names, partnership=partnership, is_inviting=True)
    assert len(people) == OutboxMessage.objects.count() == count
    assert not any(person.has_usable_password() for person in people.values())
    assert AuditEvent.objects.filter(action__in=("account.created", "account.invited")).count() == 2 * count


def test_nothing_is_applied_that_nobody_confirmed(partnership, manager):
    batch = upload(manager, partnership, csv(*many(1)))
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(applied_at=timezone.now())
