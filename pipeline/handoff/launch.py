"""Submit a configured command for a release, once per manifest.

The state of a hand-off is a file named by the manifest's digest. It says `submitted` before the command starts and
`done` after it ended well, so that a retry, a second run of the same day or another worker does not submit again.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.context import Context
from pipeline.errors import ConfigError, HandoffError

_FOLDER = "handoff"


@dataclass(frozen=True, slots=True)
class Handoff:
    """The outcome of a hand-off; `new` tells whether this call ran the command."""

    command: str
    log: str
    new: bool


def submit(context: Context, release: str, manifest_sha: str) -> Handoff:
    """Run the configured command for a release, unless it was run for the same manifest before.

    `{release}` in the command stands for the release's folder. A command that failed, or was killed before it could
    end, runs again. Raises `HandoffError` with the exit code; its output is in the log, in the safe zone.
    """
    state, log = f"{_FOLDER}/{manifest_sha}.json", f"{_FOLDER}/{manifest_sha}.log"
    command = context.settings.handoff
    if context.data.exists(state):
        found: dict[str, Any] = context.data.read_json(state)
        if found["status"] == "done":
            return Handoff(found["command"], context.data.path(log), new=False)
    context.data.write_json(state, {"status": "submitted", "command": command, "release": release})
    outcome = subprocess.run(
        _arguments(command, context.data.path("releases", release)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False,
    )  # fmt: skip
    context.data.write_bytes(log, outcome.stdout)
    if outcome.returncode:
        context.data.write_json(state, {"status": "failed", "command": command, "release": release})
        raise HandoffError(
            f"the hand-off of release {release} ended with exit code {outcome.returncode}: see "
            f"{context.data.path(log)}, then run the release again"
        )
    context.data.write_json(state, {"status": "done", "command": command, "release": release})
    return Handoff(command, context.data.path(log), new=True)


def in_progress(context: Context) -> set[str]:
    """Return the names of the releases that a command was started for, and has not ended as far as is known."""
    states = [context.data.read_json(f"{_FOLDER}/{n}") for n in context.data.list(_FOLDER) if n.endswith(".json")]
    return {state["release"] for state in states if state["status"] == "submitted"}


def _arguments(command: str, release: str) -> list[str]:
    try:
        words = [word.format(release=release) for word in shlex.split(command)]
    except (KeyError, IndexError, ValueError):
        raise ConfigError("CHARTMILL_HANDOFF may hold only {release} in braces, and quotes in pairs") from None
    if not words:
        raise ConfigError("CHARTMILL_HANDOFF is empty: give a command, such as `chartmill verify {release}`")
    # The environment's own scripts come first: the command may be ours, and PATH need not name it.
    beside = Path(sys.executable).parent / words[0]
    found = str(beside) if beside.is_file() else shutil.which(words[0])
    if found is None:
        raise ConfigError(f"the hand-off's command {words[0]!r} is not installed: correct CHARTMILL_HANDOFF")
    return [found, *words[1:]]
