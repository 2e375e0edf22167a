"""Select among the examples of all buckets: what takes a look at all of them, though at none of their texts.

What is said here of a bucket's examples is written into the folder of its shards, whose name is a digest of it: a
bucket of which nothing else is said is not written again.
"""

from __future__ import annotations

import hashlib
import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.keys import Keys
from pipeline.records import EXAMPLES, schema
from pipeline.shard.augment.rare import synthetic_examples
from pipeline.shard.balance import balance
from pipeline.shard.candidates import INDEX, parquet_bytes, read_index
from pipeline.shard.recipes import Recipe

# Raise it when the same selection gives other shards than before.
CODE_VERSION = 3
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
_SYNTHETIC = "-synthetic.parquet"


def select(context: Context, candidates: dict[int, str], recipes: list[Recipe]) -> dict[int, str]:
    """Select among all examples; return for each bucket the folder, in the safe zone, of its shards."""
    tables = [
        index.append_column("bucket", pa.array([bucket] * len(index), pa.int32()))
        for bucket, folder in candidates.items()
        if len(index := read_index(context, folder))
    ]
    if not tables:
        tables = [INDEX.empty_table().append_column("bucket", pa.array([], pa.int32()))]
    index = pa.concat_tables(tables)
    selected = _selected(index, recipes, context.keys)
    dropped = selected.filter(pc.is_valid(selected["drop"]))["id"].combine_chunks()
    kept = index.filter(pc.invert(pc.is_in(index["id"], dropped)))
    synthetic = synthetic_examples(context, candidates, kept, recipes)
    formats = {recipe.name: recipe.format for recipe in recipes}
    folders = {}
    for bucket, folder in candidates.items():
        said = selected.filter(pc.equal(selected["bucket"], bucket)).select(SELECTION.names).cast(SELECTION)
        files = {
            f"{name}{_SYNTHETIC}": parquet_bytes(EXAMPLES[formats[name]].from_rows(made))
            for name, made in sorted(synthetic.get(bucket, {}).items())
            if made
        }
        # The selection is written last: it says that what else there is, is whole.
        files[_SELECTION] = parquet_bytes(said)
        parts = [CODE_VERSION, folder, [[name, hashlib.sha256(content).hexdigest()] for name, content in files.items()]]
        folders[bucket] = f"shards/{bucket:05}/{hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]}"
        if not context.data.exists(f"{folders[bucket]}/{_SELECTION}"):
            for name, content in files.items():
                context.data.write_bytes(f"{folders[bucket]}/{name}", content)
    return folders


def read_synthetic(context: Context, folder: str, recipe: Recipe) -> pa.Table:
    """Return the synthetic examples of a recipe that a bucket got."""
    path, columns = f"{folder}/{recipe.name}{_SYNTHETIC}", schema(recipe.format)
    if not context.data.exists(path):
        return columns.empty_table()
    return EXAMPLES[recipe.format](pq.read_table(io.BytesIO(context.data.read_bytes(path)), schema=columns)).data


def read_selection(context: Context, folder: str) -> pa.Table:
    """Return what was selected of a bucket: the columns of `SELECTION`, sorted by config and id."""
    return pq.read_table(io.BytesIO(context.data.read_bytes(f"{folder}/{_SELECTION}")), schema=SELECTION)


def _selected(index: pa.Table, recipes: list[Recipe], keys: Keys) -> pa.Table:
    """Return the rows of `SELECTION`, with their buckets, of an index of all examples."""
    duplicate = _is_duplicate(index)
    said = [_with(index.filter(duplicate), "duplicate", 0, 1.0)]
    rest = index.filter(pc.invert(duplicate))
    for recipe in recipes:
        if recipe.balance:
            balanced = balance(rest, recipe, keys)
            usual = pc.and_(pc.equal(balanced["copies"], 0), pc.equal(balanced["weight"], 1.0))
            balanced = balanced.filter(pc.invert(pc.and_(balanced["kept"], usual)))
            reason = pc.if_else(balanced["kept"], pa.scalar(None, pa.string()), "capped")
            said.append(_with(balanced, reason, balanced["copies"], balanced["weight"]))
    return pa.concat_tables(said).sort_by([("config", "ascending"), ("id", "ascending")])


def _with(rows: pa.Table, drop: Any, copies: Any, weight: Any) -> pa.Table:
    """Return what is said of some rows of an index: of each the same, or a column."""
    columns = {name: rows[name] for name in ("bucket", "config", "recipe", "id")}
    for name, value in (("drop", drop), ("copies", copies), ("weight", weight)):
        kind = SELECTION.field(name).type
        whole = isinstance(value, (pa.Array, pa.ChunkedArray))
        columns[name] = value.cast(kind) if whole else pa.array([value] * len(rows), kind)
    return pa.table(columns)


def _is_duplicate(index: pa.Table) -> pa.ChunkedArray:
    """Tell which examples say what another of their config says; the one with the smallest id stays."""
    first = index.group_by(["config", "said"]).aggregate([("id", "min")])["id_min"]
    # An id is the digest of recipe and unit, and so of one example only.
    return pc.invert(pc.is_in(index["id"], first.combine_chunks()))
