"""Run a connector over the files of a partition: lineage, batches, counts and quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, BinaryIO

import fsspec
import pyarrow as pa

from pipeline.config import SourceConfig
from pipeline.context import Work
from pipeline.errors import GateError, SourceError
from pipeline.ingest.connector import Connector, SourceFile, Unit
from pipeline.ingest.plan import PlannedFile, read_plan
from pipeline.ingest.registry import load_connector
from pipeline.quarantine import Quarantine
from pipeline.records import RawRecord, RawTable, schema

BATCH = 10_000
# So much of a file that is rejected whole goes to quarantine, in bytes; its path always does.
_KEPT = 1_000_000
_COLUMNS = tuple(f.name for f in fields(RawRecord) if f.name not in ("identity", "extras"))


@dataclass(slots=True)
class FileCounts:
    """The outcomes of the units of one file."""

    read: int = 0
    with_records: int = 0
    records: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)

    def add(self, unit: Unit) -> None:
        """Count one unit under its one outcome."""
        if unit.rejected:
            self.rejected[unit.rejected] += 1
        elif unit.excluded:
            self.excluded[unit.excluded] += 1
        else:
            self.with_records += 1
            self.records += len(unit.records)

    def check(self, file_id: str) -> None:
        """Raise `GateError` unless every unit that was counted in the file had an outcome."""
        outcomes = self.with_records + self.rejected.total() + self.excluded.total()
        if self.read != outcomes:
            raise GateError(
                f"file {file_id}: {self.read} units counted but {outcomes} accounted for; nothing of this run is "
                "kept: report the file to whoever maintains its connector"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON takes them."""
        return {
            "read": self.read,
            "with_records": self.with_records,
            "records": self.records,
            "rejected": dict(sorted(self.rejected.items())),
            "excluded": dict(sorted(self.excluded.items())),
        }


def ingest_partition(work: Work, source: SourceConfig, part: int) -> dict[str, Any]:
    """Read the files of one partition into a `raw` table; return the counts of each file."""
    connector = load_connector(source)
    quarantine = Quarantine("ingest")
    counts = {file.file_id: FileCounts() for file in read_plan(work, part)}

    def units() -> Iterator[tuple[PlannedFile, Unit]]:
        for file in read_plan(work, part):
            for unit in _read_file(connector, file, counts[file.file_id]):
                if unit.rejected:
                    quarantine.add(
                        unit.rejected,
                        file_id=file.file_id,
                        position=unit.position,
                        content=unit.content.decode("utf-8", "backslashreplace"),
                        path=file.path,
                    )
                yield file, unit

    rows = work.write(f"raw-{part:04}", _batches(source.name, units()), RawTable)
    for file_id, file_counts in counts.items():
        file_counts.check(file_id)
    quarantine.write(work, part)
    result = {"files": {file_id: c.as_dict() for file_id, c in counts.items()}, "rows": rows}
    work.write_json(f"ingest-{part:04}", result)
    return result


def _read_file(connector: Connector, planned: PlannedFile, counts: FileCounts) -> Iterator[Unit]:
    """Yield the units of a file and count them; a file that cannot be read is one rejected unit."""
    file = SourceFile(planned.path.rsplit("/", 1)[-1], partial(_open, planned.path))
    try:
        counts.read = connector.count(file)
        for unit in connector.read(file):
            counts.add(unit)
            yield unit
    except SourceError as error:
        # Units that were already yielded stay; if some are missing, the check of the counts stops the run.
        with file.open() as stream:
            whole = Unit(position=0, rejected=f"file_{error.code}", content=stream.read(_KEPT))
        counts.read = counts.read + 1 if counts.with_records else 1
        counts.add(whole)
        yield whole


def _open(path: str) -> BinaryIO:
    stream: BinaryIO = fsspec.open(path, "rb").open()
    return stream


def _batches(source: str, units: Iterator[tuple[PlannedFile, Unit]]) -> Iterator[RawTable]:
    rows: list[tuple[PlannedFile, int, RawRecord]] = []
    for file, unit in units:
        rows.extend((file, unit.position, record) for record in unit.records)
        if len(rows) >= BATCH:
            yield _table(source, rows)
            rows = []
    if rows:
        yield _table(source, rows)


def _table(source: str, rows: list[tuple[PlannedFile, int, RawRecord]]) -> RawTable:
    columns: dict[str, Any] = {
        "source": [source] * len(rows),
        "file_id": [file.file_id for file, _, _ in rows],
        "position": [position for _, position, _ in rows],
        "identity": pa.array(
            [[identifier._asdict() for identifier in record.identity] for _, _, record in rows],
            schema("raw").field("identity").type,
        ),
        "extras": pa.array([list(record.extras.items()) for _, _, record in rows], schema("raw").field("extras").type),
    }
    for name in _COLUMNS:
        columns[name] = [getattr(record, name) for _, _, record in rows]
    return RawTable.from_columns(columns)
