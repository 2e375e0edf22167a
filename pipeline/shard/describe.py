"""Count what examples are made of: patients, lengths, and how many fall into each class."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

CLASSES = ("sex", "age_band", "race", "codes")
NOT_STATED = "not_stated"


def describe(examples: pa.Table) -> dict[str, Any]:
    """Return the patients of some examples, the examples by length, and examples and patients by class.

    A length is given as the next power of two of tokens. An example with several codes counts for each.
    """
    return {
        "patients": pc.count_distinct(examples["patient_key"]).as_py(),
        "lengths": _lengths(examples["n_tokens"]),
        "classes": {name: _classes(examples, name) for name in CLASSES},
    }


def _lengths(tokens: pa.ChunkedArray) -> dict[str, int]:
    powers = pc.ceil(pc.log2(pc.max_element_wise(tokens, 1))).cast(pa.int64())
    counts = {entry["values"]: entry["counts"] for entry in powers.value_counts().to_pylist()}
    return {str(2**power): counts[power] for power in sorted(counts)}


def _classes(examples: pa.Table, name: str) -> dict[str, dict[str, int]]:
    values, patients = examples[name], examples["patient_key"]
    if pa.types.is_list(values.type):
        patients = patients.take(pc.list_parent_indices(values))
        values = pc.list_flatten(values)
    rows = pa.table({"class": pc.fill_null(values, NOT_STATED), "patient": patients})
    counted = rows.group_by("class").aggregate([("patient", "count"), ("patient", "count_distinct")])
    return {
        row["class"]: {"examples": row["patient_count"], "patients": row["patient_count_distinct"]}
        for row in counted.sort_by("class").to_pylist()
    }
