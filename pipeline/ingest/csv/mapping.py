"""The mapping of tables to records, as a source's options or `schemas/mappings/<name>.yaml` give it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from pipeline.config import load_yaml
from pipeline.errors import ConfigError
from pipeline.ingest.csv.parts import (
    FIELDS,
    MAPPINGS,
    Cell,
    Choice,
    Condition,
    Format,
    Identity,
    Name,
    Part,
    bare_names,
)
from pipeline.records import DELETIONS, KINDS


class Join(Format):
    """Another table of the same export: where `on` (ours: theirs) agrees, its `columns` are ours, as `NAME.COLUMN`."""

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    on: Annotated[Mapping[str, str], Field(min_length=1)]
    columns: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _on_is_a_word(cls, value: Any) -> Any:
        # To YAML 1.1 a bare `on` is true.
        return {"on" if key is True else key: part for key, part in value.items()} if isinstance(value, dict) else value


class Record(Part):
    """One record that a row makes. A row makes none if it has nothing in the columns that only this record names."""

    kind: Annotated[
        Annotated[Literal[("", *KINDS)], Tag("name")] | Annotated[Choice, Tag("choice")],  # type: ignore[valid-type]
        Discriminator(lambda value: "name" if isinstance(value, str) else "choice"),
    ] = ""
    columns: Annotated[
        Mapping[Literal[FIELDS], Cell],  # type: ignore[valid-type]
        BeforeValidator(bare_names),
    ] = {}
    identity: tuple[Identity, ...] = ()

    @field_validator("kind")
    @classmethod
    def _kinds(cls, value: Any) -> Any:
        if isinstance(value, Choice) and not set(value.map.values()) <= set(KINDS):
            raise ValueError(f"must map to one of {', '.join(KINDS)}")
        return value

    @property
    def sources(self) -> set[str]:
        """Return every column that the record is made of."""
        chosen = {self.kind.column} if isinstance(self.kind, Choice) else set()
        cells = self.columns.values()
        return chosen.union(*((*c.sources, *c.when) for c in cells), *(one.sources for one in self.identity))

    @property
    def taken(self) -> set[str]:
        """Return the columns of which nothing is left for `extras`."""
        chosen = {self.kind.column} if isinstance(self.kind, Choice) else set()
        whole = (one.sources for one in self.identity if not one.match)
        return chosen.union(*((*cell.taken, *cell.when) for cell in self.columns.values()), *whole)


class Table(Format, Record):
    """One table: the files that hold it, and what its columns are; or the reason to leave it out.

    `key` are the columns of the natural key, which must not be null together; without it a row's identity is
    its content. `key_prefix` tells apart the keys of tables that make records of one kind. A row makes one record, or
    with `records` one of each, which share what the table itself says. A `directory` makes none: its rows are people
    or places that others name by `key`. `exclude_when` leaves rows out, by reason. `deleted` says by a column what the
    sender took back.
    """

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    exclude: Name = ""
    exclude_when: Mapping[Name, Condition] = {}
    na_values: Mapping[str, frozenset[str]] = {}
    join: Mapping[Name, Join] = {}
    directory: bool = False
    key: tuple[str, ...] = ()
    key_prefix: str = ""
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
        if any(isinstance(record.kind, Choice) for record in self.records.values()):
            raise ValueError("has a kind chosen by a column within records: give it to the table")
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
        return super().taken.union(self.key, deleted, *(record.taken for record in self.records.values()))

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
