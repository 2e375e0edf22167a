"""Judge two columns together, and build list columns from what was found of some rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Rows = npt.NDArray[np.int64]
# Stands between two values that are judged together; the first is never the sender's text.
_BETWEEN = "\x1f"


def paired(first: pa.Array, second: pa.Array) -> pa.Array:
    """Join each value to one that it is to be judged with; `first` is never the sender's text."""
    return pc.binary_join_element_wise(first, second, _BETWEEN)


def pair(joined: str) -> tuple[str, str]:
    """Take apart what `paired` joined."""
    first, _, second = joined.partition(_BETWEEN)
    return first, second


def where(mask: pa.Array) -> Rows:
    """Return the numbers of the rows for which a mask is true."""
    return np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))


@dataclass(slots=True)
class Flags:
    """Codes of what is odd about some rows of a table."""

    found: list[tuple[Rows, str]] = field(default_factory=list)

    def add(self, rows: Rows, code: str) -> None:
        """Note a code for some rows."""
        if len(rows):
            self.found.append((rows, code))

    def column(self, size: int) -> pa.Array:
        """Return the column, null where nothing is odd; a row has each code once."""
        kind = pa.list_(pa.string())
        if not self.found:
            return pa.nulls(size, kind)
        codes = sorted({code for _, code in self.found})
        keys = [rows * len(codes) + codes.index(code) for rows, code in self.found]
        rows, numbers = np.divmod(np.unique(np.concatenate(keys)), len(codes))
        counts = np.bincount(rows, minlength=size)
        lists = pa.ListArray.from_arrays(_offsets(counts), pa.array(codes).take(pa.array(numbers)), type=kind)
        return pc.if_else(pa.array(counts > 0), lists, pa.scalar(None, kind))


@dataclass(slots=True)
class Additions:
    """What the sender wrote and no column of `record` holds, for `extras`."""

    found: list[tuple[Rows, str, pa.Array]] = field(default_factory=list)

    def add(self, rows: Rows, name: str, column: pa.Array) -> None:
        """Keep the values of some rows of a column under its name."""
        if len(rows):
            self.found.append((rows, name, column.take(pa.array(rows))))

    def column(self, extras: pa.MapArray) -> pa.Array:
        """Return `extras` with what was added, after what each row had."""
        if not self.found:
            return extras
        offsets = extras.offsets.to_numpy()
        had = slice(offsets[0], offsets[-1])
        rows = np.concatenate(
            [np.repeat(np.arange(len(extras)), np.diff(offsets)), *(rows for rows, _, _ in self.found)]
        )
        names = [extras.keys[had], *(pa.repeat(name, len(rows)) for rows, name, _ in self.found)]
        values = [extras.items[had], *(values for _, _, values in self.found)]
        order = pa.array(np.argsort(rows, kind="stable"))
        return pa.MapArray.from_arrays(
            _offsets(np.bincount(rows, minlength=len(extras))),
            pa.concat_arrays(names).take(order),
            pa.concat_arrays(values).take(order),
        )


def _offsets(counts: npt.NDArray[Any]) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
