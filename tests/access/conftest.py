"""One world per module, made once and rolled back: thousands of questions cost no set-up."""

import logging

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.access import world as worlds
from tests.access.visitor import Visitors


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        # Limits of attempts have tests of their own; the same person asks hundreds of times here.
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), ACCOUNT_RATE_LIMITS=False),
        transaction.atomic(),
    ):
        # Thousands of refusals are what is asked for here; nobody reads them.
        logging.disable(logging.ERROR)
        yield worlds.build()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitors(world):
    return Visitors(world)


@pytest.fixture(scope="session")
def cells(request):
    """Counts what was asked, for the figures at the end."""
    asked = []
    yield asked
    if asked:
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"\naccess: {len(asked)} cells on {len(set(asked))} cases")
