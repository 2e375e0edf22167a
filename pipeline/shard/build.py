"""Write one bucket's shards: the selected examples by split, in deterministic Parquet files."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.context import Context
from pipeline.records import EXAMPLES
from pipeline.shard.candidates import (
    SPLITS,
    parquet_bytes,
    read_candidates,
    read_counts,
    remove_others,
    split_of,
)
from pipeline.shard.recipes import Recipe
from pipeline.shard.select import read_selection

_MARKER = "counts.json"


def is_built(context: Context, folder: str) -> bool:
    """Tell whether a folder of shards is complete."""
    return context.data.exists(f"{folder}/{_MARKER}")


def build_shards(context: Context, candidates: str, recipes: list[Recipe], folder: str) -> dict[str, Any]:
    """Write a bucket's shards, one file for each config and split that has examples, and their counts last."""
    made, selection = read_counts(context, candidates), read_selection(context, folder)
    dropped: Counter[str] = Counter(made["dropped"])
    formats = {recipe.config: recipe.format for recipe in recipes}
    files = {}
    for config in made["examples"]:
        examples = read_candidates(context, candidates, config, formats[config]).data
        said = selection.filter(pc.equal(selection["config"], config))
        out = said.filter(pc.is_valid(said["drop"]))
        dropped.update(f"{row['recipe']}:{row['drop']}" for row in out.select(["recipe", "drop"]).to_pylist())
        examples = examples.filter(pc.invert(pc.is_in(examples["id"], out["id"].combine_chunks())))
        splits = _splits(context, examples)
        for split in SPLITS:
            chosen = examples.filter(pc.equal(splits, split))
            if not len(chosen):
                continue
            content = parquet_bytes(EXAMPLES[formats[config]](chosen))
            name = f"{config}-{split}.parquet"
            context.data.write_bytes(f"{folder}/{name}", content)
            files[name] = {
                "config": config, "split": split, "examples": len(chosen), "tokens": pc.sum(chosen["n_tokens"]).as_py(),
                "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
            }  # fmt: skip
    counts = {
        "files": files,
        "dropped": dict(sorted(dropped.items())),
        "records": made["records"],
        "entities": made["entities"],
    }
    context.data.write_json(f"{folder}/{_MARKER}", counts)
    remove_others(context, folder)
    return counts


def _splits(context: Context, examples: pa.Table) -> pa.Array:
    """Return the split of each example."""
    patients = examples["patient_key"].combine_chunks().dictionary_encode()
    splits = pa.array([split_of(context.keys, key) for key in patients.dictionary.to_pylist()], pa.string())
    return splits.take(patients.indices)
