"""The contract between a connector and the framework.

A connector turns one file of an export into units, and each unit into records. That is all it does: lineage,
batches, counts, quarantine and encryption are the framework's.
"""

from __future__ import annotations

import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from pipeline.errors import SourceError
from pipeline.records import RawRecord

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of an export. Its name may hold PHI: it goes into no message."""

    name: str
    open: Callable[[], BinaryIO]

    def read(self) -> bytes:
        """Return the whole content, unpacked if it is gzipped.

        Raises `SourceError` if it cannot be unpacked.
        """
        with self.open() as stream:
            content = stream.read()
        if not content.startswith(_GZIP):
            return content
        try:
            return gzip.decompress(content)
        except EOFError:
            raise SourceError("truncated") from None
        except (gzip.BadGzipFile, zlib.error):
            raise SourceError("undecodable") from None


@dataclass(frozen=True, slots=True)
class Unit:
    """One message, resource or row, with exactly one outcome: records, a rejection, or an exclusion.

    `position` is the 1-based number of the unit in its file (for CSV: the line on which it starts). `rejected`
    says why the unit cannot be taken, `excluded` why it is left out on purpose; both are codes, never values.
    `content` is the unit as it stood; it goes to quarantine if the unit, or a record of it, is rejected. PHI.
    """

    position: int
    records: tuple[RawRecord, ...] = ()
    rejected: str = ""
    excluded: str = ""
    content: bytes = b""

    def __post_init__(self) -> None:
        if sum((bool(self.records), bool(self.rejected), bool(self.excluded))) != 1:
            raise AssertionError("a unit has records, or a rejection, or an exclusion: exactly one of them")


class Connector(ABC):
    """Reads one format.

    `options` are the connector's part of the source's YAML; raise `ConfigError` for what is wrong in them.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

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
