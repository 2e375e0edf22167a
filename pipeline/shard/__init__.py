"""Shard: safe records to examples, one patient bucket at a time; select among all; write them in Parquet."""

from pipeline.shard.build import build_shards, is_built
from pipeline.shard.candidates import (
    SPLITS,
    build_candidates,
    candidates_folder,
    has_candidates,
    read_counts,
    split_of,
)
from pipeline.shard.plan import ReleasePlan, read_release_plan, write_release_plan
from pipeline.shard.recipes import Recipe, load_recipes
from pipeline.shard.select import select

__all__ = [
    "SPLITS", "Recipe", "ReleasePlan", "build_candidates", "build_shards", "candidates_folder", "has_candidates",
    "is_built", "load_recipes", "read_counts", "read_release_plan", "select", "split_of", "write_release_plan",
]  # fmt: skip
