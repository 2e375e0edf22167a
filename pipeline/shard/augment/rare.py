"""Find the rare classes of a release, and place their synthetic examples in its buckets."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.records import schema
from pipeline.shard.augment.facts import FACTS, FACTS_FILE
from pipeline.shard.augment.synthetic import synthesize
from pipeline.shard.recipes import Recipe

Placed = dict[int, dict[str, list[dict[str, Any]]]]


def synthetic_examples(context: Context, candidates: dict[int, str], index: pa.Table, recipes: list[Recipe]) -> Placed:
    """Return the synthetic examples of all recipes that ask for any, by bucket and recipe.

    `index` holds the examples that go out, with their buckets. All of a class go to one bucket, so that a record of
    the class touches no other; which one follows from the class alone, while no bucket gets its first record.
    """
    buckets = sorted(candidates)
    placed: Placed = defaultdict(lambda: defaultdict(list))
    for recipe in recipes:
        for code, rows in rare_classes(index, recipe).items():
            facts = _facts(context, candidates, recipe, rows)
            bucket = buckets[context.keys.number("synthetic", recipe.name, code) % len(buckets)]
            placed[bucket][recipe.name] += synthesize(facts, code, recipe, context.keys)
    return placed


def rare_classes(index: pa.Table, recipe: Recipe) -> dict[str, pa.Table]:
    """Return the training examples (`id, bucket`) of each class that has few of them, though of enough patients."""
    plan = recipe.augment.synthetic if recipe.augment else None
    if plan is None:
        return {}
    mine = index.filter(pc.and_(pc.equal(index["recipe"], recipe.name), pc.equal(index["split"], "train")))
    codes = mine["codes"].combine_chunks()
    rows = mine.select(["id", "bucket", "patient_key"]).take(pc.list_parent_indices(codes))
    rows = rows.append_column("code", pc.list_flatten(codes))
    sizes = rows.group_by("code").aggregate([("id", "count_distinct"), ("patient_key", "count_distinct")])
    few = pc.less(sizes["id_count_distinct"], plan.below)
    enough = pc.greater_equal(sizes["patient_key_count_distinct"], plan.patients)
    rare = sorted(sizes.filter(pc.and_(few, enough))["code"].to_pylist())
    return {code: rows.filter(pc.equal(rows["code"], code)) for code in rare}


def _facts(context: Context, candidates: dict[int, str], recipe: Recipe, rows: pa.Table) -> list[dict[str, Any]]:
    wanted = (pc.field("recipe") == recipe.name) & pc.field("id").isin(rows["id"].to_pylist())
    facts: list[dict[str, Any]] = []
    for bucket in sorted(set(rows["bucket"].to_pylist())):
        path = f"{candidates[bucket]}/{FACTS_FILE}"
        if context.data.exists(path):
            content = io.BytesIO(context.data.read_bytes(path))
            facts += pq.read_table(content, schema=schema(FACTS), filters=wanted).to_pylist()
    return facts
