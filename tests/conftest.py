"""Fixtures that all tests share."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from pipeline.config import Settings, load_settings
from pipeline.context import Context, open_context

# The same cases in every run: what fails for one fails for all.
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT.parent / "shared" / "fixtures"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with both zones in a temporary folder."""
    return load_settings(KEY, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"))


@pytest.fixture
def context(settings: Settings) -> Context:
    """Return the opened zones."""
    return open_context(settings)


@pytest.fixture(scope="session")
def public_fixtures() -> Iterator[Path]:
    """Return the folder of public data; skip where it is absent."""
    if not FIXTURES.is_dir():
        pytest.skip("the folder of public fixtures, ../shared/fixtures, is not here")
    return FIXTURES
