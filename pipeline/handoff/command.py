"""The launcher `command`: a command on this machine, run to its end."""

from __future__ import annotations

from typing import Literal

from pipeline.context import Context
from pipeline.errors import HandoffError
from pipeline.handoff.attempts import Attempt
from pipeline.handoff.launcher import Job, Launcher, Receipt
from pipeline.handoff.process import arguments, run


class Command(Launcher):
    """Runs CHARTMILL_HANDOFF; `{release}` in it stands for the release's folder."""

    launcher: Literal["command"]

    def submit(self, context: Context, job: Job, attempt: Attempt) -> Receipt:
        """Run the command; a release is handed off when it has ended well."""
        command = arguments(context.settings.handoff, "CHARTMILL_HANDOFF", release=job.uri)
        with attempt.log() as sink:
            code = run(command, attempt, sink)
        if code:
            return Receipt("failed", code, error=HandoffError(f"the command ended with exit code {code}"))
        return Receipt("completed", code)
