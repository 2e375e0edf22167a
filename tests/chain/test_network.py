"""No process of a run reaches for the network: an audit hook in each refuses and records it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain.chain import DAY, command, cut_sample, environment, write, zones

# Sees what goes through Python's sockets, in every process that inherits PYTHONPATH.
HOOK = """
import os, socket, sys

def record(name, line):
    with open(os.path.join(os.environ["AUDIT_FOLDER"], name), "a") as file:
        file.write(line + "\\n")

def refuse(event, arguments):
    if event == "socket.connect" and arguments[0].family == socket.AF_UNIX:
        return
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        record("reached", f"{event} {arguments[-1]!r}")
        raise PermissionError("no network")

record("watched", str(os.getpid()))
sys.addaudithook(refuse)
"""
FAULTS = {
    "socket.connect": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "socket.getaddrinfo": "import socket; socket.getaddrinfo('localhost', 80)",
    "socket.gethostbyname": "import socket; socket.gethostbyname('localhost')",
}


@pytest.fixture
def watch(tmp_path: Path) -> dict[str, str]:
    """Return the environment in which Python watches itself."""
    write(tmp_path / "hook" / "sitecustomize.py", HOOK.encode())
    return {"PYTHONPATH": str(tmp_path / "hook"), "AUDIT_FOLDER": str(tmp_path)}


def test_a_run_reaches_nowhere(tmp_path: Path, watch: dict[str, str]) -> None:
    settings = zones(tmp_path, cut_sample(tmp_path), handoff="chartmill verify {release}")
    done = command("run", "--day", DAY, "--workers", "2", env=environment(settings, **watch))
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "reached").exists(), (tmp_path / "reached").read_text()
    # The command, its two workers and the hand-off.
    assert len(set((tmp_path / "watched").read_text().split())) >= 4


@pytest.mark.parametrize("event", FAULTS)
def test_the_hook_records_what_reaches_out(tmp_path: Path, watch: dict[str, str], event: str) -> None:
    done = subprocess.run([sys.executable, "-c", FAULTS[event]], env=watch, capture_output=True, text=True, check=False)
    assert "PermissionError: no network" in done.stderr
    assert (tmp_path / "reached").read_text().startswith(event)
