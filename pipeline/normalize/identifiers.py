"""Ids of records, patients and encounters."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.columns import is_empty
from pipeline.keys import Keys
from pipeline.records import schema

# What a row says, apart from where it was read and when it was sent.
_CONTENT = [
    field.name for field in schema("raw")
    if pa.types.is_string(field.type) and field.name not in ("source", "file_id", "kind", "key", "version")
]  # fmt: skip
_NULL = pa.scalar(None, pa.string())


def scoped(column: pa.Array, authority: str | pa.Array) -> pa.Array:
    """Return ids with their assigning authority in front; null where there is none."""
    if is_empty(column):
        return pa.nulls(len(column), pa.string())
    return pc.if_else(pc.equal(column, ""), _NULL, pc.binary_join_element_wise(authority, column, "|"))


def patient_ids(numbers: pa.Array, named: pa.Array, authority: str) -> pa.Array:
    """Return each row's patient id with its assigning authority: the one the sender named, else the source's."""
    owner = pa.scalar(authority) if is_empty(named) else pc.if_else(pc.equal(named, ""), authority, named)
    return pc.binary_join_element_wise(owner, numbers, "|")


def record_ids(raw: dict[str, pa.Array], keys: Keys) -> pa.Array:
    """Return a stable keyed id for each row: of source, kind and natural key, or of its content where it has none."""
    key = raw["key"]
    of_content = pc.equal(key, "")
    # No source and no kind holds a blank, so that what is joined can only be taken apart in one way.
    what = pc.binary_join_element_wise("key", key, " ")
    if pc.any(of_content).as_py():
        what = pc.if_else(of_content, _content(raw, len(key)), what)
    messages = pc.binary_join_element_wise(raw["source"], raw["kind"], what, " ")
    return pa.array(keys.digests("record", messages.cast(pa.binary()).to_pylist()), pa.string())


def _content(raw: dict[str, pa.Array], size: int) -> pa.Array:
    """Join what a row says, each value with its name and length; a value that is not there leaves no trace."""
    parts = [pa.repeat("content", size)]
    for name in _CONTENT:
        column = raw[name]
        if not is_empty(column):
            length = pc.binary_length(column).cast(pa.string())
            part = pc.binary_join_element_wise(name, length, column, " ")
            parts.append(pc.if_else(pc.equal(column, ""), _NULL, part))
    return pc.binary_join_element_wise(*parts, " ", null_handling="skip")
