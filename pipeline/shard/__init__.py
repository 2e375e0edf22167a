"""Shard: safe records to examples in Parquet, one patient bucket at a time."""

from pipeline.shard.build import SPLITS, build_bucket, is_built, read_counts, shard_folder, split_of
from pipeline.shard.plan import ReleasePlan, read_release_plan, write_release_plan
from pipeline.shard.recipes import Recipe, load_recipes

__all__ = [
    "SPLITS", "Recipe", "ReleasePlan", "build_bucket", "is_built", "load_recipes", "read_counts", "read_release_plan",
    "shard_folder", "split_of", "write_release_plan",
]  # fmt: skip
