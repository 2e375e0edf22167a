"""The mapping of tables to records, as a source's options or `schemas/mappings/<name>.yaml` give it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.records import DELETIONS, IDENTIFIER_TYPES, KINDS, SCHEMAS

MAPPINGS = SCHEMAS / "mappings"

# What a column may be mapped to. Key and kind have their own entries, and identity and extras are not columns.
FIELDS = (
    "version", "patient_id", "patient_authority", "encounter_id", "start", "end", "code", "code_system",
    "display", "category", "status", "value_number", "unit", "value_text", "reference_low", "reference_high",
    "abnormal", "title", "text", "text_format", "sex", "race", "ethnicity", "birth_date", "death_date",
    "postal_code", "state",
)  # fmt: skip

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_NAME = r"^[a-z][a-z0-9_]{0,39}$"


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Name = Annotated[str, Field(pattern=_NAME)]
# Columns, each with the value, or one of the values, that it has to have.
Condition = Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_listed)]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Format(_Part):
    """How files are written. What is not given is found out, or is the source's where a table leaves it out.

    `quote` is a character, or `none`. `header` names the columns of files that do not.
    """

    delimiter: Annotated[str, Field(pattern=r'^[^"\r\n\w\x00]$')] | None = None
    encoding: str | None = None
    quote: Annotated[str, Field(pattern=r"^([^\r\n\w\x00]|none)$")] = '"'
    escape: Annotated[str, Field(pattern=r"^[^\r\n\w\x00]$")] | None = None
    skip_lines: Annotated[int, Field(ge=0)] = 0
    header: Annotated[tuple[str, ...], Field(min_length=1)] | None = None

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        try:
            b"aa".decode(value or "utf-8")
        except UnicodeError:
            pass  # known, and two bytes are not a text in it
        except LookupError:
            raise ValueError("is not an encoding that Python knows") from None
        return value

    def over(self, other: Format) -> Format:
        """Return this format, and the other's where this one says nothing."""
        ours = {name: getattr(self, name) for name in Format.model_fields if name in self.model_fields_set}
        return Format(**{name: getattr(other, name) for name in Format.model_fields} | ours)


class Cell(_Part):
    """Where the value of a field comes from: one of `column`, `columns`, `first`, `format` and `const`.

    `columns` are joined by `join`, empty ones left out; of `first`, the first that is not empty is taken. `format` is
    a text with `{COLUMN}` in it, and empty if all of them are. `map` replaces values, and so do the pairs in the CSV
    file `map_file`; a value that neither knows stays. With `when`, the value is the field's only in rows where those
    columns have those values, and goes to the field `otherwise` in others.
    """

    column: str = ""
    columns: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    join: str = " "
    format: str = ""
    const: str = ""
    map: Mapping[str, str] = {}
    map_file: str = ""
    when: Condition = {}
    otherwise: str = ""

    @model_validator(mode="before")
    @classmethod
    def _with_file(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or not isinstance(value.get("map_file"), str):
            return value
        return dict(value) | {"map": _pairs(MAPPINGS / value["map_file"]) | dict(value.get("map", {}))}

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(map(bool, (self.column, self.columns, self.first, self.format, self.const))) != 1:
            raise ValueError("needs exactly one of column, columns, first, format and const")
        # Without a second field, values would be lost where the condition does not hold.
        if bool(self.when) != (self.otherwise in FIELDS):
            raise ValueError("when and otherwise need each other, and otherwise is a field")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the columns that the value is made of."""
        return (*filter(None, (self.column,)), *self.columns, *self.first, *_PLACEHOLDER.findall(self.format))

    def template(self) -> list[str]:
        """Return `format` in pieces: text, column, text, and so on."""
        return _PLACEHOLDER.split(self.format)


class Choice(_Part):
    """A value chosen by a column: what `map` does not know chooses none."""

    column: str
    map: Mapping[str, str]


class Identity(_Part):
    """An identifier. A `name` of several columns is family, given, middle; others are joined by blanks.

    `match` is a regular expression: the identifier is what it finds, else the cell, which goes to `extras` too.
    Without a value in the column `needs` there is no identifier: a maiden name and a given name, for one.
    A `reference` has the key of an entry in the directory `table`.
    """

    type: Literal[IDENTIFIER_TYPES]  # type: ignore[valid-type]
    column: str = ""
    columns: tuple[str, ...] = ()
    match: str = ""
    needs: str = ""
    table: str = ""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.column) == bool(self.columns):
            raise ValueError("needs exactly one of column and columns")
        if self.needs and self.needs not in self.sources:
            raise ValueError("needs may only be one of its own columns")
        if bool(self.table) != (self.type == "reference"):
            raise ValueError("of type reference needs a table, and no other does")
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


class Join(Format):
    """Another table of the same export: where `on` (ours: theirs) agrees, its `columns` are ours, as `NAME.COLUMN`."""

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    on: Annotated[Mapping[str, str], Field(min_length=1)]
    columns: Annotated[tuple[str, ...], Field(min_length=1)]


def _bare_names(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {name: {"column": cell} if isinstance(cell, str) else cell for name, cell in value.items()}


class Record(_Part):
    """One record that a row makes. A row makes none if it has nothing in the columns that only this record names."""

    kind: Annotated[
        Annotated[Literal[("", *KINDS)], Tag("name")] | Annotated[Choice, Tag("choice")],  # type: ignore[valid-type]
        Discriminator(lambda value: "name" if isinstance(value, str) else "choice"),
    ] = ""
    columns: Annotated[
        Mapping[Literal[FIELDS], Cell],  # type: ignore[valid-type]
        BeforeValidator(_bare_names),
    ] = {}
    identity: tuple[Identity, ...] = ()

    @field_validator("kind")
    @classmethod
    def _kinds(cls, value: Any) -> Any:
        if isinstance(value, Choice) and not set(value.map.values()) <= set(KINDS):
            raise ValueError(f"must map to one of {', '.join(KINDS)}")
        return value

    @property
    def named(self) -> set[str]:
        """Return the columns of which nothing is left for `extras`."""
        named = {self.kind.column} if isinstance(self.kind, Choice) else set()
        for cell in self.columns.values():
            named.update(cell.sources, cell.when)
        for one in self.identity:
            if not one.match:
                named.update(one.sources)
        return named

    @property
    def sources(self) -> set[str]:
        """Return every column that the record is made of."""
        return self.named.union(*(one.sources for one in self.identity))


class Table(Format, Record):
    """One table: the files that hold it, and what its columns are; or the reason to leave it out.

    `key` are the columns of the natural key, which must not be null together; without it a row's identity is
    its content. A row makes one record, or with `records` one of each, which share what the table itself says.
    A `directory` makes none: its rows are people or places that others name by `key`. `exclude_when` leaves rows out,
    by reason. `deleted` says by a column what the sender took back.
    """

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    exclude: Annotated[str, Field(pattern=_NAME)] = ""
    exclude_when: Mapping[Name, Condition] = {}
    na_values: Mapping[str, frozenset[str]] = {}
    join: Mapping[Name, Join] = {}
    directory: bool = False
    key: tuple[str, ...] = ()
    deleted: Choice | None = None
    records: Mapping[Name, Record] = {}

    @field_validator("deleted")
    @classmethod
    def _deletions(cls, value: Choice | None) -> Choice | None:
        if value and not set(value.map.values()) <= set(DELETIONS):
            raise ValueError(f"must map to one of {', '.join(DELETIONS)}")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.exclude:
            return self
        if self.directory:
            if not self.key or not self.identity or self.kind or self.columns or self.records:
                raise ValueError("is a directory: it needs key and identity, and has no kind, columns or records")
            return self
        if not (self.kind or (self.records and all(record.kind for record in self.records.values()))):
            raise ValueError("needs a kind, or exclude with a reason")
        if "patient_id" not in self.columns:
            raise ValueError("needs columns.patient_id")
        return self

    @property
    def made(self) -> Mapping[str, Record]:
        """Return the records that a row makes by name, with what the table says for all of them."""
        return {
            name: Record(
                kind=record.kind or self.kind,
                columns={**self.columns, **record.columns},
                identity=(*self.identity, *record.identity),
            )
            for name, record in (self.records or {"": Record()}).items()
        }

    @property
    def taken(self) -> set[str]:
        """Return the columns of which nothing is left for `extras`."""
        deleted = {self.deleted.column} if self.deleted else set()
        return self.named.union(self.key, deleted, *(record.named for record in self.records.values()))

    @property
    def wanted(self) -> set[str]:
        """Return every column that the mapping names."""
        others = [*self.exclude_when.values(), *(join.on for join in self.join.values())]
        records = [record.sources for record in self.records.values()]
        return self.taken.union(self.sources, *others, *records)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the columns without which no row can be taken."""
        patient = self.columns["patient_id"].sources if "patient_id" in self.columns else ()
        return (*patient, *self.key) if not self.exclude else ()


class CsvMapping(Format):
    """All tables of a source. `na_values` are the words that mean an empty cell."""

    na_values: frozenset[str] = frozenset()
    tables: Annotated[Mapping[str, Table], Field(min_length=1)]

    @model_validator(mode="after")
    def _directories(self) -> Self:
        for table in self.tables.values():
            for one in (*table.identity, *(one for record in table.records.values() for one in record.identity)):
                if one.table and not (one.table in self.tables and self.tables[one.table].directory):
                    raise ValueError("has an identity of type reference whose table is not a directory of it")
        return self

    def table_of(self, file_name: str) -> tuple[str, Table] | None:
        """Return the first table of which a file of this name is one, and its name."""
        wanted = file_name.casefold().removesuffix(".gz")
        for name, table in self.tables.items():
            if any(fnmatchcase(wanted, glob.casefold().removesuffix(".gz")) for glob in table.files):
                return name, table
        return None


def load_mapping(options: Mapping[str, Any]) -> CsvMapping:
    """Return the mapping that the options hold or, by `mapping: NAME`, name; other options outweigh it.

    Raises `ConfigError`.
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


def _pairs(path: Path) -> dict[str, str]:
    """Return what a CSV file of two columns, without a header, maps to what."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return {row[0].strip(): row[1].strip() for row in csv.reader(stream) if row}
    except (OSError, UnicodeError, IndexError):
        raise ValueError("has a map_file that is not there or has not two columns") from None


def _problems(error: ValidationError) -> Iterator[str]:
    """Say which keys are wrong and why, in words of our own."""
    for problem in error.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in problem["loc"] if part not in ("[key]", "name", "choice")) or "the mapping"
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
