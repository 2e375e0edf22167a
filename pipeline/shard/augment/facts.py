"""The coded facts of one example: what distributions of a class are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.shard.units import ExampleUnit, facts

# Its columns are those of `schemas/augment/facts.yaml`.
FACTS = "augment/facts"
# Beside a bucket's examples; no config has a hyphen in its name.
FACTS_FILE = "coded-facts.parquet"
_CODED = ("condition", "medication", "allergy", "procedure", "immunization")
_WHAT = ("kind", "code_system", "code", "display")
_RESULT = ("unit", "value_number", "value_text", "reference_low", "reference_high")
# A longer result is no category but prose.
_LONGEST_RESULT = 40


def facts_of(recipe: str, name: str, unit: ExampleUnit) -> Iterator[dict[str, Any]]:
    """Yield the facts of the example `name` of a recipe: what is coded, without doses, bounds and notes."""
    base = {"recipe": recipe, "id": name, "patient_key": unit.patient_key, "policy": unit.rows[0]["policy"]}
    years = [row["start"][:4] for row in unit.rows if row["start"]]
    said = {
        "sex": unit.view["patient"]["sex"],
        "age_band": unit.view["age_band"],
        "category": next((row["category"] for row in unit.rows if row["kind"] == "encounter"), None),
        "year": max(years, default=None),
    }
    for code, value in said.items():
        if value:
            yield base | {"kind": "unit", "code": code, "value_text": value}
    for row in facts(unit.rows):
        if row["kind"] in _CODED and row["code"]:
            yield base | {column: row[column] for column in _WHAT}
        elif row["kind"] == "observation" and row["code"] and _is_result(row):
            yield base | {column: row.get(column) for column in (*_WHAT, *_RESULT)}


def _is_result(row: dict[str, Any]) -> bool:
    return not row["comparator"] and len(row["value_text"] or "") <= _LONGEST_RESULT
