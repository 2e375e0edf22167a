"""The launcher `slurm`: a batch script, given to `sbatch`."""

from __future__ import annotations

import re
from typing import IO, ClassVar, Literal

from pipeline.errors import ConfigError
from pipeline.handoff.attempts import Attempt
from pipeline.handoff.launcher import Job
from pipeline.handoff.rendered import Line, Rendered, ask

# `sbatch` says the first two, with `--parsable` the third; `squeue --format=%i` says the number alone.
_JOB = re.compile(r"^(?:Submitted batch job )?(\d+)(?: on cluster \S+|;\S+)?\s*$", re.MULTILINE)


class Slurm(Rendered):
    """Submits a batch script.

    Slurm takes the same script twice. So where an attempt may have got through before its worker was killed,
    `find_command` is asked first for a job of that `{name}`; what it prints is the job's number, or nothing.
    """

    launcher: Literal["slurm"]
    find_command: Line = "squeue --noheader --states=all --format=%i --name={name}"

    file_name: ClassVar[str] = "job.sbatch"

    def check(self, text: str, job: Job) -> None:
        """Check that the rendered file is a script whose job has this one's name."""
        lines = text.splitlines()
        if not text.startswith("#!") or f"#SBATCH --job-name={job.name}" not in lines:
            raise ConfigError(
                f"template {self.template.name} must render to a script that begins with #! and has the line "
                "`#SBATCH --job-name={{ name }}`: by that name a job is found that was submitted before"
            )

    def find(self, job: Job, attempt: Attempt, sink: IO[bytes]) -> str | None:
        """Ask Slurm for the job, if this is not the first attempt to submit it."""
        if not attempt.repeated:
            return None
        return _number(ask(self.find_command, "find_command", attempt, sink, name=job.name))

    def external_id(self, job: Job, said: str) -> str | None:
        """Return the job's number."""
        return _number(said)


def _number(said: str) -> str | None:
    found = _JOB.search(said)
    return found[1] if found else None
