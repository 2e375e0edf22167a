"""Select among the examples of all buckets: what takes a look at all of them, though at none of their texts.

What is said here of a bucket's examples is written into the folder of its shards, whose name is a digest of it: a
bucket of which nothing else is said is not written again.
"""

from __future__ import annotations

import hashlib
import io

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.shard.candidates import parquet_bytes, read_index
from pipeline.shard.recipes import Recipe

# Raise it when the same selection gives other shards than before.
CODE_VERSION = 1
# One row for each example that does not simply go out once, with weight 1: `drop` is the reason why it does not go
# out, `copies` how often it goes out beside itself.
SELECTION = pa.schema(
    [
        pa.field("config", pa.string(), nullable=False),
        pa.field("recipe", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("drop", pa.string()),
        pa.field("copies", pa.int32(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
    ]
)
_SELECTION = "selection.parquet"


def select(context: Context, candidates: dict[int, str], recipes: list[Recipe]) -> dict[int, str]:
    """Select among all examples; return for each bucket the folder, in the safe zone, of its shards."""
    tables = [
        index.append_column("bucket", pa.array([bucket] * len(index), pa.int32()))
        for bucket, folder in candidates.items()
        if len(index := read_index(context, folder))
    ]
    selected = _selected(pa.concat_tables(tables), recipes) if tables else None
    folders = {}
    for bucket, folder in candidates.items():
        said = SELECTION.empty_table()
        if selected is not None:
            said = selected.filter(pc.equal(selected["bucket"], bucket)).select(SELECTION.names).cast(SELECTION)
        content = parquet_bytes(said)
        parts = [CODE_VERSION, folder, hashlib.sha256(content).hexdigest()]
        folders[bucket] = f"shards/{bucket:05}/{hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]}"
        if not context.data.exists(f"{folders[bucket]}/{_SELECTION}"):
            context.data.write_bytes(f"{folders[bucket]}/{_SELECTION}", content)
    return folders


def read_selection(context: Context, folder: str) -> pa.Table:
    """Return what was selected of a bucket: the columns of `SELECTION`, sorted by config and id."""
    return pq.read_table(io.BytesIO(context.data.read_bytes(f"{folder}/{_SELECTION}")), schema=SELECTION)


def _selected(index: pa.Table, recipes: list[Recipe]) -> pa.Table:
    """Return the rows of `SELECTION`, with their buckets, of an index of all examples."""
    duplicates = _duplicates(index)
    return pa.table(
        {
            "bucket": duplicates["bucket"], "config": duplicates["config"], "recipe": duplicates["recipe"],
            "id": duplicates["id"], "drop": pa.array(["duplicate"] * len(duplicates), pa.string()),
            "copies": pa.array([0] * len(duplicates), pa.int32()), "weight": pa.array([1.0] * len(duplicates)),
        }
    ).sort_by([("config", "ascending"), ("id", "ascending")])  # fmt: skip


def _duplicates(index: pa.Table) -> pa.Table:
    """Return the rows of examples that say what another of their config says; the one with the smallest id stays."""
    first = index.group_by(["config", "said"]).aggregate([("id", "min")])
    kept = first.filter(pc.is_valid(first["id_min"]))["id_min"]
    # An id is the digest of recipe and unit, and so of one example only.
    return index.filter(pc.invert(pc.is_in(index["id"], kept.combine_chunks())))
