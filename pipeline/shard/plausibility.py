"""Flag what an example as a whole shows to be unlikely (`schemas/plausibility.yaml`); nothing is dropped for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pipeline.config import load_yaml
from pipeline.records import SCHEMAS


class _Expected(NamedTuple):
    """Of whom a diagnosis is likely."""

    flag: str
    sex: str | None
    least: int
    most: int


def flags(
    facts: Iterable[Mapping[str, Any]], refuted: Iterable[Mapping[str, Any]], sex: str | None, age: int | None
) -> set[str]:
    """Return the flags of facts of a patient of this sex and age in years, and of what was refuted beside them."""
    found: set[str] = set()
    codes = set()
    for row in facts:
        code = row["code"]
        if code is None:
            continue
        if row["kind"] == "condition":
            codes.add((row["code_system"], code))
            for expected in _expected(row["code_system"], code):
                other_sex = expected.sex and sex in ("female", "male") and sex != expected.sex
                if other_sex or (age is not None and not expected.least <= age <= expected.most):
                    found.add(expected.flag)
        elif row["kind"] == "observation" and row["value_number"] is not None:
            limit = _rules()["values"]["limits"].get(code)
            if limit and limit["unit"] == row["unit"] and not limit["min"] <= row["value_number"] <= limit["max"]:
                found.add(_rules()["values"]["flag"])
    if any((row["code_system"], row["code"]) in codes for row in refuted):
        found.add(_rules()["contradiction"])
    return found


@cache
def all_flags() -> frozenset[str]:
    """Return every flag that there is."""
    rules = _rules()
    ruled = {rule["flag"] for rule in (*rules["sexes"], *rules["ages"])}
    return frozenset((*ruled, rules["contradiction"], rules["values"]["flag"]))


@cache
def _rules() -> dict[str, Any]:
    return load_yaml(SCHEMAS / "plausibility.yaml")


@lru_cache(maxsize=1 << 14)
def _expected(system: str | None, code: str) -> tuple[_Expected, ...]:
    rules = _rules()
    if system not in rules["systems"]:
        return ()
    return tuple(
        _Expected(rule["flag"], rule.get("sex"), rule.get("min", 0), rule.get("max", 999))
        for rule in (*rules["sexes"], *rules["ages"])
        if any(first <= code[:3] <= (last or first) for first, _, last in (c.partition("-") for c in rule["codes"]))
    )
