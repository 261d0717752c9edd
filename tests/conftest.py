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


def pytest_runtest_setup(item):
    """What proves locks of PostgreSQL needs PostgreSQL."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: DATABASE_URL=postgres://… make test-postgres")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI every chosen test runs: a service that is not there is a failure, not a reason to skip."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where everything must run: {call.excinfo.value if call.excinfo else ''}"
    return report
