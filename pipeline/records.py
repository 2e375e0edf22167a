"""The states of the data and the one type that each of them has.

    RawRecord ─▶ RawTable ─▶ RecordTable ─▶ SafeTable ─▶ ExampleTable
    (connector)  (ingest)    (normalize)    (redact)      (shard)

The columns of each state are data: `schemas/{raw,record,safe,text,chat,...}.yaml`. A table type checks its
schema when it is made, and the name of its state travels in the schema's metadata, so that un-redacted rows
handed to a later stage are a type error for mypy and an `AssertionError` at run time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self

import pyarrow as pa
import yaml

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"

KINDS = (
    "patient", "encounter", "condition", "observation", "medication", "procedure", "allergy", "immunization",
    "note",
)  # fmt: skip


class Identifier(NamedTuple):
    """One identifier of a patient, a relative or a member of staff. PHI.

    `type` is one of `IDENTIFIER_TYPES`. A `reference` names a person of the directory (see `Person`), whose
    identifiers then count as this patient's.
    """

    type: str
    value: str


IDENTIFIER_TYPES = (
    "name", "relative", "staff", "organization", "address", "city", "postal_code", "phone", "email", "url", "id",
    "ssn", "birth_date", "reference",
)  # fmt: skip

# What a deletion takes away: the record, all of its encounter, or all of its patient.
DELETIONS = ("record", "encounter", "patient")

# The classes to which free text is redacted, and how they stand in it.
ENTITIES = (
    "NAME", "DATE", "AGE", "PHONE", "EMAIL", "URL", "IP", "SSN", "ID", "ADDRESS", "ORGANIZATION",
)  # fmt: skip
# What redaction must know of a tag or a date later, and nobody is to read, stands in a safe text in characters of a
# private-use plane, one for each of ASCII. No pattern takes them for letters or digits.
_PLANE = 0xF0000
HIDDEN = "[\U000f0000-\U000f007f]"
TAG = re.compile(rf"\[(?:{'|'.join(ENTITIES)}){HIDDEN}*\]")

# A date that moves with its patient's shift stands in a safe text between marks, so that it can be moved again when
# the patient turns out to be one with another. How it is written is hidden in it: see `redact.written_dates`.
DATE_MARKS = "\ue000\ue001\ue002"
MARKED_DATE = re.compile("\ue000[^\ue000\ue002]*\ue002")
MARKS = re.compile(f"[{DATE_MARKS}\U000f0000-\U000f007f]+")


def hidden(text: str) -> str:
    """Return ASCII text in private-use characters."""
    return "".join(chr(_PLANE + ord(c)) for c in text)


def shown(text: str) -> str:
    """Return what private-use characters hide."""
    return "".join(chr(ord(c) - _PLANE) for c in text)


def without_marks(text: str) -> str:
    """Return a text without marks and what is hidden: dates and tags as people read them."""
    return text if text.isascii() else MARKS.sub("", text)


_NO_EXTRAS: Mapping[str, str] = MappingProxyType({})


class RawRecord(NamedTuple):
    """One clinical fact as a connector read it: strings, not yet judged. PHI.

    `kind` is one of `KINDS`. `key` is the sender's own key of the fact, unique within source and kind; empty where
    the format has none. `version` says when the sender last changed it, as written. `deleted`, one of `DELETIONS`,
    says that the sender took it back: `key` and `version` are then enough. `patient_authority` is the assigning
    authority the sender names for `patient_id`; the source's own is used where it is empty. `value_number` may hold
    a comparator (`<5`) or be no number at all: normalize judges. `text_format` is a media type. `extras` is
    everything else the source had, by name; redaction drops what its policy does not name.
    """

    kind: str
    key: str = ""
    version: str = ""
    deleted: str = ""
    patient_id: str = ""
    patient_authority: str = ""
    encounter_id: str = ""
    start: str = ""
    end: str = ""
    code: str = ""
    code_system: str = ""
    display: str = ""
    category: str = ""
    status: str = ""
    value_number: str = ""
    unit: str = ""
    value_text: str = ""
    reference_low: str = ""
    reference_high: str = ""
    abnormal: str = ""
    title: str = ""
    text: str = ""
    text_format: str = ""
    sex: str = ""
    race: str = ""
    ethnicity: str = ""
    birth_date: str = ""
    death_date: str = ""
    postal_code: str = ""
    state: str = ""
    identity: tuple[Identifier, ...] = ()
    extras: Mapping[str, str] = _NO_EXTRAS


class Person(NamedTuple):
    """Identifiers that came apart from any record. PHI.

    They belong to the patient `patient_id`, or else to an entry of the source's directory, `reference`
    (`Practitioner/17`), which records name by an identifier of type `reference`.
    """

    identity: tuple[Identifier, ...]
    patient_id: str = ""
    patient_authority: str = ""
    reference: str = ""


class Link(NamedTuple):
    """Two patient ids of one person, as a merge or a crosswalk says. PHI.

    The source's authority is used where one is empty. Which of the two survives makes no difference.
    """

    patient_id: str
    other_id: str
    patient_authority: str = ""
    other_authority: str = ""


def _arrow_type(name: str) -> pa.DataType:
    if name == "identity":
        return pa.list_(pa.struct([("type", pa.string()), ("value", pa.string())]))
    if name == "messages":
        return pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
    if name == "extras":
        return pa.map_(pa.string(), pa.string())
    return {
        "string": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "datetime": pa.timestamp("us"),
        "strings": pa.list_(pa.string()),
        "offsets": pa.list_(pa.int32()),
    }[name]


@cache
def contract(state: str) -> dict[str, dict[str, Any]]:
    """Return the columns of `state` as `schemas/<state>.yaml` describes them, then those of what it extends."""
    loaded = yaml.safe_load((SCHEMAS / f"{state}.yaml").read_text("utf-8"))
    own = {name: column or {} for name, column in loaded["columns"].items()}
    return own | contract(loaded["extends"]) if "extends" in loaded else own


@cache
def schema(state: str) -> pa.Schema:
    """Return the Arrow schema of `state`, which carries the state's name as metadata."""
    fields = [
        pa.field(name, _arrow_type(column.get("type", "string")), nullable=column.get("nullable", True))
        for name, column in contract(state).items()
    ]
    return pa.schema(fields, metadata={"chartmill_state": state})


@dataclass(frozen=True, slots=True)
class StateTable:
    """Rows that are all in one state."""

    state: ClassVar[str] = ""
    data: pa.Table

    def __post_init__(self) -> None:
        expected = schema(self.state)
        found = (self.data.schema.metadata or {}).get(b"chartmill_state", b"").decode()
        if found != self.state or not self.data.schema.equals(expected):
            raise AssertionError(f"rows in state {found or 'unknown'!r} where {self.state!r} is needed")

    @classmethod
    def from_rows(cls, rows: list[dict[str, Any]]) -> Self:
        """Build a table from one mapping a row; absent columns are null."""
        return cls(pa.Table.from_pylist(rows, schema=schema(cls.state)))

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        """Build a table from one array, or list, a column, in any order."""
        wanted = schema(cls.state)
        return cls(pa.table([columns[name] for name in wanted.names], schema=wanted))

    def __len__(self) -> int:
        return int(self.data.num_rows)

    def filter(self, keep: pa.Array) -> Self:
        """Return the rows for which `keep` is true."""
        return type(self)(self.data.filter(keep))


class RawTable(StateTable):
    """Records as read. PHI."""

    __slots__ = ()
    state: ClassVar[str] = "raw"


class PersonTable(StateTable):
    """Identifiers that came apart from records. PHI."""

    __slots__ = ()
    state: ClassVar[str] = "person"


class LinkTable(StateTable):
    """Patient ids of one person. PHI."""

    __slots__ = ()
    state: ClassVar[str] = "link"


class RecordTable(StateTable):
    """Typed records. PHI."""

    __slots__ = ()
    state: ClassVar[str] = "record"


class SafeTable(StateTable):
    """Redacted records."""

    __slots__ = ()
    state: ClassVar[str] = "safe"


class AuditTable(StateTable):
    """What was found in each record, counted."""

    __slots__ = ()
    state: ClassVar[str] = "audit"


class QuarantineTable(StateTable):
    """What a stage could not take. PHI."""

    __slots__ = ()
    state: ClassVar[str] = "quarantine"


class TextTable(StateTable):
    """Examples `id, text`."""

    __slots__ = ()
    state: ClassVar[str] = "text"


class ChatTable(StateTable):
    """Examples `id, messages`."""

    __slots__ = ()
    state: ClassVar[str] = "chat"


class PromptCompletionTable(StateTable):
    """Examples `id, prompt, completion`."""

    __slots__ = ()
    state: ClassVar[str] = "prompt_completion"


ExampleTable = TextTable | ChatTable | PromptCompletionTable
EXAMPLES: dict[str, type[TextTable] | type[ChatTable] | type[PromptCompletionTable]] = {
    table.state: table for table in (TextTable, ChatTable, PromptCompletionTable)
}
