"""The launcher `none`: nothing is started here; Airflow's asset event tells other DAGs of the release."""

from __future__ import annotations

from typing import Literal

from pipeline.context import Context
from pipeline.handoff.attempts import Attempt
from pipeline.handoff.launcher import Job, Launcher, Receipt


class Nothing(Launcher):
    """Starts nothing."""

    launcher: Literal["none"]

    def submit(self, context: Context, job: Job, attempt: Attempt) -> Receipt:
        """Say so in the log."""
        with attempt.log() as sink:
            sink.write(b"The launcher is `none`: nothing was started.\n")
        return Receipt("announced")
