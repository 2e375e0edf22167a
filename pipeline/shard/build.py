"""Write one bucket's shards: the selected examples by split, in deterministic Parquet files."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.context import Context
from pipeline.records import EXAMPLES, schema
from pipeline.shard.augment.training import more_examples
from pipeline.shard.candidates import (
    SPLITS,
    parquet_bytes,
    read_candidates,
    read_counts,
    read_index,
    remove_others,
    split_of,
)
from pipeline.shard.describe import describe
from pipeline.shard.recipes import Recipe
from pipeline.shard.refine import Refiner
from pipeline.shard.select import read_selection, read_synthetic

_MARKER = "counts.json"


def is_built(context: Context, folder: str) -> bool:
    """Tell whether a folder of shards is complete."""
    return context.data.exists(f"{folder}/{_MARKER}")


def build_shards(context: Context, candidates: str, recipes: list[Recipe], folder: str) -> dict[str, Any]:
    """Write a bucket's shards, one file for each config and split that has examples, and their counts last."""
    made, selection = read_counts(context, candidates), read_selection(context, folder)
    index = read_index(context, candidates)
    refiner = Refiner.open(context.settings)
    dropped: Counter[str] = Counter(made["dropped"])
    dropped.update(f"{row['recipe']}:{row['drop']}" for row in selection.to_pylist() if row["drop"])
    augmented: Counter[str] = Counter()
    files = {}
    for config, state in sorted({recipe.config: recipe.format for recipe in recipes}.items()):
        examples = schema(state).empty_table()
        if config in made["examples"]:
            examples = _selected(read_candidates(context, candidates, config, state).data, selection)
        splits = _splits(context, examples)
        for split in SPLITS:
            chosen = examples.filter(pc.equal(splits, split))
            if split == "train":
                of_config = [recipe for recipe in recipes if recipe.config == config]
                chosen, more, refused = _with_more(context, of_config, folder, chosen, selection, index, refiner)
                augmented.update(more)
                dropped.update(refused)
            if not len(chosen):
                continue
            content = parquet_bytes(EXAMPLES[state](chosen))
            name = f"{config}-{split}.parquet"
            context.data.write_bytes(f"{folder}/{name}", content)
            files[name] = {
                "config": config, "split": split, "examples": len(chosen), "tokens": pc.sum(chosen["n_tokens"]).as_py(),
                "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **describe(chosen),
            }  # fmt: skip
    counts = {
        "files": files,
        "dropped": dict(sorted(dropped.items())),
        "augmented": dict(sorted(augmented.items())),
        "records": made["records"],
        "entities": made["entities"],
    }
    context.data.write_json(f"{folder}/{_MARKER}", counts)
    remove_others(context, folder)
    return counts


def _selected(examples: pa.Table, selection: pa.Table) -> pa.Table:
    """Return the examples that go out, with their weights."""
    place = pc.index_in(examples["id"], value_set=selection["id"].combine_chunks())
    weight = pc.coalesce(selection["weight"].take(place), pa.scalar(1.0))
    at = examples.schema.get_field_index("weight")
    weighted = examples.set_column(at, examples.schema.field(at), weight)
    return weighted.filter(pc.is_null(selection["drop"].take(place)))


def _with_more(
    context: Context,
    recipes: list[Recipe],
    folder: str,
    examples: pa.Table,
    selection: pa.Table,
    index: pa.Table,
    refiner: Refiner,
) -> tuple[pa.Table, Counter[str], Counter[str]]:
    """Return the training examples of a config and those that are made in addition.

    These are counted by recipe and kind, and so are those of them that are refused, by recipe and reason.
    """
    more: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for recipe in recipes:
        mine = pc.is_in(examples["id"], index.filter(pc.equal(index["recipe"], recipe.name))["id"].combine_chunks())
        made = more_examples(examples.filter(mine), selection, recipe, context.keys)
        made += read_synthetic(context, folder, recipe).to_pylist()
        # A copy is a near-duplicate by intent.
        kept, reasons = refiner.refine(recipe.model_copy(update={"near_duplicates": None}), made, context.keys)
        refused.update({f"{recipe.name}:{reason}": number for reason, number in reasons.items()})
        counts.update(f"{recipe.name}:{example['augmentation']}" for example in kept)
        more += kept
    table = pa.concat_tables([examples, pa.Table.from_pylist(more, schema=examples.schema)]).sort_by("id")
    return table, counts, refused


def _splits(context: Context, examples: pa.Table) -> pa.Array:
    """Return the split of each example."""
    patients = examples["patient_key"].combine_chunks().dictionary_encode()
    splits = pa.array([split_of(context.keys, key) for key in patients.dictionary.to_pylist()], pa.string())
    return splits.take(patients.indices)
