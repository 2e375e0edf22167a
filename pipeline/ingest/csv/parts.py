"""What the mapping of a table is made of: how its files are written, and where a value or an identifier comes from."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from pipeline.records import IDENTIFIER_TYPES, SCHEMAS

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


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Format(Part):
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


def _bare_name(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class Cell(Part):
    """Where the value of a field comes from: one of `column`, `columns`, `first`, `format` and `const`.

    `columns` are joined by `join`, empty ones left out; of the cells `first`, the first that is not empty is taken.
    `format` is a text with `{COLUMN}` in it, and empty if all of them are. `map` replaces values, and so do the pairs
    in the CSV file `map_file`; a value that neither knows stays. With `when`, the value is the field's only in rows
    where those columns have those values, and goes to the field `otherwise` in others.
    """

    column: str = ""
    columns: tuple[str, ...] = ()
    first: tuple[Annotated[Cell, BeforeValidator(_bare_name)], ...] = ()
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
        if any(cell.when for cell in self.first):
            raise ValueError("has a when within first")
        # Without a second field, values would be lost where the condition does not hold.
        if bool(self.when) != (self.otherwise in FIELDS):
            raise ValueError("when and otherwise need each other, and otherwise is a field")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the columns that the value is made of."""
        return (*self.taken, *(name for cell in self.first for name in cell.sources))

    @property
    def taken(self) -> tuple[str, ...]:
        """Return the columns of which all is in the value."""
        return (*filter(None, (self.column,)), *self.columns, *_PLACEHOLDER.findall(self.format))

    def template(self) -> list[str]:
        """Return `format` in pieces: text, column, text, and so on."""
        return _PLACEHOLDER.split(self.format)


class Choice(Part):
    """A value chosen by a column: what `map` does not know chooses none."""

    column: str
    map: Mapping[str, str]


class Identity(Part):
    """An identifier. A `name` of several columns is family, given, middle; others are joined by `join`.

    `match` is a regular expression: the identifier is what it finds, else the cell, which goes to `extras` too.
    Without a value in the column `needs` there is no identifier: a maiden name and a given name, for one.
    A `reference` has the key of an entry in the directory `table`.
    """

    type: Literal[IDENTIFIER_TYPES]  # type: ignore[valid-type]
    column: str = ""
    columns: tuple[str, ...] = ()
    join: str = " "
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


def bare_names(value: Any) -> Any:
    """Return cells of which some may be the bare name of a column."""
    if not isinstance(value, Mapping):
        return value
    return {name: _bare_name(cell) for name, cell in value.items()}


def _pairs(path: Path) -> dict[str, str]:
    """Return what a CSV file of two columns, without a header, maps to what."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return {row[0].strip(): row[1].strip() for row in csv.reader(stream) if row}
    except (OSError, UnicodeError, IndexError):
        raise ValueError("has a map_file that is not there or has not two columns") from None
