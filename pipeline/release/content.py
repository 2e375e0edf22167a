"""What a release holds: the shards of every bucket, and the manifest that describes them.

The manifest depends on the records, the recipes, the policy and the key alone. It names no time and no order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa

from pipeline import __version__
from pipeline.context import Context
from pipeline.ledger import Ledger
from pipeline.shard import SPLITS, Recipe, ReleasePlan, read_counts

FORMAT = 1


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
    for file in files:
        splits = configs[file.config]["splits"]
        split = splits.setdefault(file.split, {"examples": 0, "tokens": 0, "bytes": 0, "files": []})
        split["examples"] += file.examples
        split["tokens"] += file.tokens
        split["bytes"] += file.bytes
        split["files"].append(
            {"path": file.path, "examples": file.examples, "bytes": file.bytes, "sha256": file.sha256}
        )
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
        "sources": [ledger.as_dict() for ledger in plan.ledgers],
    }


def add_counts(counts: list[dict[str, int]]) -> dict[str, int]:
    """Add up counts by name."""
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return dict(sorted(total.items()))


def to_bytes(document: dict[str, Any]) -> bytes:
    """Return a document as JSON; equal documents give equal bytes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file, as hex."""
    return hashlib.sha256(content).hexdigest()


def examples_by_split(manifest: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the number of examples by config and split."""
    return {
        name: {split: config["splits"].get(split, {}).get("examples", 0) for split in SPLITS}
        for name, config in manifest["configs"].items()
    }
