"""Group a bucket's records into the units that recipes speak of, in the order in which things happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.keys import Keys
from pipeline.records import SafeTable
from pipeline.shard.recipes import Recipe
from pipeline.surrogates import classes, readable

Row = dict[str, Any]

_PLURALS = {
    "condition": "conditions", "observation": "observations", "medication": "medications", "procedure": "procedures",
    "allergy": "allergies", "immunization": "immunizations", "note": "notes", "encounter": "encounters",
}  # fmt: skip
_DROPPED_STATUS = frozenset(("entered-in-error", "cancelled", "deleted", "D", "W", "X"))
# What was denied, is only planned, or is a relative's is no fact of the patient, and so in no list of them.
_NO_FACT = frozenset(("refuted", "not-done", "planned", "draft"))
_NO_FACT_OF_PATIENT = {
    "condition": frozenset(("family-history",)),
    "procedure": frozenset((
        "order", "original-order", "reflex-order", "filler-order", "instance-order", "plan", "proposal", "directive",
        "option",
    )),
}  # fmt: skip
_ADULT, _OLD = 18, 90
TEXTS = ("display", "value_text", "title", "text")


@dataclass(frozen=True, slots=True)
class ExampleUnit:
    """What one example is made of: a stable name, its records, and the view of them that templates get."""

    name: str
    patient_key: str
    rows: tuple[Row, ...]
    view: dict[str, Any]


def sorted_rows(table: SafeTable, keys: Keys) -> list[Row]:
    """Return the records in order of time, those withdrawn by their sender left out; ties go by id.

    Their texts stand as people read them; `entities` says how many identifiers were replaced in them.
    """
    rows = [row for row in table.data.to_pylist() if not row["deleted"] and row["status"] not in _DROPPED_STATUS]
    for row in rows:
        texts = {name: row[name] for name in TEXTS if row[name]}
        row["entities"] = sum(1 for text in texts.values() for _ in classes(text))
        row.update({name: readable(text, keys) for name, text in texts.items()})
    return sorted(
        rows, key=lambda row: (row["patient_key"], row["sequence"] is None, row["sequence"] or 0, row["record_id"])
    )


def units(recipe: Recipe, rows: list[Row]) -> Iterator[ExampleUnit]:
    """Yield the units of a recipe that have what it needs."""
    patients = _merged_patients(rows)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        name = {"note": row["record_id"], "encounter": row["encounter_key"], "patient": row["patient_key"]}[recipe.unit]
        if name and (recipe.unit != "note" or (row["kind"] == "note" and row["text"])):
            groups[name, row["patient_key"]].append(row)
    for (name, patient_key), members in sorted(groups.items()):
        kinds = {row["kind"] for row in members if _is_fact(row)}
        if kinds.issuperset(recipe.needs) and (not recipe.needs_any or kinds.intersection(recipe.needs_any)):
            patient = patients.get(patient_key, {})
            yield ExampleUnit(f"{name}|{patient_key}", patient_key, tuple(members), _view(members, patient))


def _view(members: list[Row], patient: Row) -> dict[str, Any]:
    view: dict[str, Any] = {plural: [] for plural in _PLURALS.values()}
    for row in members:
        if row["kind"] in _PLURALS and _is_fact(row):
            view[_PLURALS[row["kind"]]].append(row)
    for kind in ("condition", "medication", "allergy", "procedure", "immunization"):
        view[_PLURALS[kind]] = _distinct(view[_PLURALS[kind]])
    view["observations"] = _distinct(view["observations"], "sequence", "comparator", "value_number", "value_text")
    view["patient"] = {"sex": patient.get("sex"), "race": patient.get("race"), "ethnicity": patient.get("ethnicity")}
    view["encounter"] = _merged([row for row in members if row["kind"] == "encounter"])
    view["note"] = next((row for row in members if row["kind"] == "note"), None)
    years = _years(patient.get("birth_date"), [row["start"] for row in members if row["start"]])
    view["age"], view["age_band"] = _age(years), _age_band(years)
    return view


def _is_fact(row: Row) -> bool:
    if row["kind"] in ("note", "encounter"):
        return True
    return row["status"] not in _NO_FACT and row["category"] not in _NO_FACT_OF_PATIENT.get(row["kind"], ())


def _distinct(rows: list[Row], *more: str) -> list[Row]:
    """Return the rows of distinct facts: feeds tell the same one more than once."""
    seen: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        what = (row["code_system"], row["code"]) if row["code"] else (None, row["display"])
        seen.setdefault((*what, *(row[name] for name in more)), row)
    return list(seen.values())


def _merged(rows: list[Row]) -> Row:
    """Return one row of several on the same thing: for each column the latest value that there is."""
    merged: Row = {"category": None, "title": None, "status": None}
    for row in sorted(rows, key=lambda row: (row["version"], row["record_id"])):
        merged.update({name: value for name, value in row.items() if value is not None})
    return merged


def _merged_patients(rows: list[Row]) -> dict[str, Row]:
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "patient":
            by_key[row["patient_key"]].append(row)
    return {key: _merged(members) for key, members in by_key.items()}


def _years(birth: str | None, starts: list[str]) -> int | None:
    """Return an age in whole years from two years; it may be off by one. `_OLD` is that and over."""
    if not birth or (birth != "90+" and not starts):
        return None
    years = _OLD if birth == "90+" else int(max(starts)[:4]) - int(birth[:4])
    # A birth year is stored as it was when it was exported: whoever had not turned 90 then may have since.
    return None if years < 0 else min(years, _OLD)


def _age(years: int | None) -> str | None:
    if years is None:
        return None
    if years >= _OLD:
        return "aged 90 or over"
    return f"about {years} years old" if years >= _ADULT else f"child, about {years} years old"


def _age_band(years: int | None) -> str | None:
    if years is None:
        return None
    return "90+" if years >= _OLD else f"{years // 10 * 10}-{years // 10 * 10 + 9}"
