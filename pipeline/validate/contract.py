"""Check `safe` rows against their contract with pandera; nothing is repaired."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa_check
from pandera.errors import SchemaErrors

from pipeline.records import SafeTable, contract
from pipeline.residue import residue_free

TEXTS = ("display", "value_text", "title", "text")


def _column(name: str, rules: dict[str, Any]) -> pa_check.Column:
    checks = []
    if "isin" in rules:
        checks.append(pa_check.Check.isin(rules["isin"], name="isin"))
    if "pattern" in rules:
        checks.append(pa_check.Check.str_matches(f"^(?:{rules['pattern']})$", name="pattern"))
    if "min" in rules:
        checks.append(pa_check.Check.ge(rules["min"], name="min"))
    if name in TEXTS:
        checks.append(pa_check.Check(residue_free, element_wise=True, name="residue"))
    if rules.get("type") == "double":
        checks.append(pa_check.Check(lambda number: abs(number) < 1e9, element_wise=True, name="finite"))
    return pa_check.Column(checks=checks, nullable=rules.get("nullable", True))


@cache
def _schema() -> pa_check.DataFrameSchema:
    return pa_check.DataFrameSchema({name: _column(name, rules) for name, rules in contract("safe").items()})


def broken_rows(table: SafeTable) -> dict[int, str]:
    """Return the rows that break the contract, each with the check and column it broke first."""
    frame = table.data.to_pandas(types_mapper=pd.ArrowDtype)
    try:
        _schema().validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return {}
    broken: dict[int, str] = {}
    for column, check, row in zip(cases["column"], cases["check"], cases["index"], strict=True):
        # pandera writes some checks with their arguments; the name in front is all that is wanted.
        reason = f"{re.split('[^a-z_]', str(check))[0] or 'contract'}:{column}"
        broken.setdefault(int(row), reason)
    return broken
