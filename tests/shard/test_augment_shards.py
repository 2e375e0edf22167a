"""Copies, weights and synthetic examples in the shards: in the training split alone, counted, the same every time."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import load_settings
from pipeline.context import Context, open_context
from pipeline.errors import GateError
from pipeline.records import TextTable, schema
from pipeline.release.catalog import digest
from pipeline.release.content import ShardFile
from pipeline.release.gate import check_shards
from pipeline.shard.augment.config import Augment, Synthetic
from pipeline.shard.augment.facts import FACTS, FACTS_FILE
from pipeline.shard.balance import Balance
from pipeline.shard.build import build_shards
from pipeline.shard.candidates import INDEX, parquet_bytes, split_of
from pipeline.shard.describe import describe
from pipeline.shard.recipes import Codes, Recipe
from pipeline.shard.select import select
from tests.conftest import KEY

RECIPE = Recipe(
    name="r", config="c", format="text", unit="encounter", needs=("condition",), template="{{ age }} {{ patient.sex }}",
    codes=Codes(kind="condition", system=("ICD10CM",)),
    balance=Balance(cap=40, oversample=12, weights=True),
    augment=Augment(synonyms=1, jitter=1, synthetic=Synthetic(below=9, count=6)),
)  # fmt: skip
BUCKETS = (1, 2, 3)
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RARE, COMMON = "E70.0", "I10"


def examples(context: Context) -> Iterator[dict[str, Any]]:
    """Yield examples of 90 patients, six of the training split in a rare class."""
    rare = 6
    for number in range(90):
        key = context.keys.digest("test", str(number))
        split = split_of(context.keys, key)
        rare -= split == "train"
        yield {
            "id": context.keys.digest("example", str(number)), "text": f"Case {number}: HTN and COPD, HR 74.",
            "source": "s", "kind": "encounter", "patient_key": key, "weight": 1.0, "flags": [], "entities": 0,
            "n_chars": 1, "n_tokens": 1, "policy": "p", "record_sha": "0", "split": split,
            "bucket": BUCKETS[number % 3],
            "codes": [RARE] if split == "train" and rare >= 0 else [COMMON],
        }  # fmt: skip


def built(context: Context) -> tuple[dict[int, dict[str, Any]], dict[str, bytes]]:
    """Write candidates and build the shards; return the counts by bucket, and the shards."""
    made = list(examples(context))
    folders = {}
    for bucket in BUCKETS:
        folder = folders[bucket] = f"examples/{bucket:05}/x"
        mine = sorted((one for one in made if one["bucket"] == bucket), key=lambda one: str(one["id"]))
        index = [one | {"config": "c", "recipe": "r", "said": one["id"][:16].encode()} for one in mine]
        facts = [
            {"recipe": "r", "id": one["id"], "patient_key": one["patient_key"], "policy": "p", **fact}
            for one in mine
            for fact in (
                {"kind": "unit", "code": "year", "value_text": "2026"},
                {"kind": "unit", "code": "sex", "value_text": "female"},
                {"kind": "unit", "code": "age_band", "value_text": "40-49"},
                {"kind": "condition", "code": RARE, "code_system": ICD},
            )
        ]
        for name, table in (
            ("index.parquet", pa.Table.from_pylist(index, schema=INDEX)),
            ("c.parquet", pa.Table.from_pylist(mine, schema=schema("text"))),
            (FACTS_FILE, pa.Table.from_pylist(facts, schema=schema(FACTS))),
        ):
            context.data.write_bytes(f"{folder}/{name}", parquet_bytes(table))
        counts = {"examples": {"c": len(mine)}, "dropped": {}, "records": len(mine), "entities": {}}
        context.data.write_json(f"{folder}/counts.json", counts)
    shards = select(context, folders, [RECIPE])
    counts_of = {bucket: build_shards(context, folders[bucket], [RECIPE], shards[bucket]) for bucket in BUCKETS}
    paths = [f"{shards[bucket]}/{name}" for bucket in BUCKETS for name in counts_of[bucket]["files"]]
    return counts_of, {path: context.data.read_bytes(path) for path in paths}


def rows(shards: dict[str, bytes], split: str) -> list[dict[str, Any]]:
    content = [io.BytesIO(shard) for path, shard in shards.items() if path.endswith(f"-{split}.parquet")]
    return [row for one in content for row in pq.read_table(one, schema=schema("text")).to_pylist()]


def test_the_training_split_is_balanced_augmented_and_counted(context: Context) -> None:
    counts, shards = built(context)
    train = rows(shards, "train")
    kinds = Counter(row["augmentation"] for row in train)
    # Forty of the common class stay, and six of the rare one; each of those has one more copy.
    assert 35 < kinds.pop("jitter") <= 46  # where the number drawn is too small to show, there is no copy
    assert kinds == {None: 46, "oversampled": 6, "synonyms": 46, "synthetic": 6}
    assert len({row["id"] for row in train}) == len(train)
    weights = {(*row["codes"], row["weight"]) for row in train if row["kind"] == "encounter"}
    assert weights == {(COMMON, 0.5), (RARE, 2.0)}
    kinds = Counter(row["augmentation"] for row in train)
    augmented = sum((Counter(count["augmented"]) for count in counts.values()), Counter())
    assert augmented == {f"r:{kind}": number for kind, number in kinds.items() if kind}
    dropped = sum((Counter(count["dropped"]) for count in counts.values()), Counter())
    everything = Counter(example["split"] for example in examples(context))
    assert dropped == {"r:capped": everything["train"] - 46}
    for split in ("validation", "test"):
        assert len(rows(shards, split)) == everything[split] > 0
        assert {(row["augmentation"], row["weight"]) for row in rows(shards, split)} == {(None, 1.0)}


def test_synthetic_examples_lie_in_one_bucket_and_pass_the_gate(context: Context) -> None:
    counts, shards = built(context)
    assert sorted(count["augmented"].get("r:synthetic", 0) for count in counts.values()) == [0, 0, 6]
    files = [
        ShardFile(path, path, **entry)
        for path, entry in zip(
            shards, (entry for count in counts.values() for entry in count["files"].values()), strict=True
        )
    ]
    check_shards(context, files, [RECIPE], fiction=False)


def test_the_same_examples_give_the_same_bytes(context: Context, tmp_path: Path) -> None:
    other = open_context(load_settings(KEY, phi=str(tmp_path / "phi2"), data=str(tmp_path / "data2")))
    assert built(context) == built(other)


@pytest.mark.parametrize("kind", ["synonyms", "jitter", "synthetic", "oversampled"])
@pytest.mark.parametrize("split", ["validation", "test"])
def test_the_gate_refuses_what_is_augmented_in_another_split(context: Context, split: str, kind: str) -> None:
    one = next(example for example in examples(context) if example["split"] == split)
    table = TextTable.from_rows([{**one, "augmentation": kind}])
    content = parquet_bytes(table)
    context.data.write_bytes("shards/x.parquet", content)
    file = ShardFile("shards/x.parquet", "x", "c", split, 1, 1, len(content), digest(content), **describe(table.data))
    with pytest.raises(GateError, match="augmented"):
        check_shards(context, [file], [RECIPE], fiction=False)
