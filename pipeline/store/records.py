"""The record store: a Delta table of safe records, one row for a record of a patient, the newest version wins.

Versions are counted from an anchor of the patient and cannot be compared between two of them. Where a record has come
under two patients, both rows stay until the sweep, which can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from pipeline.context import Context
from pipeline.delta import bucket_files, open_table, read_files, retry
from pipeline.records import SafeTable, schema

_NAME = "records"
_KEY = ("record_id", "patient_key")
_RANK = [*_KEY, "version", "deleted", "record_sha", "safe_sha"]
_SAME_ROW = "t.bucket = s.bucket AND t.record_id = s.record_id AND t.patient_key = s.patient_key"


@dataclass(frozen=True, slots=True)
class Merge:
    """What a commit did: rows that were new, newer, the same, or older than what the store had."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0


def newest(tables: Iterable[SafeTable]) -> tuple[SafeTable, int]:
    """Return one row for a record of a patient, the newest version of each, and how many rows that left out."""
    rows = pa.concat_tables([SafeTable.from_rows([]).data, *(table.data for table in tables)])
    deleted = pc.is_valid(rows["deleted"]).cast(pa.int8())
    order = pc.sort_indices(
        rows.append_column("is_deleted", deleted),
        [*((name, "ascending") for name in _KEY), ("version", "descending"), ("is_deleted", "descending"),
         ("record_sha", "descending"), ("file_id", "ascending"), ("position", "ascending")],
    )  # fmt: skip
    rows = rows.take(order)
    keys = [rows[name].combine_chunks() for name in _KEY]
    others = pc.or_(*(pc.not_equal(key[1:], key[:-1]) for key in keys))
    first = pa.array([True] * min(1, len(rows)) + others.to_pylist(), pa.bool_())
    return SafeTable(rows.filter(first)), len(rows) - (pc.sum(first).as_py() or 0)


class RecordStore:
    """The record store of one safe zone: as it is, or as it was at a version of the Delta table."""

    def __init__(self, context: Context, version: int | None = None) -> None:
        self._zone = context.data
        self._version = version

    @property
    def version(self) -> int | None:
        """Return the version of the Delta table; `None` while there is none."""
        table = self._table()
        return table.version() if table else None

    def files(self, bucket: int) -> list[str]:
        """Return the addresses of a bucket's data files; they change when, and only when, its content does."""
        table = self._table()
        return bucket_files(table, [bucket]) if table else []

    def buckets(self) -> list[int]:
        """Return the buckets that hold records."""
        table = self._table()
        return sorted({int(b["bucket"]) for b in table.partitions()}) if table else []

    def _table(self) -> DeltaTable | None:
        return open_table(self._zone, _NAME, self._version)

    def read(self, buckets: Sequence[int]) -> SafeTable:
        """Return all records of some buckets."""
        return SafeTable(self.columns(buckets, None).replace_schema_metadata(schema("safe").metadata))

    def columns(
        self, buckets: Sequence[int], names: Sequence[str] | None, where: pc.Expression | None = None
    ) -> pa.Table:
        """Return some columns of the records of some buckets that hold `where`."""
        table = self._table()
        files = bucket_files(table, buckets) if table else []
        return read_files(self._zone, _NAME, files, schema("safe"), names, where)

    def merge(self, table: SafeTable) -> Merge:
        """Bring rows into the store: each wins over an older version of the same record.

        Where versions are equal a deletion wins, then the larger digest of the record, and of the same record the row
        that is written last, so that the outcome does not depend on the order of commits. A row that would change
        nothing is not written. Raises `StorageError` while other writers keep getting in first.
        """
        rows, _ = newest([table])
        return retry(lambda: self._merge_once(rows))

    def drop(self, rows: SafeTable) -> None:
        """Take rows out of the store; one that has changed since it was read stays.

        Raises `StorageError` while other writers keep getting in first.
        """
        if len(rows):
            retry(lambda: self._drop_once(rows.data.select(["bucket", *_KEY, "safe_sha"])))

    def forget_replaced(self) -> int:
        """Remove the files that sweeps and newer versions replaced; return how many.

        They hold records as they were before a late identifier was found in them. Files of commits that are under
        way are left alone.
        """
        table = open_table(self._zone, _NAME)
        if table is None:
            return 0
        return len(table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=False))

    def _merge_once(self, table: SafeTable) -> Merge:
        if not len(table):
            return Merge()
        # The table is made empty: of two writers that both make it with rows, the later one would append its own.
        target = DeltaTable.create(
            f"{self._zone.uri}/{_NAME}",
            table.data.schema,
            mode="ignore",
            partition_by=["bucket"],
            # The log outlives what a sweep removes: it must not quote the least and greatest text.
            configuration={"delta.dataSkippingStatsColumns": "record_id,version"},
        )
        touched = sorted(set(table.data["bucket"].to_pylist()))
        mine = ds.field("record_id").isin(table.data["record_id"].to_pylist())
        present = read_files(self._zone, _NAME, bucket_files(target, touched), schema("safe"), _RANK, mine)
        stored = {_key(row): row for row in present.to_pylist()}
        outcomes = [_outcome(row, stored.get(_key(row))) for row in table.data.select(_RANK).to_pylist()]
        winners = table.data.filter(pa.array([outcome in ("inserted", "updated") for outcome in outcomes]))
        if winners.num_rows:
            (
                # A store that was made before a column was added gets it.
                target.merge(winners, _same_row(winners), source_alias="s", target_alias="t", merge_schema=True)
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .execute()
            )
        return Merge(**{name: outcomes.count(name) for name in Merge.__slots__})

    def _drop_once(self, rows: pa.Table) -> None:
        table = open_table(self._zone, _NAME)
        if table is not None:
            condition = f"{_same_row(rows)} AND t.safe_sha = s.safe_sha"
            table.merge(rows, condition, source_alias="s", target_alias="t").when_matched_delete().execute()


def _same_row(rows: pa.Table) -> str:
    """Return the condition of a merge with rows, with their buckets in full, so that other files are left alone."""
    listed = ", ".join(str(bucket) for bucket in sorted(set(rows["bucket"].to_pylist())))
    return f"t.bucket IN ({listed}) AND {_SAME_ROW}"


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in _KEY)


def _outcome(row: dict[str, Any], stored: dict[str, Any] | None) -> str:
    if stored is None:
        return "inserted"
    rank, held = ((one["version"], one["deleted"] is not None, one["record_sha"]) for one in (row, stored))
    if rank < held:
        return "stale"
    return "unchanged" if rank == held and row["safe_sha"] == stored["safe_sha"] else "updated"
