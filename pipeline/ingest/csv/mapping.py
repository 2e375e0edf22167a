"""The mapping of tables to records, as a source's options or `schemas/mappings/<name>.yaml` give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.records import IDENTIFIER_TYPES, KINDS, SCHEMAS

MAPPINGS = SCHEMAS / "mappings"

# What a column may be mapped to. The key has its own entry, and kind, identity and extras are not columns.
FIELDS = (
    "version", "patient_id", "patient_authority", "encounter_id", "start", "end", "code", "code_system",
    "display", "category", "status", "value_number", "unit", "value_text", "reference_low", "reference_high",
    "abnormal", "title", "text", "text_format", "sex", "race", "ethnicity", "birth_date", "death_date",
    "postal_code", "state",
)  # fmt: skip

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_REASON = r"^[a-z][a-z0-9_]{0,39}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Cell(_Part):
    """Where the value of a field comes from: one of `column`, `columns`, `format` and `const`.

    `columns` are joined by `join`, empty ones left out. `format` is a text with `{COLUMN}` in it, and empty
    if all of them are. `map` replaces values; one that it does not know stays. With `when`, the value is the
    field's only in rows where those columns have those values, and goes to the field `otherwise` in others.
    """

    column: str = ""
    columns: tuple[str, ...] = ()
    join: str = " "
    format: str = ""
    const: str = ""
    map: Mapping[str, str] = {}
    when: Mapping[str, str] = {}
    otherwise: str = ""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(map(bool, (self.column, self.columns, self.format, self.const))) != 1:
            raise ValueError("needs exactly one of column, columns, format and const")
        # Without a second field, values would be lost where the condition does not hold.
        if bool(self.when) != (self.otherwise in FIELDS):
            raise ValueError("when and otherwise need each other, and otherwise is a field")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the columns that the value is made of."""
        return (*filter(None, (self.column,)), *self.columns, *_PLACEHOLDER.findall(self.format))

    def template(self) -> list[str]:
        """Return `format` in pieces: text, column, text, and so on."""
        return _PLACEHOLDER.split(self.format)


class Identity(_Part):
    """An identifier. A `name` of several columns is family, given, middle; others are joined by blanks.

    `match` is a regular expression: the identifier is what it finds, else the cell, which goes to `extras` too.
    Without a value in the column `needs` there is no identifier: a maiden name and a given name, for one.
    """

    type: Literal[IDENTIFIER_TYPES]  # type: ignore[valid-type]
    column: str = ""
    columns: tuple[str, ...] = ()
    match: str = ""
    needs: str = ""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.column) == bool(self.columns):
            raise ValueError("needs exactly one of column and columns")
        if self.needs and self.needs not in self.sources:
            raise ValueError("needs may only be one of its own columns")
        return self

    @field_validator("match")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error:
            raise ValueError("is not a regular expression") from None
        return value

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the columns that the identifier is made of."""
        return self.columns or (self.column,)


class Table(_Part):
    """One table: the files that hold it, and what its columns are; or the reason to leave it out.

    `key` are the columns of the natural key, which must not be null together; without it a row's identity is
    its content.
    """

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    exclude: Annotated[str, Field(pattern=_REASON)] = ""
    kind: Literal[("", *KINDS)] = ""  # type: ignore[valid-type]
    key: tuple[str, ...] = ()
    columns: Mapping[Literal[FIELDS], Cell] = {}  # type: ignore[valid-type]
    identity: tuple[Identity, ...] = ()

    @field_validator("columns", mode="before")
    @classmethod
    def _bare_names(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {name: {"column": cell} if isinstance(cell, str) else cell for name, cell in value.items()}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.exclude:
            return self
        if not self.kind:
            raise ValueError("needs a kind, or exclude with a reason")
        if "patient_id" not in self.columns:
            raise ValueError("needs columns.patient_id")
        return self

    @property
    def sources(self) -> set[str]:
        """Return every column that the mapping names."""
        return self.taken.union(*(one.sources for one in self.identity))

    @property
    def taken(self) -> set[str]:
        """Return the columns of which nothing is left for `extras`."""
        named = set(self.key)
        for cell in self.columns.values():
            named.update(cell.sources, cell.when)
        for one in self.identity:
            if not one.match:
                named.update(one.sources)
        return named

    @property
    def required(self) -> tuple[str, ...]:
        """Return the columns without which no row can be taken."""
        return (*self.columns["patient_id"].sources, *self.key) if not self.exclude else ()


class CsvMapping(_Part):
    """All tables of a source. A delimiter that is not given is found out from the header.

    `na_values` are the words that mean an empty cell.
    """

    delimiter: Annotated[str, Field(pattern=r'^[^"\r\n\w]$')] | None = None
    encoding: str = "utf-8"
    na_values: frozenset[str] = frozenset()
    tables: Annotated[Mapping[str, Table], Field(min_length=1)]

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            b"aa".decode(value)
        except UnicodeError:
            pass  # known, and two bytes are not a text in it
        except LookupError:
            raise ValueError("is not an encoding that Python knows") from None
        return value

    def table_of(self, file_name: str) -> Table | None:
        """Return the table whose globs the file's name matches, whatever the case."""
        name = file_name.lower().removesuffix(".gz")
        for table in self.tables.values():
            if any(fnmatchcase(name, pattern.lower()) for pattern in table.files):
                return table
        return None


def load_mapping(options: Mapping[str, Any]) -> CsvMapping:
    """Return the mapping that a source's options hold, or name with `mapping`; other options outweigh it.

    Raises `ConfigError` that names the key which is wrong.
    """
    content = dict(options)
    name = content.pop("mapping", None)
    where = "csv options"
    if name is not None:
        known = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))
        if name not in known:
            names = ", ".join(known) or "none"
            raise ConfigError(f"csv: option mapping names none of those in {MAPPINGS} (known: {names})")
        where = f"mapping {name}.yaml"
        content = load_yaml(MAPPINGS / f"{name}.yaml") | content
    try:
        return CsvMapping.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"{where}: {'; '.join(_problems(error))}") from None


def _problems(error: ValidationError) -> Iterator[str]:
    """Say which keys are wrong and why, in words of our own."""
    for problem in error.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in problem["loc"] if part != "[key]") or "tables"
        if problem["type"] == "missing":
            yield f"{key} is missing"
        elif problem["type"] == "extra_forbidden":
            yield f"{key} is not a known key"
        elif problem["type"] == "literal_error":
            yield f"{key} must be one of {problem['ctx']['expected']}"
        elif problem["type"] == "value_error":
            yield f"{key} {problem['ctx']['error']}"
        else:
            yield f"{key} has a wrong value"
