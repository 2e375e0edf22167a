"""Turn a `raw` table into a `record` table, a column at a time and a distinct value once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.columns import is_empty, map_distinct, null_if_empty
from pipeline.config import SourceConfig
from pipeline.keys import Keys
from pipeline.normalize.columns import Additions, Flags, pair, paired, where
from pipeline.normalize.date_order import Orders
from pipeline.normalize.identifiers import patient_ids, record_ids, scoped
from pipeline.normalize.moments import Calendar, date_columns
from pipeline.normalize.results import result_columns
from pipeline.normalize.text import clean_text, repair
from pipeline.records import RawTable, RecordTable
from pipeline.sentences import sentence_starts
from pipeline.vocabulary import (
    canonical_category,
    canonical_code,
    canonical_ethnicity,
    canonical_race,
    canonical_sex,
    canonical_status,
    canonical_system,
    hispanic,
)

_KEPT = ("source", "file_id", "position", "kind")
# Short texts; those in which a sender may have spoilt an encoding come first.
_WORDS = ("display", "value_text", "title", "abnormal", "state", "postal_code")
_REPAIRED = frozenset(("display", "value_text", "title"))
_OFFSETS = pa.list_(pa.int32())


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be typed: its number in the table, and why."""

    row: int
    reason: str


def normalize_table(
    raw: RawTable, source: SourceConfig, day: str, keys: Keys, orders: Orders
) -> tuple[RecordTable, list[Rejected]]:
    """Type every value of a table, each row by itself: tables may be cut anywhere.

    `orders` are those in which the parts of a date may stand (`find_orders`); the source's own outweighs them. Rows
    with a date that is none, or without a patient, are left out and returned with their reasons; a row that only takes
    back another needs neither. What else no column can hold goes to `extras`, and what is odd is flagged.
    """
    table = raw.data.combine_chunks()
    arrays = {name: _whole(table[name]) for name in table.schema.names}
    order = frozenset((source.date_order,)) if source.date_order else orders
    calendar = Calendar(ZoneInfo(source.timezone), day, order)
    flags, additions = Flags(), Additions()

    columns: dict[str, pa.Array] = {name: arrays[name] for name in _KEPT}
    columns["deleted"] = null_if_empty(arrays["deleted"])
    columns["record_id"] = record_ids(arrays, keys)
    columns["patient_id"] = patient_ids(arrays["patient_id"], arrays["patient_authority"], source.authority)
    columns["encounter_id"] = scoped(arrays["encounter_id"], source.authority)
    dates, bad = date_columns(arrays, calendar, flags)
    columns |= dates
    columns |= _word_columns(arrays, flags)
    columns |= _coded_columns(arrays)
    columns |= _people_columns(arrays)
    columns |= _text_columns(arrays, flags)
    columns |= result_columns(arrays, columns["value_text"], flags, additions)
    columns["flags"] = flags.column(len(table))
    columns["extras"] = additions.column(arrays["extras"])
    columns["identity"] = arrays["identity"]

    nobody = pc.and_(pc.equal(pc.utf8_trim_whitespace(arrays["patient_id"]), ""), pc.equal(arrays["deleted"], ""))
    bad |= dict.fromkeys(where(nobody).tolist(), "no_patient:patient_id")
    record = RecordTable.from_columns(columns)
    if not bad:
        return record, []
    keep = np.ones(len(table), dtype=bool)
    keep[list(bad)] = False
    return record.filter(pa.array(keep)), [Rejected(row, reason) for row, reason in sorted(bad.items())]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks)
        if column.num_chunks
        else pa.array([], column.type)
    )


def _clean(text: str) -> str | None:
    return clean_text(repair(text)).strip() or None


def _word_columns(raw: dict[str, pa.Array], flags: Flags) -> dict[str, pa.Array]:
    columns = {}
    for name in _WORDS:
        if is_empty(raw[name]):
            columns[name] = pa.nulls(len(raw[name]), pa.string())
            continue
        columns[name] = map_distinct(raw[name], _clean)
        if name in _REPAIRED:
            _flag_repaired(raw[name], flags)
    return columns


def _flag_repaired(column: pa.Array, flags: Flags) -> None:
    if not pc.all(pc.string_is_ascii(column)).as_py():
        flags.add(where(map_distinct(column, lambda text: repair(text) != text, pa.bool_())), "mojibake_repaired")


def _coded_columns(raw: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Return codes with their systems, and what is read by kind: category and status."""
    system = map_distinct(raw["code_system"], lambda name: canonical_system(name) or None)
    columns = {"code_system": system, "code": raw["code"]}
    for name, beside, canonical in (
        ("code", pc.fill_null(system, ""), canonical_code),
        ("category", raw["kind"], canonical_category),
        ("status", raw["kind"], canonical_status),
    ):
        if is_empty(raw[name]):
            columns[name] = pa.nulls(len(system), pa.string())
            continue
        columns[name] = map_distinct(paired(beside, raw[name]), partial(_canonical, canonical))
    return columns


def _canonical(canonical: Callable[[str, str], str], joined: str) -> str | None:
    beside, text = pair(joined)
    text = _clean(text) or ""
    return canonical(beside, text) or None if text else None


def _people_columns(raw: dict[str, pa.Array]) -> dict[str, pa.Array]:
    columns = {}
    for name, canonical in (("sex", canonical_sex), ("race", canonical_race), ("ethnicity", canonical_ethnicity)):
        columns[name] = (
            pa.nulls(len(raw[name]), pa.string())
            if is_empty(raw[name])
            else map_distinct(raw[name], partial(_if_any, canonical))
        )
    if not is_empty(raw["race"]):
        said = map_distinct(raw["race"], lambda text: "Hispanic or Latino" if hispanic(text) else None)
        columns["ethnicity"] = pc.coalesce(columns["ethnicity"], said)
    return columns


def _if_any(canonical: Callable[[str], str], text: str) -> str | None:
    return canonical(text) if text.strip() else None


def _text_columns(raw: dict[str, pa.Array], flags: Flags) -> dict[str, pa.Array]:
    if is_empty(raw["text"]):
        return {"text": pa.nulls(len(raw["text"]), pa.string()), "sentences": pa.nulls(len(raw["text"]), _OFFSETS)}
    media = map_distinct(raw["text_format"], lambda name: name.strip().lower().replace("\x1f", ""))
    encoded = paired(media, raw["text"]).dictionary_encode()
    texts = []
    for joined in encoded.dictionary.to_pylist():
        media_type, text = pair(joined)
        texts.append(clean_text(repair(text), media_type) or None)
    _flag_repaired(raw["text"], flags)
    starts = [text and sentence_starts(text) for text in texts]
    return {
        "text": pa.array(texts, pa.string()).take(encoded.indices),
        "sentences": pa.array(starts, _OFFSETS).take(encoded.indices),
    }
