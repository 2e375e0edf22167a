"""Work on Arrow columns of strings by their distinct values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def map_distinct(column: pa.Array, function: Callable[[str], Any], kind: pa.DataType | None = None) -> pa.Array:
    """Return `function` of every value, called once for each distinct one."""
    encoded = column.dictionary_encode()
    outcomes = [function(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(outcomes, kind or pa.string()).take(encoded.indices)


def is_empty(column: pa.Array) -> bool:
    """Tell whether no row has a value."""
    return not pc.sum(pc.binary_length(column)).as_py()


def null_if_empty(column: pa.Array) -> pa.Array:
    """Return the column with null where the text is empty."""
    if is_empty(column):
        return pa.nulls(len(column), pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
