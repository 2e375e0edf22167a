"""Write the normalized records of files as JSON lines, to look at or to test with. PHI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from fsspec.implementations.local import LocalFileSystem

from pipeline.config import SourceConfig
from pipeline.context import Context
from pipeline.errors import ConfigError
from pipeline.ingest.columns import raw_table
from pipeline.ingest.connector import Connector, SourceFile
from pipeline.ingest.plan import plan_files
from pipeline.ingest.read import FileCounts, open_files, read_file
from pipeline.ingest.registry import load_connector
from pipeline.normalize.date_order import find_orders
from pipeline.normalize.records import normalize_table
from pipeline.records import RawTable, RecordTable
from pipeline.storage import whole_file


@dataclass(slots=True)
class Exported:
    """The counts of an export: units of all files, records written, records that normalize refused."""

    files: int = 0
    units: FileCounts = field(default_factory=FileCounts)
    records: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    whole: int = 0

    def add(self, counts: FileCounts) -> None:
        """Add the counts of one file."""
        self.files += 1
        self.units += counts
        self.whole += any(reason.startswith("file_") for reason in counts.rejected)


def export_records(context: Context, source: SourceConfig, path: str, out: Path, day: date) -> Exported:
    """Read a file, a folder or a glob as `source` says; write a line for each record, owner-only.

    A line is an object with the columns of `record`: times as ISO 8601, `identity` as a list of `{"type", "value"}`,
    `extras` as an object. Raises `ConfigError` if there are no files, or if `out` is in the safe zone.
    """
    if isinstance(context.data.fs, LocalFileSystem) and out.resolve().is_relative_to(Path(context.data.root).resolve()):
        raise ConfigError("records hold PHI and may not go into the safe zone (CHARTMILL_DATA): give another --out")
    # The path is what the caller typed: braces in it stand for themselves.
    literal = source.model_copy(update={"path": path.replace("{", "{{").replace("}", "}}")})
    files = open_files(file for part in plan_files(context, literal, day) for file in part)
    exported = Exported()
    with whole_file(out, private=True) as sink:
        for table in _tables(context, source, files, day, exported):
            exported.records += len(table)
            sink.writelines(orjson.dumps(row) + b"\n" for row in rows(table))
    return exported


def rows(table: RecordTable) -> Iterator[dict[str, Any]]:
    """Yield each record as JSON takes it."""
    for row in table.data.to_pylist():
        yield row | {"extras": dict(row["extras"])}


def _tables(
    context: Context, source: SourceConfig, files: dict[str, SourceFile], day: date, exported: Exported
) -> Iterator[RecordTable]:
    connector = load_connector(source)
    for file_id, file in files.items():
        orders = (
            {}
            if source.date_order
            else find_orders(raw.data for raw in _raw(connector, source, file_id, file, FileCounts()))
        )
        counts = FileCounts()
        for raw in _raw(connector, source, file_id, file, counts):
            table, refused = normalize_table(raw, source, day.isoformat(), context.keys, orders)
            exported.refused.update(one.reason for one in refused)
            yield table
        counts.check(file_id)
        exported.add(counts)


def _raw(
    connector: Connector, source: SourceConfig, file_id: str, file: SourceFile, counts: FileCounts
) -> Iterator[RawTable]:
    for batch in read_file(connector, file, counts, source.exclude):
        if batch.rows:
            yield raw_table(source.name, file_id, batch)
