"""Shard: safe records to examples, one patient bucket at a time; select among all; write them in Parquet."""

from pipeline.shard.build import build_shards, is_built
from pipeline.shard.candidates import (
    SPLITS,
    build_candidates,
    candidates_folder,
    has_candidates,
    make_examples,
    parquet_bytes,
    read_counts,
    split_of,
)
from pipeline.shard.describe import (
    CLASSES,
    NOT_STATED,
    SYNTHETIC,
    add_classes,
    add_counts,
    describe,
    patients_of,
)
from pipeline.shard.plan import ReleasePlan, drop_release_plan, has_release_plan, read_release_plan, write_release_plan
from pipeline.shard.recipes import Recipe, load_recipes
from pipeline.shard.refine import Refiner
from pipeline.shard.select import select
from pipeline.shard.units import sorted_rows

__all__ = [
    "CLASSES", "NOT_STATED", "SPLITS", "SYNTHETIC", "Recipe", "Refiner", "ReleasePlan", "add_classes", "add_counts",
    "build_candidates", "build_shards", "candidates_folder", "describe", "drop_release_plan", "has_candidates",
    "has_release_plan", "is_built", "load_recipes", "make_examples", "parquet_bytes", "patients_of", "read_counts",
    "read_release_plan", "select", "sorted_rows", "split_of", "write_release_plan",
]  # fmt: skip
