"""What a launcher is: it gets a release to a training job, and says what became of that."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipeline.context import Context
from pipeline.errors import ChartmillError
from pipeline.handoff.attempts import Attempt

Outcome = Literal["completed", "submitted", "rendered", "announced", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """The training of one release. `configs` are its configs with format and examples by split.

    `submission` is 1, and one more each time that a person wants the release handed over anew.
    """

    release: str
    manifest_sha256: str
    uri: str
    configs: dict[str, Any]
    submission: int

    @property
    def key(self) -> str:
        """Return the idempotency key: all attempts of a submission have the same one."""
        return self.manifest_sha256 + self._suffix

    @property
    def name(self) -> str:
        """Return the job's name: short, and as Kubernetes and DNS want it."""
        return f"chartmill-{self.manifest_sha256[:20]}{self._suffix}"

    @property
    def _suffix(self) -> str:
        return f"-{self.submission}" if self.submission > 1 else ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an attempt: for a local command its end, for others that the request was taken.

    `error` is raised once the attempt is recorded.
    """

    status: Outcome
    exit_code: int | None = None
    http_status: int | None = None
    external_id: str | None = None
    error: ChartmillError | None = None


class Launcher(BaseModel):
    """Gets a release to a training job; its fields are the content of its YAML file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    launcher: str

    @abstractmethod
    def submit(self, context: Context, job: Job, attempt: Attempt) -> Receipt:
        """Submit a job; output goes to the attempt's log as it comes.

        A job whose key was submitted before must not become a second one. Raises `ConfigError` if what the operator
        gave cannot work, and `HandoffError` if another try may.
        """
