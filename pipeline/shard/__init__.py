"""Shard: safe records to examples, one patient bucket at a time; select among all; write them in Parquet."""

from pipeline.shard.build import build_shards, is_built
from pipeline.shard.candidates import (
    SPLITS,
    build_candidates,
    candidates_folder,
    example_of,
    has_candidates,
    read_counts,
    split_of,
)
from pipeline.shard.plan import ReleasePlan, read_release_plan, write_release_plan
from pipeline.shard.recipes import Recipe, is_empty, load_recipes, written
from pipeline.shard.select import select
from pipeline.shard.units import sorted_rows, units

__all__ = [
    "SPLITS", "Recipe", "ReleasePlan", "build_candidates", "build_shards", "candidates_folder", "example_of",
    "has_candidates", "is_built", "is_empty", "load_recipes", "read_counts", "read_release_plan", "select",
    "sorted_rows", "split_of", "units", "write_release_plan", "written",
]  # fmt: skip
