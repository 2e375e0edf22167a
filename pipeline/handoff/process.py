"""Run an operator's command: without our secrets, under the lease of the attempt, and not longer than its worker."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from pipeline.errors import ConfigError
from pipeline.handoff.attempts import BEAT, Attempt

_GUARD = Path(__file__).with_name("guard.py")
# A training job has no business with the key, nor with Airflow, which keeps it, nor with the zone before redaction.
_WITHHELD = re.compile("AIRFLOW_(?:_|CONN_|VAR_).*|CHARTMILL_(?:KEY|PHI|WEBHOOK_SECRET)")


def run(command: list[str], attempt: Attempt, sink: IO[bytes]) -> int:
    """Run a command to its end; return its exit code. Its output goes to `sink`.

    Raises whatever `Attempt.beat` raises, after the command was ended.
    """
    environment = {name: value for name, value in os.environ.items() if not _WITHHELD.fullmatch(name)}
    # Leaving the block closes the guard's standard input: it ends the command if that still runs.
    with subprocess.Popen(
        [sys.executable, "-I", str(_GUARD), *command],
        stdin=subprocess.PIPE, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True, env=environment,
    ) as guard:  # fmt: skip
        while True:
            try:
                code = guard.wait(BEAT.total_seconds())
                break
            except subprocess.TimeoutExpired:
                attempt.beat()
    if code < 0:
        # Somebody killed the guard, and nobody else looks after the command.
        with suppress(ProcessLookupError):
            os.killpg(guard.pid, signal.SIGKILL)
    return code


def arguments(command: str, setting: str, **names: str) -> list[str]:
    """Return the words of a command with the names in braces filled in.

    Raises `ConfigError` that names the setting.
    """
    try:
        words = [word.format(**names) for word in shlex.split(command)]
    except (AttributeError, KeyError, IndexError, ValueError):
        known = ", ".join(f"{{{name}}}" for name in names)
        raise ConfigError(f"{setting} may hold only {known} in braces, and quotes in pairs") from None
    if not words:
        raise ConfigError(f"{setting} is empty: give a command, such as `chartmill verify {{release}}`")
    # The environment's own scripts come first: the command may be ours, and PATH need not name it.
    beside = Path(sys.executable).parent / words[0]
    found = str(beside) if beside.is_file() else shutil.which(words[0])
    if found is None:
        raise ConfigError(f"the hand-off's command {words[0]!r} is not installed: correct {setting}")
    return [found, *words[1:]]
