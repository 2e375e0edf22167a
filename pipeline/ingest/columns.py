"""Columns of strings, identifiers and extras as Arrow arrays, without a Python object for each value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.connector import Batch
from pipeline.records import KINDS, Identifier, RawRecord, RawTable, schema

_TYPES = {name: schema("raw").field(name).type for name in ("identity", "extras")}


def raw_table(source: str, file_id: str, batch: Batch) -> RawTable:
    """Return the rows of a batch with their lineage.

    Raises `AssertionError` for a kind that there is none of: the connector is wrong.
    """
    rows = batch.rows
    columns: dict[str, Any] = {"source": pa.repeat(source, rows), "file_id": pa.repeat(file_id, rows)}
    columns["position"] = pa.array(batch.columns["position"], pa.int64())
    for name in RawRecord._fields:
        values = batch.columns.get(name)
        if values is None:
            columns[name] = _empty(name, rows)
        elif isinstance(values, pa.Array | pa.ChunkedArray):
            columns[name] = values
        elif name == "identity":
            columns[name] = identity_array(values)
        elif name == "extras":
            columns[name] = extras_array(values)
        else:
            columns[name] = pa.array(values, pa.string())
    kinds = set(columns["kind"].unique().to_pylist())
    if not kinds <= set(KINDS):
        raise AssertionError(f"a connector made records of a kind that is none of: {', '.join(KINDS)}")
    return RawTable.from_columns(columns)


def identity_array(values: Sequence[Sequence[Identifier]]) -> pa.Array:
    """Return lists of identifiers as an array."""
    pairs = list(chain.from_iterable(values))
    types, texts = zip(*pairs, strict=True) if pairs else ((), ())
    inner = pa.StructArray.from_arrays(
        [pa.array(types, pa.string()), pa.array(texts, pa.string())], fields=list(_TYPES["identity"].value_type)
    )
    return pa.ListArray.from_arrays(_offsets(values), inner, type=_TYPES["identity"])


def extras_array(values: Sequence[Mapping[str, str]]) -> pa.Array:
    """Return mappings of names to texts as an array."""
    names = pa.array(list(chain.from_iterable(values)), pa.string())
    texts = pa.array(list(chain.from_iterable(value.values() for value in values)), pa.string())
    return pa.MapArray.from_arrays(_offsets(values), names, texts, type=_TYPES["extras"])


def identity_of_columns(types: Sequence[str], columns: Sequence[pa.Array], rows: int) -> pa.Array:
    """Return identifiers as an array: of each type what stands in its column, where it is not empty."""
    offsets, labels, texts = _pairs(types, columns, rows)
    inner = pa.StructArray.from_arrays([labels, texts], fields=list(_TYPES["identity"].value_type))
    return pa.ListArray.from_arrays(offsets, inner, type=_TYPES["identity"])


def extras_of_columns(names: Sequence[str], columns: Sequence[pa.Array], rows: int) -> pa.Array:
    """Return mappings of names to what stands in their columns, where it is not empty."""
    offsets, labels, texts = _pairs(names, columns, rows)
    return pa.MapArray.from_arrays(offsets, labels, texts, type=_TYPES["extras"])


def _pairs(labels: Sequence[str], columns: Sequence[pa.Array], rows: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return offsets, labels and texts of what is not empty, row by row."""
    if not columns or not rows:
        empty = pa.array([], pa.string())
        return pa.array([0] * (rows + 1), pa.int32()), empty, empty
    filled = np.vstack([pc.not_equal(column, "").to_numpy(zero_copy_only=False) for column in columns])
    row, which = np.nonzero(filled.T)
    texts = pa.concat_arrays(columns).take(pa.array(which * rows + row))
    offsets = np.concatenate(([0], np.cumsum(filled.sum(axis=0))))
    return pa.array(offsets, pa.int32()), pa.array(labels, pa.string()).take(pa.array(which)), texts


def _offsets(values: Iterable[Sequence[Any] | Mapping[str, str]]) -> pa.Array:
    return pa.array(accumulate(map(len, values), initial=0), pa.int32())


def _empty(name: str, rows: int) -> pa.Array:
    if name in _TYPES:
        return pa.array([[]] * rows, _TYPES[name])
    return pa.repeat("", rows)
