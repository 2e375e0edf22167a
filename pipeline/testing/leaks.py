"""Look for values in files, as bytes, and in what compressed files hold."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq


class Leak(NamedTuple):
    """A value that stands where it must not."""

    where: str
    value: str


def find_leaks(folders: Iterable[Path], values: Iterable[str], *, outside: Path | None = None) -> list[Leak]:
    """Return where any of the values stands in a file below the folders, or in a file's name; case does not count.

    Parquet and gzip are read as well as searched as they lie. Nothing below `outside` is looked at. Raises
    `AssertionError` if there was no file to search: a search of nothing proves nothing.
    """
    needles = {value: value.lower().encode() for value in values}
    leaks, files = [], 0
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            if outside and path.is_relative_to(outside):
                continue
            files += 1
            for content in _contents(path):
                lowered = content.lower()
                leaks += [Leak(str(path), value) for value, needle in needles.items() if needle in lowered]
    if not files:
        raise AssertionError("there was no file to search")
    return leaks


def _contents(path: Path) -> Iterator[bytes]:
    yield str(path).encode()
    content = path.read_bytes()
    yield content
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if content[:4] == b"PAR1":
        yield from _columns(pq.read_table(path))


def _columns(table: pa.Table) -> Iterator[bytes]:
    for column in table.columns:
        yield "\n".join(map(str, column.to_pylist())).encode()
