"""Make examples of safe rows in one step."""

from collections import Counter
from typing import Any

from pipeline.config import load_settings
from pipeline.keys import Keys
from pipeline.records import SafeTable
from pipeline.shard.recipes import Recipe, load_recipes, render, written
from pipeline.shard.units import ExampleUnit, sorted_rows, units

KEYS = Keys(b"k" * 32)
RECIPES = {recipe.name: recipe for recipe in load_recipes(load_settings())}
LOINC, ICD10, SNOMED = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"


def recipe(**fields: Any) -> Recipe:
    """Return a recipe with only what a test speaks of."""
    return Recipe.model_validate(
        {"name": "r", "config": "c", "format": "text", "unit": "note", "template": "x"} | fields
    )


def units_of(made: Recipe, rows: list[dict[str, Any]], left_out: Counter[str] | None = None) -> list[ExampleUnit]:
    """Return the units that a recipe finds in safe rows."""
    return list(units(made, sorted_rows(SafeTable.from_rows(rows), KEYS, [made]), left_out))


def examples(made: Recipe, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a recipe's templates make of safe rows."""
    return [render(made, unit.view) for unit in units_of(made, rows)]


def texts(made: Recipe, rows: list[dict[str, Any]]) -> list[str]:
    """Return all that the examples of a recipe say, one text an example."""
    return ["\n".join(written(example)) for example in examples(made, rows)]
