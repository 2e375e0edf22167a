"""Zones of their own for the commands, and the sample's sources."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.cli.base import console
from pipeline.errors import ChartmillError

Call = Callable[..., Result]
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process; an error of ours is its output, as in `main`."""
    monkeypatch.setenv("CHARTMILL_PHI", str(tmp_path / "phi"))
    monkeypatch.setenv("CHARTMILL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CHARTMILL_KEY", KEY)

    def run(*arguments: str | Path) -> Result:
        # The console of the module keeps the stream that it saw first.
        with console.capture() as captured:
            result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit | ChartmillError):
            raise result.exception
        said = str(result.exception) if isinstance(result.exception, ChartmillError) else ""
        result.stdout_bytes = f"{captured.get()}{said}".encode()
        return result

    return run
