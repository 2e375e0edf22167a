"""Build one bucket's shards: deterministic Parquet files, kept by a digest of all that they depend on."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.keys import Keys
from pipeline.records import EXAMPLES, ExampleTable, SafeTable
from pipeline.shard.recipes import Recipe, is_empty, render, written
from pipeline.shard.units import TEXTS, ExampleUnit, sorted_rows, units
from pipeline.surrogates import classes

# Raise it when the same records and recipes give other bytes than before.
CODE_VERSION = 3
SPLITS = ("train", "validation", "test")
_SHARES = (0.8, 0.9)
_MARKER = "counts.json"


def split_of(keys: Keys, patient_key: str) -> str:
    """Return the split of a patient: it never changes."""
    share = keys.fraction("split", patient_key)
    return SPLITS[sum(share >= bound for bound in _SHARES)]


def shard_folder(context: Context, bucket: int, files: list[str], recipes: list[Recipe]) -> str:
    """Return the folder, in the safe zone, of the shards that these data files and recipes give."""
    parts = [CODE_VERSION, pa.__version__, context.keys.fingerprint, bucket, files, [r.digest for r in recipes]]
    return f"shards/{bucket:05}/{hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]}"


def is_built(context: Context, folder: str) -> bool:
    """Tell whether a folder of shards is complete."""
    return context.data.exists(f"{folder}/{_MARKER}")


def read_counts(context: Context, folder: str) -> dict[str, Any]:
    """Return what was counted when the shards of a folder were built."""
    counts: dict[str, Any] = context.data.read_json(f"{folder}/{_MARKER}")
    return counts


def build_bucket(context: Context, table: SafeTable, recipes: list[Recipe], folder: str) -> dict[str, Any]:
    """Write a bucket's shards, one file for each config and split that has examples, and their counts last."""
    rows = sorted_rows(table, context.keys, recipes)
    columns: dict[tuple[str, str], list[dict[str, Any]]] = {}
    dropped: Counter[str] = Counter()
    formats = {recipe.config: recipe.format for recipe in recipes}
    seen: set[tuple[str, str, str]] = set()
    for recipe in recipes:
        for unit in units(recipe, rows):
            example = _example(context.keys, recipe, unit)
            said = "\0".join(written(example))
            key = (recipe.config, unit.patient_key, hashlib.sha256(said.encode()).hexdigest())
            if is_empty(example):
                dropped[f"{recipe.name}:empty"] += 1
            elif key in seen:
                dropped[f"{recipe.name}:duplicate"] += 1
            else:
                seen.add(key)
                columns.setdefault((recipe.config, split_of(context.keys, unit.patient_key)), []).append(example)
    files = {}
    for (config, split), examples in sorted(columns.items()):
        examples.sort(key=lambda example: example["id"])
        content = parquet_bytes(EXAMPLES[formats[config]].from_rows(examples))
        name = f"{config}-{split}.parquet"
        context.data.write_bytes(f"{folder}/{name}", content)
        files[name] = {
            "config": config, "split": split, "examples": len(examples), "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }  # fmt: skip
    counts = {
        "files": files,
        "dropped": dict(sorted(dropped.items())),
        "records": len(rows),
        "entities": _entities(table),
    }
    context.data.write_json(f"{folder}/{_MARKER}", counts)
    _forget_old(context, folder)
    return counts


def _example(keys: Keys, recipe: Recipe, unit: ExampleUnit) -> dict[str, Any]:
    example = render(recipe, unit.view)
    texts = written(example)
    days = [row["start"][:10] for row in unit.rows if row["start"]]
    shas = sorted({row["record_sha"] for row in unit.rows})
    return {
        "id": keys.digest("example", recipe.name, unit.name),
        **example,
        "source": "+".join(sorted({row["source"] for row in unit.rows})),
        "kind": recipe.unit,
        "day": max(days, default=None),
        "patient_key": unit.patient_key,
        "sex": unit.view["patient"]["sex"],
        "age_band": unit.view["age_band"],
        "race": unit.view["patient"]["race"],
        "codes": list(unit.codes),
        "weight": 1.0,
        "flags": list(unit.flags),
        "augmentation": None,
        "entities": unit.entities,
        "n_chars": sum(map(len, texts)),
        "n_tokens": sum(len(text.split()) for text in texts),
        "policy": unit.rows[0]["policy"],
        "record_sha": shas[0] if len(shas) == 1 else keys.digest("records", *shas),
    }


def parquet_bytes(table: ExampleTable) -> bytes:
    """Return examples as one Parquet file; equal tables give equal bytes."""
    sink = io.BytesIO()
    pq.write_table(table.data, sink, compression="zstd", write_page_index=True, row_group_size=20_000)
    return sink.getvalue()


def _entities(table: SafeTable) -> dict[str, int]:
    """Count what was replaced in the texts of the records, by class."""
    counts: Counter[str] = Counter()
    for name in TEXTS:
        for text in table.data[name].drop_null().to_pylist():
            counts.update(classes(text))
    return dict(sorted(counts.items()))


def _forget_old(context: Context, folder: str) -> None:
    """Remove shards of the bucket that no release will ask for again; releases have files of their own."""
    parent, name = folder.rsplit("/", 1)
    for old in context.data.list(parent):
        if old != name:
            context.data.remove(f"{parent}/{old}")
