"""What the whole suite shares."""

import os

import pytest
from django.db import connection
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


def pytest_collection_modifyitems(config, items):
    """What is about one database is left out on the other one; `make test-postgres` and CI run both."""
    other = "postgres" if connection.vendor == "sqlite" else "sqlite"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI every chosen test runs: a service that is not there is a failure, not a reason to skip."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where everything must run: {call.excinfo.value if call.excinfo else ''}"
    return report
