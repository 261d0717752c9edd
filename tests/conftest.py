"""What the whole suite shares."""

import pytest
from django.test import TransactionTestCase

from partnership.db.triggers import lifted


@pytest.fixture(autouse=True, scope="session")
def _flush_as_owner():
    """Tests that commit empty the tables afterwards, which the triggers forbid to everybody else."""
    teardown = TransactionTestCase._fixture_teardown

    def teardown_lifted(self):
        with lifted():
            teardown(self)

    TransactionTestCase._fixture_teardown = teardown_lifted
    yield
    TransactionTestCase._fixture_teardown = teardown
