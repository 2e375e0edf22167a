"""Read a file the way a run does, and keep what comes out, so that two readings can be compared."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pipeline.errors import SourceError
from pipeline.ingest.columns import raw_table
from pipeline.ingest.connector import Batch, Connector, SourceFile
from pipeline.ingest.read import FileCounts, read_file
from pipeline.records import Identifier, Link, Person, RawTable


@dataclass(slots=True)
class Reading:
    """What a connector made of one file. PHI if the file is."""

    counts: FileCounts = field(default_factory=FileCounts)
    records: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Add the content of a batch; its counts are added where they are counted."""
        if batch.rows:
            self.records += rows(raw_table("source", "file", batch))
        self.rejected += [(unit.position, unit.rejected) for unit in batch.rejected]
        self.people += batch.people
        self.links += batch.links

    @property
    def codes(self) -> list[str]:
        """Return every reason and finding, each once."""
        return sorted({*self.counts.rejected, *self.counts.excluded, *self.counts.findings})

    @property
    def identifiers(self) -> list[str]:
        """Return the value of every identifier, of records and of people."""
        told = [pair["value"] for record in self.records for pair in record["identity"]]
        return told + [one.value for person in self.people for one in person.identity]


def rows(table: RawTable) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values, without the names of source and file."""
    found: list[dict[str, Any]] = table.data.drop_columns(["source", "file_id"]).to_pylist()
    for row in found:
        row["identity"] = [Identifier(pair["type"], pair["value"])._asdict() for pair in row["identity"]]
        row["extras"] = dict(row["extras"])
    return found


def read_all(connector: Connector, file: SourceFile) -> Reading:
    """Read a file as a run does: counted, in batches, a file that cannot be read as one rejected unit."""
    reading = Reading()
    for batch in read_file(connector, file, reading.counts):
        reading.add(batch)
    return reading


def read_units(connector: Connector, file: SourceFile) -> Reading:
    """Read a file with `read` alone, whatever the connector's own `batches` does."""
    reading = Reading()
    connector.findings = Counter()
    try:
        for unit in connector.read(file):
            batch = Batch.of([unit])
            reading.counts.add(batch)
            reading.add(batch)
    except SourceError as error:
        whole = (0, f"file_{error.code}")
        reading.rejected.append(whole)
        reading.counts.rejected[whole[1]] += 1
    reading.counts.findings = connector.findings
    return reading


def in_memory(name: str, content: bytes, siblings: tuple[SourceFile, ...] = ()) -> SourceFile:
    """Return a file that holds `content`."""
    return SourceFile(name, lambda: io.BytesIO(content), lambda: siblings)


class _Trickle(io.RawIOBase):
    """A stream that hands over a few bytes at a time, as a slow network does."""

    def __init__(self, content: bytes, sizes: Callable[[], int]) -> None:
        self._content = io.BytesIO(content)
        self._sizes = sizes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._content.read(min(len(buffer), self._sizes()))
        buffer[: len(piece)] = piece
        return len(piece)


def trickling(name: str, content: bytes, siblings: tuple[SourceFile, ...] = ()) -> SourceFile:
    """Return the file in blocks of a few bytes each: of 1 to 7, in turn, from the stream and from `blocks`."""

    def opened() -> BinaryIO:
        turn = _turns()
        return _Trickle(content, lambda: next(turn))  # type: ignore[return-value]

    return _SmallBlocks(name, opened, lambda: siblings)


def _turns() -> Iterator[int]:
    while True:
        yield from (1, 2, 3, 5, 7)


class _SmallBlocks(SourceFile):
    __slots__ = ()

    def blocks(self, size: int = 0) -> Iterator[bytes]:
        turn = _turns()
        for block in SourceFile.blocks(self, 64):
            at = 0
            while at < len(block):
                step = next(turn)
                yield block[at : at + step]
                at += step


def repeated(name: str, content: bytes, size: int) -> SourceFile:
    """Return a file that holds `content` over and over, `size` bytes or a little more, without holding it itself.

    Its blocks have 64 KiB at most, so that the memory of a reading is the connector's.
    """
    times = -(-size // len(content))

    class Repeating(io.RawIOBase):
        left, rest = times, b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if not self.rest and self.left:
                self.rest, self.left = content, self.left - 1
            piece, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
            buffer[: len(piece)] = piece
            return len(piece)

    return _ShortBlocks(name, lambda: io.BufferedReader(Repeating(), 1 << 16))


class _ShortBlocks(SourceFile):
    __slots__ = ()

    def blocks(self, size: int = 1 << 16) -> Iterator[bytes]:
        return SourceFile.blocks(self, min(size, 1 << 16))


def same(left: Reading, right: Reading) -> str:
    """Return in what two readings differ: the name of a part of `Reading`, or a field and a row; "" in nothing."""
    # Within a batch, units without records have no order.
    if left.counts != right.counts:
        return "counts"
    for name in ("rejected", "people", "links"):
        if sorted(getattr(left, name)) != sorted(getattr(right, name)):
            return name
    if len(left.records) != len(right.records):
        return "the number of records"
    for number, (one, other) in enumerate(zip(left.records, right.records, strict=True)):
        for column in one:
            if one[column] != other[column]:
                return f"{column} of record {number}"
    return ""
