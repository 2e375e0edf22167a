"""The record store: a Delta table of safe records, one row for a record of a patient, the newest version wins.

Versions are counted from an anchor of the patient and cannot be compared between two of them. Where a record has come
under two patients, both rows stay until the sweep, which can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
# A bucket with more files is made anew as one: each costs about a millisecond whenever the bucket is looked at.
_MANY = 8
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
    first = pa.concat_arrays([pa.array([True] * min(1, len(rows)), pa.bool_()), others])
    return SafeTable(rows.filter(first)), len(rows) - (pc.sum(first).as_py() or 0)


class RecordStore:
    """The record store of one safe zone: as it is, or as it was at a version of the Delta table."""

    def __init__(self, context: Context, version: int | None = None) -> None:
        self._zone = context.data
        self._version = version
        self._known: dict[int, list[str]] | None = None

    @property
    def version(self) -> int | None:
        """Return the version of the Delta table; `None` while there is none."""
        table = open_table(self._zone, _NAME, self._version)
        return table.version() if table else None

    @property
    def snapshot(self) -> list[str] | None:
        """Return the files that the store consists of; `None` if it is not that of one version."""
        return None if self._version is None else [file for files in self._files().values() for file in files]

    def files(self, bucket: int) -> list[str]:
        """Return the addresses of a bucket's data files; they change when, and only when, its content does."""
        return self._files().get(bucket, [])

    def buckets(self) -> list[int]:
        """Return the buckets that hold records."""
        return list(self._files())

    def _files(self) -> dict[int, list[str]]:
        """Return the data files of each bucket. Those of one version stay the same, and are looked up once."""
        if self._known is None or self._version is None:
            table = open_table(self._zone, _NAME, self._version)
            self._known = bucket_files(table) if table else {}
        return self._known

    def read(self, buckets: Sequence[int]) -> SafeTable:
        """Return all records of some buckets."""
        return SafeTable(self.columns(buckets, None).replace_schema_metadata(schema("safe").metadata))

    def columns(
        self, buckets: Sequence[int], names: Sequence[str] | None, where: pc.Expression | None = None
    ) -> pa.Table:
        """Return some columns of the records of some buckets that hold `where`."""
        known = self._files()
        files = [file for bucket in buckets for file in known.get(bucket, ())]
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

    def compact(self) -> int:
        """Make one file of the many that nights have left in some buckets; return in how many buckets.

        Only a bucket to which something came since the last time can have too many: no other one's files change.
        """
        many = [bucket for bucket, files in self._files().items() if len(files) > _MANY]
        if many:
            retry(lambda: self._compact_once(many))
        return len(many)

    def _compact_once(self, buckets: Sequence[int]) -> None:
        table = open_table(self._zone, _NAME)
        if table is not None:
            table.optimize.compact(partition_filters=[("bucket", "in", [str(bucket) for bucket in buckets])])

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
        known = bucket_files(target)
        files = [file for bucket in _buckets(table.data) for file in known.get(bucket, ())]
        mine = ds.field("record_id").isin(table.data["record_id"].combine_chunks())
        present = read_files(self._zone, _NAME, files, schema("safe"), _RANK, mine)
        outcomes = _outcomes(table.data.select(_RANK), present)
        winners = table.data.filter(pc.is_in(outcomes, pa.array(["inserted", "updated"])))
        if winners.num_rows:
            (
                # A store that was made before a column was added gets it.
                target.merge(winners, _same_row(winners), source_alias="s", target_alias="t", merge_schema=True)
                .when_matched_update_all()
                .when_not_matched_insert_all()
                .execute()
            )
        counts = {entry["values"]: entry["counts"] for entry in outcomes.value_counts().to_pylist()}
        return Merge(**counts)

    def _drop_once(self, rows: pa.Table) -> None:
        table = open_table(self._zone, _NAME)
        if table is not None:
            condition = f"{_same_row(rows)} AND t.safe_sha = s.safe_sha"
            table.merge(rows, condition, source_alias="s", target_alias="t").when_matched_delete().execute()


def _buckets(rows: pa.Table) -> list[int]:
    return sorted(rows["bucket"].unique().to_pylist())


def _same_row(rows: pa.Table) -> str:
    """Return the condition of a merge with rows, with their buckets in full, so that other files are left alone."""
    return f"t.bucket IN ({', '.join(map(str, _buckets(rows)))}) AND {_SAME_ROW}"


def _outcomes(rows: pa.Table, present: pa.Table) -> pa.Array:
    """Say of each row what becomes of it beside the row of the same key that is present: a name of `Merge`."""
    order = rows.select(list(_KEY)).append_column("row", pa.array(range(len(rows)), pa.int64()))
    stored = present.append_column("stored", pa.array([True] * len(present), pa.bool_()))
    stored = order.join(stored, list(_KEY), join_type="left outer").sort_by("row")
    is_new = pc.is_null(stored["stored"])
    newer, same = pa.array([False] * len(rows), pa.bool_()), pc.invert(is_new)
    for name in ("version", "deleted", "record_sha"):
        mine, theirs = (pc.is_valid(t[name]).cast(pa.int8()) if name == "deleted" else t[name] for t in (rows, stored))
        newer = pc.or_(newer, pc.and_(same, pc.fill_null(pc.greater(mine, theirs), False)))
        same = pc.and_(same, pc.fill_null(pc.equal(mine, theirs), False))
    content = pc.fill_null(pc.equal(rows["safe_sha"], stored["safe_sha"]), False)
    outcomes = pc.if_else(pc.or_(newer, same), pc.if_else(pc.and_(same, content), "unchanged", "updated"), "stale")
    return pc.if_else(is_new, "inserted", outcomes).combine_chunks()
