"""The launcher `kubernetes`: a Job manifest, applied."""

from __future__ import annotations

from typing import ClassVar, Literal

import yaml

from pipeline.errors import ConfigError
from pipeline.handoff.launcher import Job
from pipeline.handoff.rendered import Rendered


class Kubernetes(Rendered):
    """Applies a Job. Its name comes from the manifest's digest, so that applying it again changes nothing."""

    launcher: Literal["kubernetes"]

    file_name: ClassVar[str] = "job.yaml"

    def check(self, text: str, job: Job) -> None:
        """Check that the rendered file is one Job, by the name of this one."""
        try:
            found = yaml.safe_load(text)
            kind, name = found["kind"], found["metadata"]["name"]
        except (yaml.YAMLError, KeyError, TypeError):
            raise ConfigError(f"template {self.template.name} does not render to one Job in YAML: correct it") from None
        if (kind, name) != ("Job", job.name):
            raise ConfigError(
                f"template {self.template.name} must render to a Job whose metadata.name is {{{{ name }}}}: under "
                "another name a second submission could be a second job"
            )

    def external_id(self, job: Job, said: str) -> str:
        """Return the Job's name."""
        return f"job/{job.name}"
