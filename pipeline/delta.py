"""Delta tables partitioned by patient bucket: append, read, and the retry when writers collide."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from pipeline.errors import StorageError
from pipeline.storage import Zone

A = TypeVar("A")
_ATTEMPTS = 8
# So many rows are filtered at once.
_AT_ONCE = 1 << 17


def open_table(zone: Zone, name: str, version: int | None = None) -> DeltaTable | None:
    """Open a table of the zone, as it is or as it was at a version; `None` if nothing was ever written to it."""
    try:
        return DeltaTable(f"{zone.uri}/{name}", version=version)
    except TableNotFoundError:
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
    """Append rows to a table; the first append makes it."""
    retry(lambda: write_deltalake(f"{zone.uri}/{name}", rows, mode="append", partition_by=["bucket"]))


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
