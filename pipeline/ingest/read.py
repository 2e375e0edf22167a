"""Run a connector over the files of a partition: lineage, batches, counts and quarantine."""

from __future__ import annotations

import gc
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import chain
from typing import Any, BinaryIO, cast

import fsspec
import pyarrow as pa

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.errors import GateError, SourceError
from pipeline.ingest.columns import identity_array, raw_table
from pipeline.ingest.connector import Batch, Connector, SourceFile, Unit
from pipeline.ingest.plan import PlannedFile, read_plan
from pipeline.ingest.registry import load_connector
from pipeline.quarantine import Quarantine
from pipeline.records import Link, LinkTable, Person, PersonTable, RawTable

# So much of a file that is rejected whole goes to quarantine, in bytes; its path always does.
_KEPT = 1_000_000
_GROUP_ROWS = 50_000
_GROUP_BYTES = 32 * 1024 * 1024


@dataclass(slots=True)
class FileCounts:
    """The outcomes of the units of one file, and what its connector found worth knowing."""

    read: int = 0
    accepted: int = 0
    records: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Count the units of a batch, each under its one outcome."""
        self.accepted += batch.accepted
        self.records += batch.rows
        self.rejected.update(unit.rejected for unit in batch.rejected)
        self.excluded.update(batch.excluded)

    def __iadd__(self, other: FileCounts) -> FileCounts:
        """Add the counts of another file."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    @property
    def outcomes(self) -> int:
        """Return how many units have had an outcome."""
        return self.accepted + self.rejected.total() + self.excluded.total()

    def check(self, file_id: str) -> None:
        """Raise `GateError` unless every unit that was counted in the file had an outcome."""
        if self.read != self.outcomes:
            raise GateError(
                f"file {file_id}: {self.read} units counted but {self.outcomes} accounted for; nothing of this run is "
                "kept: report the file to whoever maintains its connector"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON takes them."""
        counters = {name: dict(sorted(getattr(self, name).items())) for name in ("rejected", "excluded", "findings")}
        return {"read": self.read, "accepted": self.accepted, "records": self.records, **counters}


def ingest_partition(work: Work, source: SourceConfig, part: int) -> dict[str, Any]:
    """Read the files of one partition into a `raw` table; return the counts of each file."""
    connector = load_connector(source)
    quarantine = Quarantine("ingest")
    plan = read_plan(work)
    files = open_files(chain.from_iterable(plan))
    counts: dict[str, FileCounts] = {}
    people: list[Person] = []
    links: list[Link] = []

    def tables() -> Iterator[RawTable]:
        for planned in plan[part]:
            file_counts = counts[planned.file_id] = FileCounts()
            for batch in read_file(connector, files[planned.file_id], file_counts, source.exclude):
                for unit in batch.rejected:
                    quarantine.add(
                        unit.rejected,
                        file_id=planned.file_id,
                        position=unit.position,
                        content=unit.content.decode("utf-8", "backslashreplace"),
                        path=planned.path,
                    )
                people.extend(batch.people)
                links.extend(batch.links)
                if batch.rows:
                    yield raw_table(source.name, planned.file_id, batch)

    with _rarely_collected():
        rows = work.write(f"raw-{part:04}", _gathered(tables()), RawTable)
    for file_id, file_counts in counts.items():
        file_counts.check(file_id)
    work.write(f"person-{part:04}", [person_table(people)], PersonTable)
    work.write(f"link-{part:04}", [LinkTable.from_rows([link._asdict() for link in dict.fromkeys(links)])], LinkTable)
    quarantine.write(work, part)
    result = {"files": {file_id: c.as_dict() for file_id, c in counts.items()}, "rows": rows}
    work.write_json(f"ingest-{part:04}", result)
    return result


def open_files(planned: Iterable[PlannedFile]) -> dict[str, SourceFile]:
    """Return files by their ids, each with the others as its siblings."""

    @cache
    def siblings(file_id: str) -> Sequence[SourceFile]:
        return [file for other, file in files.items() if other != file_id]

    files = {
        file.file_id: SourceFile(file.name, partial(open_path, file.path), partial(siblings, file.file_id))
        for file in planned
    }
    return files


def open_path(path: str) -> BinaryIO:
    """Open a file of an export, wherever it lies; `zip://MEMBER::ARCHIVE` is a member of an archive."""
    member, _, archive = path.partition("::")
    stream: Any
    if archive:
        stream = zipfile.ZipFile(open_path(archive)).open(member.removeprefix("zip://"))  # noqa: SIM115 - its member keeps it
    else:
        stream = fsspec.open(path, "rb").open()
    return cast("BinaryIO", stream)


def read_file(
    connector: Connector, file: SourceFile, counts: FileCounts, exclude: Sequence[str] = ()
) -> Iterator[Batch]:
    """Yield the units of a file and count them.

    A file that cannot be read is one rejected unit; one whose name fits a glob of `exclude` is one excluded unit.
    """
    connector.findings = Counter()
    if file.is_named(exclude):
        left_out = Batch.of([Unit(position=0, excluded="file_excluded")])
        counts.read = 1
        counts.add(left_out)
        yield left_out
        return
    try:
        counts.read = connector.count(file)
        for batch in connector.batches(file):
            counts.add(batch)
            yield batch
    except SourceError as error:
        # Units that were already yielded stay; if some are missing, the check of the counts stops the run.
        whole = Batch.of([Unit(position=0, rejected=f"file_{error.code}", content=_beginning(file))])
        counts.read = counts.read + 1 if counts.outcomes else 1
        counts.add(whole)
        yield whole
    counts.findings = connector.findings


def _beginning(file: SourceFile) -> bytes:
    """Return the first bytes of a file as it lies; none of a member of an archive that cannot be unpacked."""
    with file.open() as stream, suppress(zipfile.BadZipFile, zlib.error, EOFError):
        return stream.read(_KEPT)
    return b""


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Let Python look for reference cycles rarely: what connectors make is much, and has none."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _gathered(tables: Iterator[RawTable]) -> Iterator[RawTable]:
    """Join tables into row groups: many rows where they are short, fewer where they hold long texts."""
    waiting: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        waiting.append(table.data)
        rows, size = rows + len(table), size + table.data.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield RawTable(pa.concat_tables(waiting).combine_chunks())
            waiting, rows, size = [], 0, 0
    if waiting:
        yield RawTable(pa.concat_tables(waiting).combine_chunks())


def person_table(people: Iterable[Person]) -> PersonTable:
    """Return people as a table, each once."""
    distinct = list(dict.fromkeys(people))
    columns: dict[str, Any] = {
        name: [getattr(person, name) for person in distinct] for name in Person._fields if name != "identity"
    }
    return PersonTable.from_columns({"identity": identity_array([person.identity for person in distinct]), **columns})
