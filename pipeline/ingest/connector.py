"""The contract between a connector and the framework.

A connector turns one file of an export into units, and each unit into records. That is all it does: lineage,
batches, counts, quarantine and encryption are the framework's.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, BinaryIO

from pipeline.errors import SourceError
from pipeline.records import Link, Person, RawRecord

BATCH = 10_000
BLOCK = 4 * 1024 * 1024
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of an export, unpacked if it is gzipped. Its name may hold PHI: it goes into no message.

    `siblings` are the other files of the same source and day, for what has to be looked up in them.
    """

    name: str
    open: Callable[[], BinaryIO]
    siblings: Callable[[], Sequence[SourceFile]] = tuple

    def read(self) -> bytes:
        """Return the whole content, for formats whose files are small.

        Raises `SourceError` if it cannot be unpacked.
        """
        return b"".join(self.blocks())

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Yield the content in blocks of `size` bytes, the last one shorter.

        Raises `SourceError` if it cannot be unpacked.
        """
        with self.open() as stream:
            try:
                packed: Any = stream if hasattr(stream, "peek") else io.BufferedReader(stream, BLOCK)
                content: Any = gzip.GzipFile(fileobj=packed) if packed.peek(2)[:2] == _GZIP else packed
                while block := content.read(size):
                    yield block
            except EOFError:
                raise SourceError("truncated") from None
            except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error):
                raise SourceError("undecodable") from None

    def sibling(self, *patterns: str) -> Iterator[SourceFile]:
        """Yield the other files whose names fit one of some globs, whatever the case."""
        return (file for file in self.siblings() if file.is_named(patterns))

    def is_named(self, patterns: Iterable[str]) -> bool:
        """Tell whether the file's name fits one of some globs, whatever the case."""
        return any(fnmatchcase(self.name.casefold(), pattern.casefold()) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Unit:
    """One message, resource or row, with exactly one outcome: records, a rejection, or an exclusion.

    `position` is the 1-based number of the unit in its file (for CSV: the line on which it starts). `rejected`
    says why the unit cannot be taken, `excluded` why it is left out on purpose; both are codes, never values.
    `content` is the unit as it stood; it goes to quarantine if the unit, or a record of it, is rejected. PHI.
    `people` and `links` come beside the outcome: who is named in an excluded Practitioner, which ids a merge joins.
    """

    position: int
    records: tuple[RawRecord, ...] = ()
    rejected: str = ""
    excluded: str = ""
    content: bytes = b""
    people: tuple[Person, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        if (self.records != ()) + (self.rejected != "") + (self.excluded != "") != 1:
            raise AssertionError("a unit has records, or a rejection, or an exclusion: exactly one of them")


@dataclass(slots=True)
class Batch:
    """Some units that stood together in a file, their records as columns.

    `columns` has a list or Arrow array for each field of `RawRecord`, and `position`; a field that is missing is empty
    throughout. `accepted` counts the units that have records.
    """

    columns: Mapping[str, Any]
    rows: int
    accepted: int
    rejected: Sequence[Unit] = ()
    excluded: Counter[str] = field(default_factory=Counter)
    people: Sequence[Person] = ()
    links: Sequence[Link] = ()

    @classmethod
    def of(cls, units: Sequence[Unit]) -> Batch:
        """Turn units into a batch."""
        records = [record for unit in units for record in unit.records]
        columns: dict[str, Any] = dict(zip(RawRecord._fields, zip(*records, strict=True), strict=False))
        columns["position"] = [unit.position for unit in units for _ in unit.records]
        return cls(
            columns,
            len(records),
            accepted=sum(1 for unit in units if unit.records),
            rejected=[unit for unit in units if unit.rejected],
            excluded=Counter(unit.excluded for unit in units if unit.excluded),
            people=[person for unit in units for person in unit.people],
            links=[link for unit in units for link in unit.links],
        )


class Connector(ABC):
    """Reads one format.

    `options` are the connector's part of the source's YAML; raise `ConfigError` for what is wrong in them.
    `authority` is the source's.
    `findings` counts, by code, what is worth knowing of a file and refuses nothing; the framework empties it before
    each file.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.authority = ""
        self.findings: Counter[str] = Counter()

    @abstractmethod
    def count(self, file: SourceFile) -> int:
        """Count the units in a file by other means than `read` does, and cheaply.

        A run fails if the two disagree. Raises `SourceError` as `read` does.
        """

    @abstractmethod
    def read(self, file: SourceFile) -> Iterator[Unit]:
        """Yield every unit of a file, in order, malformed ones too.

        Raises `SourceError`, before the first unit, if the file as a whole is not of this format
        (codes: `empty`, `not_<format>`, `truncated`, `undecodable`).
        """

    def batches(self, file: SourceFile) -> Iterator[Batch]:
        """Yield what `read` yields, as columns. A connector that works on columns itself overrides this."""
        units: list[Unit] = []
        records = 0
        for unit in self.read(file):
            units.append(unit)
            records += len(unit.records)
            if records >= BATCH or len(units) >= BATCH:
                yield Batch.of(units)
                units, records = [], 0
        if units:
            yield Batch.of(units)
