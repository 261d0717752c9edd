"""The world of the access tests has one object of every kind: here its pages are counted."""

from tests.access.conftest import visitors, world

__all__ = ["visitors", "world"]
