"""Fixtures of the tests of releases."""

from tests.release.made import stored

__all__ = ["stored"]
