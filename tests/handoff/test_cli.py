"""The commands about hand-offs, as an operator calls them."""

from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.context import open_context
from tests.cli.conftest import Call
from tests.cli.conftest import call as call
from tests.handoff.conftest import NAME, publish


@pytest.fixture(autouse=True)
def _release(call: Call) -> None:
    publish(open_context(load_settings()))


def test_a_release_is_handed_off_and_listed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No release was handed off yet." in call("handoffs").stdout
    monkeypatch.setenv("CHARTMILL_HANDOFF", "false")
    failed = call("handoff", NAME)
    assert failed.exit_code == 1
    assert "exit code 1" in failed.stdout
    monkeypatch.setenv("CHARTMILL_HANDOFF", "echo trained")
    assert f"Release {NAME}: completed by command, attempt 2\n" in call("handoff", NAME).stdout
    assert "attempt 2 before; --force does it once more" in call("handoff", NAME).stdout
    done = call("handoff", NAME, "--force").stdout
    log = Path(done.partition("Log: ")[2].strip())
    assert log.read_text() == "trained\n"
    assert f"{NAME}  completed by command, attempt 3, begun 20" in call("handoffs").stdout
    assert f"\n    {log}\n" in call("handoffs").stdout


def test_a_release_that_is_not_there(call: Call) -> None:
    assert f"there is no release of that name: the latest are {NAME}" in call("handoff", "2026-01-16").stdout
