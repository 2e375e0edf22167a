"""Real processes: two at once, workers that are killed, and a log that can be read while the command runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.context import Context
from pipeline.errors import HandoffError
from pipeline.handoff import submit
from pipeline.handoff.attempts import LEASE, read_attempts
from pipeline.release import manifest_sha
from tests.handoff.conftest import NAME, environment, only

Opened = Callable[..., Context]
Start = Callable[[Context], "subprocess.Popen[bytes]"]

# Imports first: what is started at once shall act at once.
WORKER = """
import sys, time, pathlib
from pipeline.cli import main
sys.argv = ["chartmill", "handoff", sys.argv[1]]
print("ready", flush=True)
go = pathlib.Path(sys.stdin.readline().strip())
while not go.exists(): time.sleep(0.001)
main()
"""


def _without_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CHARTMILL_")}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start workers that hand the release off as soon as there is a file `go`."""
    with ExitStack() as stack:

        def started(context: Context) -> "subprocess.Popen[bytes]":
            worker = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WORKER, NAME], env=_without_ours() | environment(context.settings),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                )
            )  # fmt: skip
            stack.callback(worker.kill)
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(f"{tmp_path}/go\n".encode())
            worker.stdin.flush()
            assert worker.stdout.readline() == b"ready\n"
            return worker

        yield started


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def still(path: Path) -> bool:
    """Tell whether nobody writes to a file any more."""
    size = path.stat().st_size
    time.sleep(0.5)
    return path.stat().st_size == size


def training(home: Path) -> str:
    """Return a command that notes its begin, then goes on until there is a file `finish`, and notes its end."""
    (home / "train.sh").write_text(
        f"echo begun >> {home}/calls\n"
        f"while [ ! -e {home}/finish ]; do echo tick; echo tick >> {home}/ticks; sleep 0.05; done\n"
        f"echo done >> {home}/calls\n"
    )
    return f"sh {home}/train.sh"


def test_of_two_processes_at_once_one_submits(opened: Opened, start: Start, tmp_path: Path) -> None:
    context = opened(handoff=training(tmp_path))
    workers = [start(context), start(context)]
    (tmp_path / "go").touch()
    wait_for(lambda: any(worker.poll() is not None for worker in workers))
    (loser,) = [worker for worker in workers if worker.poll() is not None]
    assert loser.stderr is not None
    said = loser.stderr.read().decode()
    assert loser.returncode == 1, said
    assert "wait for it" in said
    (tmp_path / "finish").touch()
    assert sorted(worker.wait(60) for worker in workers) == [0, 1]
    assert (tmp_path / "calls").read_text().split() == ["begun", "done"]


def test_a_killed_worker_takes_its_command_along_and_the_next_one_completes(
    opened: Opened, start: Start, tmp_path: Path, folder: Path
) -> None:
    context = opened(handoff=training(tmp_path))
    (tmp_path / "go").touch()
    worker = start(context)
    wait_for((tmp_path / "ticks").exists)
    wait_for(only(folder, "*/attempt-1.log").read_text)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    wait_for(lambda: still(tmp_path / "ticks"))
    (tmp_path / "finish").touch()

    with pytest.raises(HandoffError, match="if that process is gone, run this again after"):
        submit(context, NAME, lambda: datetime.now(UTC))
    assert submit(context, NAME, lambda: datetime.now(UTC) + LEASE).attempt == 2
    assert not submit(context, NAME, lambda: datetime.now(UTC)).new
    assert (tmp_path / "calls").read_text().split() == ["begun", "begun", "done"]
    records = read_attempts(context.data, manifest_sha(context, NAME))
    assert [record.status for record in records] == ["running", "completed"]


def test_a_worker_that_is_asked_to_stop_says_that_it_failed(opened: Opened, start: Start, tmp_path: Path) -> None:
    context = opened(handoff=training(tmp_path))
    (tmp_path / "go").touch()
    worker = start(context)
    wait_for((tmp_path / "ticks").exists)
    worker.send_signal(signal.SIGINT)
    assert worker.wait(30) != 0
    assert still(tmp_path / "ticks")
    (record,) = read_attempts(context.data, manifest_sha(context, NAME))
    assert record.status == "failed"
    assert (tmp_path / "calls").read_text().split() == ["begun"]


def test_a_killed_guard_leaves_no_command_behind(opened: Opened, start: Start, tmp_path: Path) -> None:
    (tmp_path / "guard").write_text("")
    context = opened(handoff=f"sh -c 'echo $PPID > {tmp_path}/guard; . {tmp_path}/train.sh'")
    training(tmp_path)
    (tmp_path / "go").touch()
    worker = start(context)
    wait_for((tmp_path / "ticks").exists)
    os.kill(int((tmp_path / "guard").read_text()), signal.SIGKILL)
    assert worker.wait(30) == 1
    assert still(tmp_path / "ticks")
