"""Settings, and the sources as their YAML files describe them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import ConfigError
from pipeline.keys import Keys, generate_secret
from pipeline.records import SCHEMAS
from pipeline.storage import Zone

log = structlog.get_logger()

HOME = SCHEMAS.parent
DEMO_KEY = "demo.key"


class Settings(BaseSettings):
    """What the environment says; every name is `CHARTMILL_` and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="CHARTMILL_", frozen=True, extra="ignore")

    phi: str = str(HOME / "var" / "phi")
    data: str = str(HOME / "var" / "data")
    key: SecretStr | None = None
    sources: Path = SCHEMAS / "sources"
    policies: Path = SCHEMAS / "policies"
    recipes: Path = SCHEMAS / "recipes"
    policy: str = "safe_harbor"
    crosswalk: str | None = None
    buckets: Annotated[int, Field(ge=1, le=4096)] = 16
    partition_bytes: Annotated[int, Field(ge=1)] = 32 * 1024 * 1024
    recognizers: Path = SCHEMAS / "recognizers"
    handoff: str = "chartmill verify {release}"
    launcher: Path = SCHEMAS / "handoff" / "command.yaml"
    webhook_secret: SecretStr | None = None
    approval: bool = False

    @property
    def demo(self) -> bool:
        """Tell whether neither zone is configured: only then is a missing key generated."""
        return not {"phi", "data"} & self.model_fields_set


def load_settings(key: str | None = None, **overrides: Any) -> Settings:
    """Read the settings; `key` is used where the environment has none.

    Raises `ConfigError`.
    """
    try:
        settings = Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise ConfigError(f"wrong setting: {_what_is_wrong(error, 'CHARTMILL_{}')}") from None
    if settings.key is None and key:
        settings = settings.model_copy(update={"key": SecretStr(key)})
    return settings


def load_keys(settings: Settings, phi: Zone) -> Keys:
    """Return the keys, from the settings or, in the demo, from a file that the first use makes.

    Raises `ConfigError` where there is none.
    """
    if settings.key is not None and settings.key.get_secret_value().strip():
        return Keys.from_text(settings.key.get_secret_value())
    if not settings.demo:
        raise ConfigError(
            "CHARTMILL_KEY is not set: run `chartmill keygen` once, keep the key in your secret store, and set it"
        )
    path = Path(phi.path(DEMO_KEY))
    if path.exists():
        return Keys.from_text(path.read_text("ascii"))
    own = path.with_suffix(f".{os.getpid()}")
    own.touch(mode=0o600)
    own.write_text(generate_secret(), "ascii")
    # A link appears whole or not at all, and fails if another process was first.
    with suppress(FileExistsError):
        os.link(own, path)
    own.unlink()
    log.warning("demo_key_generated", where="demo.key in the PHI zone", note="for the demo only: set CHARTMILL_KEY")
    return Keys.from_text(path.read_text("ascii"))


def _zone_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("not a time zone of the IANA database") from None
    return name


class SourceConfig(BaseModel):
    """One source: where its exports lie and how to read them. `schemas/sources/<name>.yaml`.

    `path` is a file, a glob or a folder; `{day}` stands for the day, and a relative path starts at the YAML
    file. `authority` names the assigning authority of patient and encounter ids; sources that share one name
    the same. `language` is that of its texts: the folder of recognizers has a file for it. `date_order` says how
    03/04/05 is read; where it is not given, what else a column of a file holds must show it. `exclude` are globs of
    the names of files to leave out, counted as such. `options` belong to the connector.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    connector: str
    path: str
    authority: Annotated[str, Field(pattern=r"^[^|\s][^|]*$")]
    timezone: Annotated[str, AfterValidator(_zone_name)] = "UTC"
    date_order: Annotated[str | None, Field(pattern="^(mdy|dmy|ymd)$")] = None
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "en"
    exclude: tuple[str, ...] = ()
    max_reject_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    options: Mapping[str, Any] = {}


def source_names(settings: Settings) -> list[str]:
    """Return the names of all sources, sorted.

    Raises `ConfigError` if the folder of sources is not there.
    """
    if not settings.sources.is_dir():
        raise ConfigError(f"no folder of sources at {settings.sources}: give one with --sources or CHARTMILL_SOURCES")
    return sorted(path.stem for path in settings.sources.glob("*.yaml"))


def load_source(settings: Settings, name: str) -> SourceConfig:
    """Read the YAML file of one source.

    Raises `ConfigError` that says which source or which field is wrong.
    """
    path = settings.sources / f"{name}.yaml"
    if name not in source_names(settings):
        known = ", ".join(source_names(settings)) or "none"
        raise ConfigError(f"unknown source {name!r}: there is no {path.name} in {settings.sources} (known: {known})")
    content = load_yaml(path)
    try:
        source = SourceConfig.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"source {path.name} is wrong: {_what_is_wrong(error, '{}')}") from None
    if source.name != name:
        raise ConfigError(f"source {path.name} is wrong: its name must be {name!r}, like the file's")
    location = source.path if "://" in source.path else str(path.parent / source.path)
    return source.model_copy(update={"path": location})


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that must hold a mapping.

    Raises `ConfigError` with the line that is wrong.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path.name} cannot be read as UTF-8 text: check the file at {path.parent}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{path.name} is not valid YAML{where}: correct it") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name} must hold `name: value` lines")
    return content


def resolve_day(partition_key: str | None, params: Mapping[str, Any]) -> str:
    """Return the day to work on as YYYY-MM-DD: the partition key, else the parameter `day`.

    Raises `ConfigError` that says what to type.
    """
    text = partition_key or params.get("day")
    if not text:
        raise ConfigError('no day given: trigger with {"day": "2026-01-15"}, or with a partition key 2026-01-15')
    return parse_day(str(text)).isoformat()


def parse_day(text: str) -> date:
    """Return the day written as YYYY-MM-DD.

    Raises `ConfigError`.
    """
    try:
        return date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "")
    except ValueError:
        raise ConfigError("the day is not a date of the form 2026-01-15: correct it") from None


def _what_is_wrong(error: ValidationError, name: str) -> str:
    """Say which fields pydantic refused and why, without the values that it would print."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{name.format('.'.join(map(str, p['loc'])).upper() if 'CHARTMILL' in name else '.'.join(map(str, p['loc'])))}"
        f": {p['msg']}"
        for p in problems
    )
