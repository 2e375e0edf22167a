"""Tables of the same export in which something is looked up."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc


class Lookup:
    """Some columns of a table by key. Only the rows that were asked for are indexed: a vocabulary has millions. PHI."""

    def __init__(self, keys: pa.ChunkedArray, columns: pa.Table) -> None:
        self._keys = keys
        self._columns = columns
        self._asked = pa.array([], pa.string())
        self._known = pa.array([], pa.string())
        self._found = columns.slice(0, 0)

    @classmethod
    def of(cls, parts: Iterator[tuple[pa.Array, list[pa.Array]]], names: list[str]) -> Lookup:
        """Build a lookup from keys and columns of some rows at a time."""
        tables = [pa.table([key, *columns], names=["", *names]) for key, columns in parts]
        whole = (
            pa.concat_tables(tables)
            if tables
            else pa.table([pa.array([], pa.string())] * (len(names) + 1), ["", *names])
        )
        return cls(whole.column(0), whole.remove_column(0))

    def find(self, keys: pa.Array) -> tuple[list[pa.Array], int]:
        """Return the columns for these keys, empty where there is no such key, and how many keys there are not."""
        asked = keys.filter(pc.not_equal(keys, "")).unique()
        new = asked.filter(pc.invert(pc.is_in(asked, self._asked)))
        if len(new):
            hit = pc.is_in(self._keys, new)
            self._asked = pa.concat_arrays([self._asked, new])
            self._known = pa.concat_arrays([self._known, *self._keys.filter(hit).chunks])
            self._found = pa.concat_tables([self._found, self._columns.filter(hit)]).combine_chunks()
        index = pc.index_in(keys, self._known)
        unmatched = pc.sum(pc.and_(pc.is_null(index), pc.not_equal(keys, ""))).as_py() or 0
        return [_one(column.take(index)) for column in self._found.columns], unmatched


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(column.combine_chunks(), "")
