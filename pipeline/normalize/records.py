"""Turn a `raw` table into a `record` table, a column at a time and a distinct value once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
import pandas as pd
import pyarrow as pa

from pipeline.config import SourceConfig
from pipeline.dates import Moment, end_of_day, parse_moment
from pipeline.errors import RecordError
from pipeline.keys import Keys
from pipeline.normalize.text import clean_text
from pipeline.records import RawTable, RecordTable
from pipeline.vocabulary import (
    canonical_ethnicity,
    canonical_race,
    canonical_sex,
    canonical_system,
    parse_number,
)

A = TypeVar("A")

_CLEANED = ("display", "category", "status", "value_text", "unit", "title", "abnormal", "state", "postal_code", "code")
_NUMBERS = ("value_number", "reference_low", "reference_high")
_DATES = ("start", "end", "birth_date", "death_date")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be typed: its number in the table, and why."""

    row: int
    reason: str


def map_distinct(column: pd.Series[Any], function: Callable[[str], A]) -> list[A]:
    """Return `function` of every value, called once for each distinct one."""
    numbers, distinct = pd.factorize(column)
    outcomes = [function(value) for value in distinct]
    return [outcomes[number] for number in numbers]


def patient_ids(frame: pd.DataFrame, authority: str) -> list[str]:
    """Return each row's patient id with its assigning authority: the one the sender named, else the source's."""
    return [
        f"{named or authority}|{number}"
        for named, number in zip(frame["patient_authority"], frame["patient_id"], strict=True)
    ]


def normalize_table(raw: RawTable, source: SourceConfig, day: str, keys: Keys) -> tuple[RecordTable, list[Rejected]]:
    """Type every value of a table.

    Rows with a date that is none, or without a patient, are left out and returned with their reasons. A text
    where a number should be moves to `value_text`, or to `extras`: it is not lost.
    """
    nested = ["identity", "extras"]
    frame = raw.data.drop_columns(nested).to_pandas(types_mapper=pd.ArrowDtype)
    zone = ZoneInfo(source.timezone)
    bad: dict[int, str] = {}

    def moments(name: str) -> list[Moment | None]:
        def parse(text: str) -> Moment | RecordError | None:
            try:
                return parse_moment(text, order=source.date_order, zone=zone)
            except RecordError as error:
                return error

        outcome: list[Moment | None] = []
        for row, moment in enumerate(map_distinct(frame[name], parse)):
            if isinstance(moment, RecordError):
                if name in _DATES:
                    bad.setdefault(row, f"{moment.code}:{name}")
                moment = None
            outcome.append(moment)
        return outcome

    for row, (number, deleted) in enumerate(zip(frame["patient_id"], frame["deleted"], strict=True)):
        if not number.strip() and not deleted:
            bad.setdefault(row, "no_patient:patient_id")

    columns: dict[str, Any] = {name: frame[name].tolist() for name in ("source", "file_id", "position", "kind")}
    columns["record_id"] = _record_ids(frame, keys)
    columns["deleted"] = [scope or None for scope in frame["deleted"]]
    columns["sentences"] = columns["flags"] = [None] * len(frame)
    # A sender's clock only orders versions: one that cannot be read counts as the end of the export's day.
    closing = end_of_day(day, zone)
    columns["version"] = [moment.utc if moment else closing for moment in moments("version")]
    columns["patient_id"] = patient_ids(frame, source.authority)
    columns["encounter_id"] = [f"{source.authority}|{visit}" if visit else None for visit in frame["encounter_id"]]
    for name in ("start", "end"):
        parsed = moments(name)
        columns[name] = [moment and moment.wall for moment in parsed]
        columns[f"{name}_precision"] = [moment and moment.precision for moment in parsed]
        columns[f"{name}_offset"] = [moment and moment.offset_text for moment in parsed]
    for name in ("birth_date", "death_date"):
        columns[name] = [moment and moment.iso for moment in moments(name)]
    for name in _CLEANED:
        columns[name] = map_distinct(frame[name], lambda text: clean_text(text).strip() or None)
    columns["text"] = [
        clean_text(text, text_format) or None
        for text, text_format in zip(frame["text"], frame["text_format"], strict=True)
    ]
    columns["code_system"] = map_distinct(frame["code_system"], lambda name: canonical_system(name) or None)
    for name, canonical in (("sex", canonical_sex), ("race", canonical_race), ("ethnicity", canonical_ethnicity)):
        columns[name] = map_distinct(frame[name], partial(_if_any, canonical))
    columns["extras"] = raw.data["extras"].to_pylist()
    _numbers(frame, columns)
    columns["identity"] = raw.data["identity"].combine_chunks()

    table = RecordTable.from_columns(columns)
    if not bad:
        return table, []
    keep = pa.array([row not in bad for row in range(len(frame))])
    return RecordTable(table.data.filter(keep)), [Rejected(row, reason) for row, reason in sorted(bad.items())]


def _if_any(canonical: Callable[[str], str], text: str) -> str | None:
    return canonical(text) if text.strip() else None


def _numbers(frame: pd.DataFrame, columns: dict[str, Any]) -> None:
    """Fill the number columns; what is no number stays as text."""
    for name in _NUMBERS:
        columns[name] = map_distinct(frame[name], parse_number)
        for row, (text, number) in enumerate(zip(frame[name], columns[name], strict=True)):
            if number is not None or not text.strip():
                continue
            if name == "value_number" and columns["value_text"][row] is None:
                columns["value_text"][row] = clean_text(text) or None
            else:
                columns["extras"][row] = [*columns["extras"][row], (name, text)]


def _record_ids(frame: pd.DataFrame, keys: Keys) -> list[str]:
    """Return a stable keyed id for each row: of its natural key, or of its content where it has none."""
    content = [name for name in frame.columns if name not in ("file_id", "position", "version")]
    ids: list[str] = []
    for row in frame.to_dict("records"):
        natural = row["key"]
        if not natural:
            natural = orjson.dumps([row[name] for name in content]).decode()
        ids.append(
            keys.digest("record", row["source"], row["kind"], row["patient_id"] if not row["key"] else "", natural)
        )
    return ids
