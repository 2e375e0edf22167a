"""Delta tables partitioned by patient bucket: append, read, remove patients, and the retry when writers collide."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from pipeline.errors import StorageError
from pipeline.storage import Zone

A = TypeVar("A")
_ATTEMPTS = 8
_LOG = "_delta_log"
_PLACE = pa.schema([pa.field("patient_key", pa.string()), pa.field("bucket", pa.int32())])
# So many rows are filtered at once.
_AT_ONCE = 1 << 17


def open_table(zone: Zone, name: str, version: int | None = None) -> DeltaTable | None:
    """Open a table of the zone, as it is or as it was at a version; `None` if nothing was ever written to it.

    Raises `StorageError` if that version is gone.
    """
    try:
        return DeltaTable(f"{zone.uri}/{name}", version=version)
    except TableNotFoundError:
        if version is not None:
            raise StorageError(
                "the record store has lost the version of this release: start the release again"
            ) from None
        return None


def bucket_files(table: DeltaTable) -> dict[int, list[str]]:
    """Return the addresses of the data files of each bucket, buckets and files sorted."""
    files: dict[int, list[str]] = defaultdict(list)
    for uri in sorted(table.file_uris()):
        files[int(uri.rsplit("bucket=", 1)[1].partition("/")[0])].append(uri)
    return dict(sorted(files.items()))


def read_files(
    zone: Zone, name: str, files: Sequence[str], schema: pa.Schema, columns: Sequence[str] | None = None,
    where: pc.Expression | None = None,
) -> pa.Table:  # fmt: skip
    """Read data files of a table as the columns of `schema`, or some of them, and the rows for which `where` is true.

    `where` speaks of columns that are read.
    """
    # Not `DeltaTable.to_pyarrow_table`: in deltalake 1.6.6 it can abort the interpreter at exit.
    wanted = pa.schema([schema.field(column) for column in columns or schema.names])
    if not files:
        return wanted.empty_table()
    paths = [zone.fs._strip_protocol(file) for file in files]
    partitioning = ds.partitioning(pa.schema([("bucket", pa.int32())]), flavor="hive")
    dataset = ds.dataset(
        paths, schema=schema, format="parquet", filesystem=zone.fs, partitioning=partitioning,
        partition_base_dir=zone.path(name),
    )  # fmt: skip
    if where is None:
        return dataset.to_table(columns=wanted.names).cast(wanted)
    # Not as a filter of the dataset: what merges wrote are string views, which it cannot compare with strings.
    batches = dataset.to_batches(columns=wanted.names)
    return pa.concat_tables([wanted.empty_table(), *(rows.cast(wanted).filter(where) for rows in _together(batches))])


def _together(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield many small batches as tables: a filter has its cost for each."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= _AT_ONCE:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def append(zone: Zone, name: str, rows: pa.Table) -> None:
    """Append rows to a table; the first append makes it, without statistics: they would quote pseudonyms."""
    configuration = {"delta.dataSkippingNumIndexedCols": "0"}
    retry(
        lambda: write_deltalake(
            f"{zone.uri}/{name}", rows, mode="append", partition_by=["bucket"], configuration=configuration
        )
    )


def rows_of(zone: Zone, name: str, keys: Collection[str]) -> pa.Table:
    """Return `patient_key` and `bucket` of the rows of some patients."""
    table = open_table(zone, name)
    files = table.file_uris() if table else []
    return read_files(
        zone, name, sorted(files), _PLACE, None, ds.field("patient_key").isin(pa.array(sorted(keys), pa.string()))
    )


def remove_patients(zone: Zone, name: str, keys: Collection[str]) -> None:
    """Remove the rows of some patients from a table, its old files and its log.

    What was replaced before goes too, and so does the log up to now: it may quote a pseudonym. Of files that no commit
    names, as a writer that was killed leaves them, those go that hold the patients. Can be repeated after a crash.
    """
    while (found := rows_of(zone, name, keys).group_by(_PLACE.names).aggregate([])).num_rows:
        retry(partial(_delete, zone, name, found))
    table = open_table(zone, name)
    if table is None:
        return
    table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=False)
    for path in orphans(zone, name, keys):
        zone.remove(path)
    retry(lambda: _forget_log(zone, name))


def _delete(zone: Zone, name: str, rows: pa.Table) -> None:
    # Not `DeltaTable.delete`: the log would quote its condition.
    table = DeltaTable(f"{zone.uri}/{name}")
    listed = ", ".join(str(bucket) for bucket in sorted(set(rows["bucket"].to_pylist())))
    condition = f"t.bucket IN ({listed}) AND t.bucket = s.bucket AND t.patient_key = s.patient_key"
    table.merge(rows, condition, source_alias="s", target_alias="t").when_matched_delete().execute()


def orphans(zone: Zone, name: str, keys: Collection[str]) -> list[str]:
    """Return the files of a table that hold rows of some patients, or cannot be read, and are no part of it now."""
    table = open_table(zone, name)
    current = {zone.fs._strip_protocol(file) for file in table.file_uris()} if table else set()
    return [
        path
        for path in zone.find(name)
        if f"/{_LOG}/" not in path and zone.path(path) not in current and holds_patients(zone, path, keys) is not False
    ]


def holds_patients(zone: Zone, path: str, keys: Collection[str]) -> bool | None:
    """Tell whether a Parquet file has rows of some patients; `None` if it cannot be read."""
    try:
        with zone.fs.open(zone.path(path), "rb") as source, pq.ParquetFile(source) as file:
            if "patient_key" not in file.schema_arrow.names:
                return False
            column = file.read(["patient_key"])["patient_key"].cast(pa.string())
    except FileNotFoundError:
        return False
    except pa.ArrowInvalid:
        return None
    return bool(pc.any(pc.is_in(column, pa.array(sorted(keys), pa.string()))).as_py())


def _forget_log(zone: Zone, name: str) -> None:
    """Keep of the log only where the table stands now."""
    table = DeltaTable(f"{zone.uri}/{name}")
    table.create_checkpoint()
    for entry in zone.list(f"{name}/{_LOG}"):
        number = entry.split(".")[0]
        if number.isdigit() and int(number) < table.version():
            zone.remove(f"{name}/{_LOG}/{entry}")


def retry(write: Callable[[], A], sleep: Callable[[float], Any] = time.sleep) -> A:
    """Call `write` again while another writer gets in first.

    Raises `StorageError` when that happens too often.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return write()
        except CommitFailedError:
            sleep(0.05 * 2**attempt)
        except DeltaError as error:
            # Two writers that both make the table: the later one finds it there.
            if "already exists" not in str(error):
                raise StorageError(f"the Delta table cannot be written: {type(error).__name__}") from None
            sleep(0.05 * 2**attempt)
    raise StorageError("other writers kept getting in first: run this task again")
