"""The launchers by name, and the YAML file that chooses one."""

from __future__ import annotations

from pydantic import ValidationError

from pipeline.config import Settings, load_yaml
from pipeline.errors import ConfigError
from pipeline.handoff.command import Command
from pipeline.handoff.kubernetes import Kubernetes
from pipeline.handoff.launcher import Launcher
from pipeline.handoff.nothing import Nothing
from pipeline.handoff.slurm import Slurm
from pipeline.handoff.webhook import Webhook

LAUNCHERS: dict[str, type[Launcher]] = {
    "command": Command, "webhook": Webhook, "kubernetes": Kubernetes, "slurm": Slurm, "none": Nothing,
}  # fmt: skip


def load_launcher(settings: Settings) -> Launcher:
    """Read the launcher's file.

    Raises `ConfigError` that says which entry is wrong, without its value.
    """
    path = settings.launcher
    content = load_yaml(path)
    kind = LAUNCHERS.get(str(content.get("launcher")))
    if kind is None:
        raise ConfigError(f"launcher {path.name} is wrong: `launcher` must be one of {', '.join(LAUNCHERS)}")
    try:
        return kind.model_validate(content, context={"folder": path.parent})
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        where = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)
        raise ConfigError(f"launcher {path.name} is wrong: {where}") from None
