"""The policy as data: which column passes, in which form, and why. What is not named is dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.config import Settings, load_yaml
from pipeline.errors import ConfigError
from pipeline.records import ENTITIES, SCHEMAS, contract
from pipeline.redact.surrogates import Replace
from pipeline.surrogates import word_lists

Action = Literal[
    "keep", "drop", "pseudonym", "year", "shift", "birth_year", "zip3", "code", "code_system", "vocabulary", "unit",
    "number", "coded_text", "free_text",
]  # fmt: skip
SAFE_HARBOR, EXPERT = "45 CFR 164.514(b)(2)", "45 CFR 164.514(b)(1)"

# Columns of `safe` that redaction itself writes.
DERIVED = frozenset(("bucket", "version", "sequence", "policy", "vault_version", "record_sha", "safe_sha"))
# The classes of identifiers of 45 CFR 164.514(b)(2)(i).
CLASSES = "ABCDEFGHIJKLMNOPQR"

_Words = Annotated[str, Field(min_length=3)]


class FieldRule(BaseModel):
    """What happens to one column of `record`; `target` is the column of `safe` if it has another name.

    `cites` are the paragraphs of 45 CFR 164.514 that the column is judged by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Action
    target: Annotated[str, Field(alias="as")] = ""
    cites: Annotated[str, Field(pattern=r"^\([bc]\)(\(\w+\))*(, (\(\w+\))+)*$")]
    reason: _Words


class ClassRule(BaseModel):
    """Where identifiers of one class come: columns of `record`, and the tags for them in texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: _Words
    columns: tuple[str, ...]
    text: tuple[str, ...]
    note: str = ""


class PolicyFile(BaseModel):
    """The content of `schemas/policies/<name>.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rule: Literal["45 CFR 164.514(b)(2)", "45 CFR 164.514(b)(1)"]
    text_dates: Literal["tag", "shift"] = "tag"
    replace: Replace = "tag"
    fields: dict[str, FieldRule]
    classes: dict[str, ClassRule]

    @property
    def passing(self) -> dict[str, str]:
        """Return the columns of `record` that pass in some form, with the columns of `safe` that they become."""
        return {name: rule.target or name for name, rule in self.fields.items() if rule.action != "drop"}


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

    Raises `ConfigError` if it is not there, or as `read_policy` does.
    """
    path = settings.policies / f"{settings.policy}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in settings.policies.glob("*.yaml"))) or "none"
        raise ConfigError(f"unknown policy {settings.policy!r}: there is no {path.name} (known: {known})")
    return read_policy(path)


def read_policy(path: Path) -> Policy:
    """Read a policy.

    Raises `ConfigError` that lists what is wrong: an entry without reason or citation, a column that there is none of,
    an action that lets through more than the rule allows, a class of identifiers that is not covered.
    """
    content = load_yaml(path)
    try:
        file = PolicyFile.model_validate(content)
    except ValidationError as error:
        where = "; ".join(".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False))
        raise ConfigError(f"policy {path.name} is wrong at: {where}") from None
    if faults := [*_field_faults(file), *_class_faults(file)]:
        raise ConfigError(f"policy {path.name} is wrong: {'; '.join(faults)}")
    said = {**file.model_dump(), "lists": word_lists() if file.replace == "surrogate" else None}
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Policy(file, digest[:12])


@cache
def action_words() -> Mapping[str, str]:
    """Return what each action does, in plain words."""
    return dict(_actions()["actions"])


@cache
def _actions() -> Mapping[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SCHEMAS / "redact" / "actions.yaml").read_text("utf-8"))
    return loaded


def _allowed(rule: str, name: str) -> tuple[str, ...]:
    """Return the actions that a rule allows for a column."""
    by_expert = _actions()["allowed_by_expert"] if rule == EXPERT else {}
    return ("drop", *_actions()["allowed"].get(name, ()), *by_expert.get(name, ()))


def _field_faults(file: PolicyFile) -> Iterator[str]:
    if unknown := sorted(set(file.fields) - set(contract("record"))):
        yield f"it names columns that `record` does not have: {', '.join(unknown)}"
    for name, rule in file.fields.items():
        if name in contract("record") and rule.action not in _allowed(file.rule, name):
            yield (
                f"{rule.action!r} lets through more of {name} than {file.rule} allows "
                f"(allowed: {', '.join(_allowed(file.rule, name))})"
            )
    if file.text_dates == "shift" and file.rule != EXPERT:
        yield f"text_dates 'shift' lets through more than {file.rule} allows (allowed: tag)"
    written = set(file.passing.values())
    required = {name for name, column in contract("safe").items() if not column.get("nullable", True)}
    if missing := sorted(required - written - DERIVED):
        yield f"no record can be without these columns of `safe`: {', '.join(missing)}"
    if stray := sorted(written - set(contract("safe"))):
        yield f"it names columns that `safe` does not have: {', '.join(stray)}"


def _class_faults(file: PolicyFile) -> Iterator[str]:
    if wrong := sorted(set(CLASSES) ^ set(file.classes)):
        yield f"it must say of each class, A to R and no other, where it comes: {', '.join(wrong)}"
    for letter, rule in file.classes.items():
        if unknown := sorted((set(rule.columns) - set(file.fields)) | (set(rule.text) - set(ENTITIES))):
            yield f"class {letter} names columns without an entry, or tags that there are none of: {', '.join(unknown)}"
        if passing := [name for name in rule.columns if name in file.fields and file.fields[name].action == "keep"]:
            yield f"class {letter} comes in columns that pass as they are: {', '.join(passing)}"
        if not (rule.columns or rule.text):
            yield f"class {letter} comes in no column and no text"
    if unnamed := set(ENTITIES) - {entity for rule in file.classes.values() for entity in rule.text}:
        yield f"tags that no class names: {', '.join(sorted(unnamed))}"
