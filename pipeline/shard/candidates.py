"""Make the examples of one bucket: all that its records give, before anything is selected among all buckets."""

from __future__ import annotations

import hashlib
import io
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.keys import Keys
from pipeline.records import EXAMPLES, ExampleTable, SafeTable, schema
from pipeline.shard.augment.facts import FACTS, FACTS_FILE, facts_of
from pipeline.shard.recipes import Recipe, is_empty, render, written
from pipeline.shard.refine import Refiner
from pipeline.shard.units import TEXTS, ExampleUnit, sorted_rows, units
from pipeline.surrogates import classes

# Raise it when the same records and recipes give other examples than before.
CODE_VERSION = 1
SPLITS = ("train", "validation", "test")
INDEX = pa.schema(
    [
        pa.field("config", pa.string(), nullable=False),
        pa.field("recipe", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("patient_key", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("said", pa.binary(16), nullable=False),  # digest of all that the example says
        pa.field("codes", pa.list_(pa.string()), nullable=False),
    ]
)
_SHARES = (0.8, 0.9)
_COUNTS = "counts.json"
_INDEX = "index.parquet"


@lru_cache(maxsize=1 << 14)
def split_of(keys: Keys, patient_key: str) -> str:
    """Return the split of a patient: it never changes."""
    share = keys.fraction("split", patient_key)
    return SPLITS[sum(share >= bound for bound in _SHARES)]


def candidates_folder(context: Context, bucket: int, files: list[str], recipes: list[Recipe]) -> str:
    """Return the folder, in the safe zone, of the examples that these data files, recipes and settings give."""
    settings = Refiner.open(context.settings).described
    parts = [
        CODE_VERSION,
        pa.__version__,
        context.keys.fingerprint,
        bucket,
        files,
        [r.digest for r in recipes],
        settings,
    ]
    return f"examples/{bucket:05}/{hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]}"


def has_candidates(context: Context, folder: str) -> bool:
    """Tell whether a folder of examples is complete."""
    return context.data.exists(f"{folder}/{_COUNTS}")


def build_candidates(context: Context, table: SafeTable, recipes: list[Recipe], folder: str) -> dict[str, Any]:
    """Write a bucket's examples, one file for each config, their index, and their counts last; return these."""
    rows, refiner = sorted_rows(table, context.keys, recipes), Refiner.open(context.settings)
    examples: dict[str, list[dict[str, Any]]] = defaultdict(list)
    index: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    dropped: Counter[str] = Counter()
    for recipe in recipes:
        kept, reasons = make_examples(context.keys, recipe, rows, refiner, facts)
        dropped.update({f"{recipe.name}:{why}": n for why, n in reasons.items() if not why.startswith("needs")})
        if kept:
            examples[recipe.config] += kept
        index += [_entry(context.keys, recipe, example) for example in kept]
    formats = {recipe.config: recipe.format for recipe in recipes}
    for config, made in examples.items():
        made.sort(key=lambda example: example["id"])
        context.data.write_bytes(f"{folder}/{config}.parquet", parquet_bytes(EXAMPLES[formats[config]].from_rows(made)))
    context.data.write_bytes(f"{folder}/{_INDEX}", parquet_bytes(pa.Table.from_pylist(index, schema=INDEX)))
    if facts:
        coded = pa.Table.from_pylist(facts, schema=schema(FACTS))
        context.data.write_bytes(f"{folder}/{FACTS_FILE}", parquet_bytes(coded))
    counts = {
        "examples": {config: len(made) for config, made in sorted(examples.items())},
        "dropped": dict(sorted(dropped.items())),
        "records": len(rows),
        "entities": _entities(table),
    }
    context.data.write_json(f"{folder}/{_COUNTS}", counts)
    remove_others(context, folder)
    return counts


def read_counts(context: Context, folder: str) -> dict[str, Any]:
    """Return what was counted when the files of a folder were made."""
    counts: dict[str, Any] = context.data.read_json(f"{folder}/{_COUNTS}")
    return counts


def read_index(context: Context, folder: str) -> pa.Table:
    """Return the index of a bucket's examples: the columns of `INDEX`."""
    return pq.read_table(io.BytesIO(context.data.read_bytes(f"{folder}/{_INDEX}")), schema=INDEX)


def read_candidates(context: Context, folder: str, config: str, state: str) -> ExampleTable:
    """Return a bucket's examples of a config, in order of their ids."""
    content = context.data.read_bytes(f"{folder}/{config}.parquet")
    table = pq.read_table(io.BytesIO(content))
    return EXAMPLES[state](table)


def make_examples(
    keys: Keys, recipe: Recipe, rows: list[dict[str, Any]], refiner: Refiner, facts: list[dict[str, Any]] | None = None
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Return the examples that a recipe makes of records, and how many units give none, by reason.

    `facts` gets the coded facts of training examples, if the recipe makes synthetic ones of them.
    """
    made, left_out = [], Counter[str]()
    wants_facts = facts is not None and recipe.augment is not None and recipe.augment.synthetic is not None
    for unit in units(recipe, rows, left_out):
        example = example_of(keys, recipe, unit)
        if is_empty(example):
            left_out["empty"] += 1
            continue
        made.append(example)
        if facts is not None and wants_facts and split_of(keys, unit.patient_key) == "train":
            facts += facts_of(recipe.name, example["id"], unit)
    kept, reasons = refiner.refine(recipe, made, keys)
    return kept, left_out + reasons


def example_of(keys: Keys, recipe: Recipe, unit: ExampleUnit) -> dict[str, Any]:
    """Return the example that a recipe makes of a unit, before it is refined."""
    example = render(recipe, unit.view)
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
        # Until it is refined.
        "n_chars": 0,
        "n_tokens": 0,
        "policy": unit.rows[0]["policy"],
        "record_sha": shas[0] if len(shas) == 1 else keys.digest("records", *shas),
    }


def _entry(keys: Keys, recipe: Recipe, example: dict[str, Any]) -> dict[str, Any]:
    """Return what the index says of an example."""
    return {
        "config": recipe.config, "recipe": recipe.name, "id": example["id"], "patient_key": example["patient_key"],
        "split": split_of(keys, example["patient_key"]), "codes": example["codes"],
        "said": hashlib.sha256("\0".join(written(example)).encode()).digest()[:16],
    }  # fmt: skip


# A reader that skips to some rows finds groups of about this many bytes, before compression.
_GROUP_BYTES = 16 * 1024 * 1024


def parquet_bytes(table: ExampleTable | pa.Table) -> bytes:
    """Return a table as one Parquet file; equal tables give equal bytes."""
    rows = table if isinstance(table, pa.Table) else table.data
    sink = io.BytesIO()
    group = max(1, _GROUP_BYTES * len(rows) // max(1, rows.nbytes))
    pq.write_table(rows, sink, compression="zstd", write_page_index=True, row_group_size=group)
    return sink.getvalue()


def _entities(table: SafeTable) -> dict[str, int]:
    """Count what was replaced in the texts of the records, by class."""
    counts: Counter[str] = Counter()
    for name in TEXTS:
        for text in table.data[name].drop_null().to_pylist():
            counts.update(classes(text))
    return dict(sorted(counts.items()))


def remove_others(context: Context, folder: str) -> None:
    """Remove what was made of the bucket before: no release will ask for it again, they have files of their own."""
    parent, name = folder.rsplit("/", 1)
    for old in context.data.list(parent):
        if old != name:
            context.data.remove(f"{parent}/{old}")
