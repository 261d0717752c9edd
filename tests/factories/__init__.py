"""Objects for tests, made the short way. Use services where the way matters."""

from tests.factories.ground import *  # noqa: F403
