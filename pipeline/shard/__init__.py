"""Shard: safe records to examples in Parquet, one patient bucket at a time."""

from pipeline.shard.build import SPLITS, build_bucket, is_built, read_counts, shard_folder, split_of
from pipeline.shard.recipes import Recipe, load_recipes

__all__ = ["SPLITS", "Recipe", "build_bucket", "is_built", "load_recipes", "read_counts", "shard_folder", "split_of"]
