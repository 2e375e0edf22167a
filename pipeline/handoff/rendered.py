"""What Kubernetes and Slurm have in common: a file made from a template, and a command that submits it."""

from __future__ import annotations

import shlex
from abc import abstractmethod
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Annotated, ClassVar

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, ValidationInfo

from pipeline.context import Context
from pipeline.errors import ConfigError, HandoffError
from pipeline.handoff.attempts import FOLDER, Attempt
from pipeline.handoff.launcher import Job, Launcher, Receipt
from pipeline.handoff.process import arguments, run


def _beside(path: Path, info: ValidationInfo) -> Path:
    return info.context["folder"] / path if info.context else path


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


Line = Annotated[str, AfterValidator(_printable)]


class Rendered(Launcher):
    """A job whose file is rendered from `template` and submitted by `submit`; without it the file is all there is.

    A relative path of a template starts at the YAML file. `values` are what the template needs to know of the site.
    In `submit`, `{file}` stands for the rendered file, and `{name}` for the job's name.
    """

    template: Annotated[Path, AfterValidator(_beside)]
    submit_command: Line | None = None
    values: Mapping[str, Line | int | tuple[Line, ...]] = {}

    # Of the rendered file.
    file_name: ClassVar[str]

    def submit(self, context: Context, job: Job, attempt: Attempt) -> Receipt:
        """Render the file, keep it in the safe zone, and submit it unless that was done before."""
        text = self.render(job)
        self.check(text, job)
        kept = f"{FOLDER}/{job.manifest_sha256}/{self.file_name}"
        context.data.write_bytes(kept, text.encode())
        with attempt.log() as sink, TemporaryDirectory() as folder:
            if self.submit_command is None:
                sink.write(f"Rendered {context.data.path(kept)}; no submit_command is given.\n".encode())
                return Receipt("rendered")
            if found := self.find(job, attempt, sink):
                return Receipt("submitted", external_id=found)
            # Not the file in the zone: on object storage no command could read that.
            file = Path(folder) / self.file_name
            file.write_text(text, "utf-8")
            code, said = _call(self.submit_command, "submit_command", attempt, sink, file=str(file), name=job.name)
        if code:
            return Receipt("failed", code, error=HandoffError(f"submit_command ended with exit code {code}"))
        return Receipt("submitted", code, external_id=self.external_id(job, said))

    def render(self, job: Job) -> str:
        """Return the file's text.

        Raises `ConfigError` with the line of the template.
        """
        try:
            template = _environment().from_string(self.template.read_text("utf-8"))
            return template.render(
                name=job.name, key=job.key, release=job.release, manifest_sha256=job.manifest_sha256, uri=job.uri,
                values=self.values,
            )  # fmt: skip
        except (OSError, UnicodeDecodeError):
            raise ConfigError(f"the template {self.template} cannot be read: correct `template`") from None
        except jinja2.TemplateSyntaxError as error:
            raise ConfigError(f"template {self.template.name} line {error.lineno} is no Jinja: correct it") from None
        except jinja2.UndefinedError as error:
            raise ConfigError(f"template {self.template.name}: {error.message}: give it in `values`") from None
        except (jinja2.TemplateError, TypeError, ValueError):
            raise ConfigError(f"template {self.template.name} cannot be rendered: correct it") from None

    @abstractmethod
    def check(self, text: str, job: Job) -> None:
        """Check that the rendered file is a job of that name.

        Raises `ConfigError`.
        """

    def find(self, job: Job, attempt: Attempt, sink: IO[bytes]) -> str | None:
        """Return the id of the job if an earlier attempt submitted it; None where submitting twice does no harm."""
        return None

    @abstractmethod
    def external_id(self, job: Job, said: str) -> str | None:
        """Return the id under which the job is found, given what the command said."""


def ask(command: str, setting: str, attempt: Attempt, sink: IO[bytes], **names: str) -> str:
    """Run a command and return what it said.

    Raises `HandoffError` if it fails.
    """
    code, said = _call(command, setting, attempt, sink, **names)
    if code:
        raise HandoffError(f"{setting} ended with exit code {code}: see the log of the hand-off, then run this again")
    return said


def _call(command: str, setting: str, attempt: Attempt, sink: IO[bytes], **names: str) -> tuple[int, str]:
    start = sink.seek(0, 2)
    code = run(arguments(command, setting, **names), attempt, sink)
    with open(sink.name, "rb") as log:
        log.seek(start)
        return code, log.read(65536).decode(errors="replace")


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    sandbox = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)
    sandbox.filters["shell"] = lambda value: shlex.quote(str(value))
    return sandbox
