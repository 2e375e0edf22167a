"""Count what examples are made of: patients, lengths, and how many fall into each class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

CLASSES = ("sex", "age_band", "race", "codes")
NOT_STATED = "not_stated"
# The kind of an example that nobody's records say.
SYNTHETIC = "synthetic"


def describe(examples: pa.Table) -> dict[str, Any]:
    """Return the patients of some examples, the examples by length, and examples and patients by class.

    A length is given as the next power of two of tokens. An example with several codes counts for each, and a
    synthetic one for no patient: nobody should take a few patients for many.
    """
    return {
        "patients": len(patients_of(examples)),
        "lengths": _lengths(examples["n_tokens"]),
        "classes": {name: _classes(examples, name) for name in CLASSES},
    }


def patients_of(examples: pa.Table) -> pa.Array:
    """Return the distinct keys of the patients that there are."""
    return pc.unique(_patients(examples).drop_null().combine_chunks())


def _patients(examples: pa.Table) -> pa.ChunkedArray:
    """Return the patient key of each example; null for a synthetic one."""
    return pc.if_else(pc.equal(examples["kind"], SYNTHETIC), pa.scalar(None, pa.string()), examples["patient_key"])


def add_classes(counts: Iterable[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Add up examples and patients by class."""
    total: dict[str, dict[str, int]] = {}
    for count in counts:
        for name, numbers in count.items():
            total[name] = add_counts([total.get(name, {}), numbers])
    return dict(sorted(total.items()))


def add_counts(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Add up counts by name."""
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return dict(sorted(total.items()))


def _lengths(tokens: pa.ChunkedArray) -> dict[str, int]:
    powers = pc.ceil(pc.log2(pc.max_element_wise(tokens, 1))).cast(pa.int64())
    counts = {entry["values"]: entry["counts"] for entry in powers.value_counts().to_pylist()}
    return {str(2**power): counts[power] for power in sorted(counts)}


def _classes(examples: pa.Table, name: str) -> dict[str, dict[str, int]]:
    values, patients = examples[name], _patients(examples)
    if pa.types.is_list(values.type):
        patients = patients.take(pc.list_parent_indices(values))
        values = pc.list_flatten(values)
    rows = pa.table({"class": pc.fill_null(values, NOT_STATED), "patient": patients})
    counted = rows.group_by("class").aggregate([([], "count_all"), ("patient", "count_distinct")])
    return {
        row["class"]: {"examples": row["count_all"], "patients": row["patient_count_distinct"]}
        for row in counted.sort_by("class").to_pylist()
    }
