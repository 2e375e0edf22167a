"""Type the date columns of a table, and tell what is odd about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.columns import is_empty, map_distinct
from pipeline.dates import ORDERS, Moment, end_of_day, parse_moment
from pipeline.errors import RecordError
from pipeline.normalize.columns import Flags, pair, paired, where
from pipeline.normalize.date_order import Orders

_DAY = timedelta(days=1)
_MOMENT = pa.timestamp("us")
_TYPED = ("start", "end")
_ISO = ("birth_date", "death_date")


@dataclass(frozen=True, slots=True)
class Calendar:
    """What dates of a source and day are read by."""

    zone: ZoneInfo
    day: str
    orders: Orders | frozenset[str]

    def of(self, file_ids: list[str], name: str) -> list[frozenset[str]]:
        """Return the possible orders of a column in each file."""
        if isinstance(self.orders, frozenset):
            return [self.orders] * len(file_ids)
        return [self.orders.get((file_id, name), ORDERS) for file_id in file_ids]


@dataclass(frozen=True, slots=True)
class _Dates:
    """A date column: its distinct outcomes, and which of them each row has."""

    indices: pa.Array
    moments: list[Moment | None]
    codes: list[str | None]

    def each(self, values: list[Any], kind: pa.DataType) -> pa.Array:
        return pa.array(values, kind).take(self.indices)


def date_columns(
    table: dict[str, pa.Array], calendar: Calendar, flags: Flags
) -> tuple[dict[str, pa.Array], dict[int, str]]:
    """Return the date columns of `record`, and the reasons of rows that have a date which is none.

    A date that only stands for a missing one is missing, and flagged; so is a date that cannot be.
    """
    columns: dict[str, pa.Array] = {}
    spans: dict[str, tuple[pa.Array, pa.Array]] = {}
    bad: dict[int, str] = {}
    # A sender's clock only orders versions: one that cannot be read counts as the end of the export's day.
    closing = end_of_day(calendar.day, calendar.zone)
    versions = _read(table, "version", calendar)
    columns["version"] = versions.each([moment.utc if moment else closing for moment in versions.moments], _MOMENT)
    deleted = where(pc.not_equal(table["deleted"], ""))
    for name in (*_TYPED, *_ISO):
        if is_empty(table[name]):
            columns |= _none(name, len(table[name]))
            continue
        dates = _read(table, name, calendar)
        columns |= _columns(name, dates)
        if any(dates.codes):
            codes = dates.each(dates.codes, pa.string())
            sentinel = pc.equal(codes, "sentinel_date")
            flags.add(where(sentinel), "sentinel_date")
            for row in np.setdiff1d(where(pc.invert(sentinel)), deleted).tolist():
                bad.setdefault(row, f"{codes[row].as_py()}:{name}")
        known = [moment and moment.span(calendar.zone) for moment in dates.moments]
        first, after = (dates.each([span and span[side] for span in known], _MOMENT) for side in (0, 1))
        spans[name] = first, after
        flags.add(where(pc.greater(first, pa.scalar(closing + _DAY, _MOMENT))), f"future_{name}")
    _flag_reversed(spans, "start", "end", "end_before_start", flags)
    _flag_reversed(spans, "birth_date", "death_date", "death_before_birth", flags)
    return columns, bad


def _read(table: dict[str, pa.Array], name: str, calendar: Calendar) -> _Dates:
    column, files = table[name], table["file_id"].unique().to_pylist()
    orders = calendar.of(files, name)
    day, birth = date.fromisoformat(calendar.day), name == "birth_date"

    def outcome(text: str, possible: frozenset[str]) -> tuple[Moment | None, str | None]:
        try:
            return parse_moment(text, zone=calendar.zone, orders=possible, day=day, birth=birth), None
        except RecordError as error:
            return None, error.code

    if len(set(orders)) == 1:
        encoded = column.dictionary_encode()
        outcomes = [outcome(text, orders[0]) for text in encoded.dictionary.to_pylist()]
    else:
        numbers = dict(zip(files, (str(number) for number in range(len(files))), strict=True))
        encoded = paired(map_distinct(table["file_id"], numbers.__getitem__), column).dictionary_encode()
        pairs = map(pair, encoded.dictionary.to_pylist())
        outcomes = [outcome(text, orders[int(number)]) for number, text in pairs]
    return _Dates(encoded.indices, [moment for moment, _ in outcomes], [code for _, code in outcomes])


def _columns(name: str, dates: _Dates) -> dict[str, pa.Array]:
    if name in _ISO:
        return {name: dates.each([moment and moment.iso for moment in dates.moments], pa.string())}
    return {
        name: dates.each([moment and moment.wall for moment in dates.moments], _MOMENT),
        f"{name}_precision": dates.each([moment and moment.precision for moment in dates.moments], pa.string()),
        f"{name}_offset": dates.each([moment and moment.offset_text for moment in dates.moments], pa.string()),
    }


def _none(name: str, size: int) -> dict[str, pa.Array]:
    if name in _ISO:
        return {name: pa.nulls(size, pa.string())}
    return {
        name: pa.nulls(size, _MOMENT),
        **{f"{name}_{part}": pa.nulls(size, pa.string()) for part in ("precision", "offset")},
    }


def _flag_reversed(
    spans: dict[str, tuple[pa.Array, pa.Array]], first: str, second: str, code: str, flags: Flags
) -> None:
    if first in spans and second in spans:
        flags.add(where(pc.less_equal(spans[second][1], spans[first][0])), code)
