"""What a release holds: the shards of every bucket, and the manifest that describes them.

The manifest depends on the records, the recipes, the policy and the key alone. It names no time and no order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow as pa

from pipeline import __version__
from pipeline.context import Context
from pipeline.ledger import Ledger
from pipeline.shard import CLASSES, SPLITS, Recipe, Refiner, ReleasePlan, add_classes, add_counts, read_counts

FORMAT = 2


@dataclass(frozen=True, slots=True)
class ShardFile:
    """One shard: where it was built, relative to the safe zone, and where it goes, relative to the release."""

    built: str
    path: str
    config: str
    split: str
    examples: int
    tokens: int
    bytes: int
    sha256: str
    patients: int
    lengths: dict[str, int]
    classes: dict[str, dict[str, dict[str, int]]]


def shard_files(context: Context, plan: ReleasePlan) -> list[ShardFile]:
    """Return the shards of all buckets, sorted by path."""
    total = context.settings.buckets
    files = []
    for bucket, folder in plan.folders.items():
        for name, entry in read_counts(context, folder)["files"].items():
            path = f"{entry['config']}/{entry['split']}/{entry['split']}-{bucket:05}-of-{total:05}.parquet"
            files.append(ShardFile(f"{folder}/{name}", path, **entry))
    return sorted(files, key=lambda file: file.path)


def release_day(ledgers: Iterable[Ledger]) -> str:
    """Return the latest day of which something was committed."""
    return max(ledger.day for ledger in ledgers if not ledger.refused)


def make_manifest(
    context: Context, plan: ReleasePlan, files: list[ShardFile], recipes: list[Recipe], policy: str
) -> dict[str, Any]:
    """Return the manifest of a release."""
    counts = [read_counts(context, folder) for folder in plan.folders.values()]
    configs: dict[str, Any] = {}
    for recipe in recipes:
        config = configs.setdefault(recipe.config, {"format": recipe.format, "recipes": {}, "splits": {}})
        config["recipes"][recipe.name] = recipe.digest
    for split, held in groupby(sorted(files, key=_place), key=_place):
        configs[split[0]]["splits"][split[1]] = describe_split(list(held))
    return {
        "format": FORMAT,
        "chartmill": __version__,
        "pyarrow": pa.__version__,
        "day": release_day(plan.ledgers),
        "policy": policy,
        "key_fingerprint": context.keys.fingerprint,
        "buckets": context.settings.buckets,
        "records": sum(count["records"] for count in counts),
        "configs": {name: config for name, config in sorted(configs.items()) if config["splits"]},
        "entities": add_counts([count["entities"] for count in counts]),
        "dropped": add_counts([count["dropped"] for count in counts]),
        "augmented": add_counts([count["augmented"] for count in counts]),
        **Refiner.open(context.settings).described,
        "sources": [ledger.as_dict() for ledger in plan.ledgers],
    }


def _place(file: ShardFile) -> tuple[str, str]:
    return file.config, file.split


def describe_split(files: list[ShardFile]) -> dict[str, Any]:
    """Return what the manifest says of a split. A patient is in one bucket only, so that patients add up."""
    return {
        "examples": sum(file.examples for file in files),
        "tokens": sum(file.tokens for file in files),
        "patients": sum(file.patients for file in files),
        "bytes": sum(file.bytes for file in files),
        "lengths": dict(sorted(add_counts(file.lengths for file in files).items(), key=lambda length: int(length[0]))),
        "classes": {name: add_classes(file.classes[name] for file in files) for name in CLASSES},
        "files": [
            {"path": file.path, "examples": file.examples, "tokens": file.tokens, "bytes": file.bytes,
             "sha256": file.sha256}
            for file in sorted(files, key=lambda file: file.path)
        ],
    }  # fmt: skip


def examples_by_split(manifest: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the number of examples by config and split."""
    return {
        name: {split: config["splits"].get(split, {}).get("examples", 0) for split in SPLITS}
        for name, config in manifest["configs"].items()
    }
