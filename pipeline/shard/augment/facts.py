"""The coded facts of one example: what distributions of a class are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.shard.units import ExampleUnit

# Its columns are those of `schemas/augment/facts.yaml`.
FACTS = "augment/facts"
# Beside a bucket's examples; no config has a hyphen in its name.
FACTS_FILE = "coded-facts.parquet"
_LISTS = ("conditions", "medications", "allergies", "procedures", "immunizations", "observations")
_COPIED = ("kind", "code_system", "code", "display", "unit", "value_number", "value_text", "reference_low",
           "reference_high")  # fmt: skip


def facts_of(recipe: str, name: str, unit: ExampleUnit) -> Iterator[dict[str, Any]]:
    """Yield the facts of the example `name` of a recipe: what is coded, and no bound of a value, no note and no day."""
    base = {"recipe": recipe, "id": name, "patient_key": unit.patient_key, "policy": unit.rows[0]["policy"]}
    view = unit.view
    said = {"sex": view["patient"]["sex"], "age_band": view["age_band"], "category": view["encounter"]["category"]}
    for code, value in said.items():
        if value:
            kind = "encounter" if code == "category" else "patient"
            yield base | {"kind": kind, "code": code, "value_text": value}
    for row in (row for name in _LISTS for row in view[name]):
        if row["code"] and not row["comparator"]:
            yield base | {name: row[name] for name in _COPIED}
