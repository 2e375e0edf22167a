"""What goes into the training split of a bucket beside the examples that records give."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.keys import Keys
from pipeline.shard.augment.copies import augmented
from pipeline.shard.balance import oversampled
from pipeline.shard.recipes import Recipe


def more_examples(examples: pa.Table, selection: pa.Table, recipe: Recipe, keys: Keys) -> list[dict[str, Any]]:
    """Return the whole and the changed copies of a recipe's examples of the training split.

    `selection` says in `copies` how often an `id` goes out once more.
    """
    copies = {row["id"]: row["copies"] for row in selection.select(["id", "copies"]).to_pylist() if row["copies"]}
    if recipe.augment is None:
        examples = examples.filter(pc.is_in(examples["id"], pa.array(list(copies), pa.string())))
    more: list[dict[str, Any]] = []
    for example in examples.to_pylist():
        more += oversampled(example, copies.get(example["id"], 0), keys)
        more += augmented(example, recipe, keys)
    return more
