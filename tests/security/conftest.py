"""The world of tests/access, made once per module and rolled back."""

from tests.access.conftest import cells, visitors, world  # noqa: F401
