"""The policy as data: which column passes, in which form, and why. What is not named is dropped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.config import Settings, load_yaml
from pipeline.errors import ConfigError
from pipeline.records import contract
from pipeline.redact.surrogates import Replace
from pipeline.surrogates import word_lists

Action = Literal[
    "keep", "drop", "pseudonym", "year", "shift", "birth_year", "zip3", "code", "code_system", "vocabulary", "number",
    "coded_text", "free_text",
]  # fmt: skip

# Columns of `safe` that redaction itself writes.
DERIVED = frozenset(("bucket", "version", "sequence", "policy", "vault_version", "record_sha", "safe_sha"))


class FieldRule(BaseModel):
    """What happens to one column of `record`; `target` is the column of `safe` if it has another name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Action
    target: Annotated[str, Field(alias="as")] = ""
    reason: Annotated[str, Field(min_length=3)]


class PolicyFile(BaseModel):
    """The content of `schemas/policies/<name>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rule: str
    text_dates: Literal["tag", "shift"] = "tag"
    replace: Replace = "tag"
    fields: dict[str, FieldRule]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, and the digest of its content."""

    file: PolicyFile
    digest: str

    @property
    def label(self) -> str:
        """Return name and digest, as records carry it."""
        return f"{self.file.name}@{self.digest}"


def load_policy(settings: Settings) -> Policy:
    """Read the configured policy.

    Raises `ConfigError` if it is not there, is wrong, or leaves out a column without which there is no record, or if a
    list of surrogates is missing.
    """
    path = settings.policies / f"{settings.policy}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in settings.policies.glob("*.yaml"))) or "none"
        raise ConfigError(f"unknown policy {settings.policy!r}: there is no {path.name} (known: {known})")
    content = load_yaml(path)
    try:
        file = PolicyFile.model_validate(content)
    except ValidationError as error:
        where = "; ".join(".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False))
        raise ConfigError(f"policy {path.name} is wrong at: {where}") from None
    unknown = sorted(set(file.fields) - set(contract("record")))
    if unknown:
        raise ConfigError(f"policy {path.name} names columns that `record` does not have: {', '.join(unknown)}")
    written = {rule.target or name for name, rule in file.fields.items() if rule.action != "drop"}
    missing = [
        name for name, column in contract("safe").items()
        if not column.get("nullable", True) and name not in written | DERIVED
    ]  # fmt: skip
    stray = sorted(written - set(contract("safe")))
    if missing or stray:
        raise ConfigError(f"policy {path.name}: columns missing: {missing}, columns that `safe` does not have: {stray}")
    said = {**file.model_dump(), "lists": word_lists() if file.replace == "surrogate" else None}
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Policy(file, digest[:12])
