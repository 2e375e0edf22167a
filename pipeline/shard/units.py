"""Group a bucket's records into the units that recipes speak of, in the order in which things happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.keys import Keys
from pipeline.records import SafeTable, schema
from pipeline.shard import plausibility
from pipeline.shard.note_types import note_type
from pipeline.shard.recipes import Recipe, Where
from pipeline.shard.sections import by_name
from pipeline.shard.templates import PATIENT, PLURALS
from pipeline.surrogates import classes, readable

Row = dict[str, Any]

_DROPPED_STATUS = ("entered-in-error", "cancelled", "deleted", "D", "W", "X")
# What was denied, is only planned, or is a relative's is no fact of the patient, and so in no list of them.
_NO_FACT = frozenset(("refuted", "not-done", "planned", "draft"))
_NO_FACT_OF_PATIENT = {
    "condition": frozenset(("family-history",)),
    "procedure": frozenset((
        "order", "original-order", "reflex-order", "filler-order", "instance-order", "plan", "proposal", "directive",
        "option",
    )),
}  # fmt: skip
_KINDS = {plural: kind for kind, plural in PLURALS.items()}
_ONCE = frozenset(("condition", "medication", "allergy", "procedure", "immunization"))
_ADULT, _OLD = 18, 90
TEXTS = ("display", "value_text", "title", "text")
# Columns that units are made of, whatever their recipe.
_ALWAYS = frozenset((
    "source", "record_id", "kind", "patient_key", "encounter_key", "version", "sequence", "start", "code",
    "code_system", "display", "category", "status", "value_number", "comparator", "unit", "value_text", "title", "text",
    *PATIENT, "birth_date", "flags", "policy", "record_sha",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExampleUnit:
    """What one example is made of: a stable name, its records, and the view of them that templates get.

    `codes` are its classes, `flags` codes of what may be wrong in it, `entities` the identifiers replaced in it.
    """

    name: str
    patient_key: str
    rows: tuple[Row, ...]
    view: dict[str, Any]
    codes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def entities(self) -> int:
        """Return how many identifiers were replaced in its texts."""
        return sum(row["entities"] for row in self.rows)


def sorted_rows(table: SafeTable, keys: Keys, recipes: Iterable[Recipe] | None = None) -> list[Row]:
    """Return the records in order of time, those withdrawn by their sender left out; ties go by id.

    Their texts stand as people read them; `entities` is how many identifiers were replaced in each. With `recipes`
    they have the columns that these need, and no other.
    """
    needed = None if recipes is None else _ALWAYS.union(*(recipe.columns for recipe in recipes))
    status = pc.fill_null(table.data["status"], "")
    live = pc.and_(pc.is_null(table.data["deleted"]), pc.invert(pc.is_in(status, pa.array(_DROPPED_STATUS))))
    data = table.data.select([name for name in table.data.schema.names if needed is None or name in needed])
    data = data.filter(live)
    data = data.sort_by([(name, "ascending") for name in ("patient_key", "sequence", "record_id")])
    lists = {name: data[name].to_pylist() for name in data.schema.names}
    entities = [0] * len(data)
    for name in TEXTS:
        texts = lists[name]
        for at, text in enumerate(texts):
            if text and "[" in text:
                entities[at] += sum(1 for _ in classes(text))
            if text and not text.isascii():
                texts[at] = readable(text, keys)
    lists["entities"] = entities
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]


def units(recipe: Recipe, rows: list[Row], left_out: Counter[str] | None = None) -> Iterator[ExampleUnit]:
    """Yield the units of a recipe that have what it needs and pass its filters, by name.

    Those that are left out are counted in `left_out` by reason: `needs:KIND`, `needs_any`, `where:FILTER`.
    """
    where, chart = recipe.where, _Chart.of(rows)
    reasons: Counter[str] = Counter() if left_out is None else left_out
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    without: dict[tuple[str, str], str] = {}
    by = {"note": "record_id", "encounter": "encounter_key", "patient": "patient_key"}[recipe.unit]
    only_notes, filters, judges_notes = recipe.unit == "note", where != Where(), where.judges_notes
    for row in rows:
        is_note = row["kind"] == "note"
        if (only_notes and not (is_note and row["text"])) or not row[by]:
            continue
        reason = _source_or_note(where, row) if where.source or (is_note and judges_notes) else None
        key = (row[by], row["patient_key"])
        if reason is None:
            groups[key].append(row)
        else:
            without.setdefault(key, reason)
    reasons.update(without[key] for key in without.keys() - groups.keys())
    for (name, patient_key), members in sorted(groups.items()):
        unit = _Unit(recipe, members, chart)
        reason = unit.missing() or (unit.outside(where) if filters else None)
        if reason:
            reasons[reason] += 1
            continue
        codes = tuple(recipe.codes.classes(unit.facts)) if recipe.codes else ()
        yield ExampleUnit(
            f"{name}|{patient_key}", patient_key, tuple(members), unit.view(recipe.uses.names), codes, unit.flags()
        )


@dataclass(frozen=True, slots=True)
class _Chart:
    """What is known of patients, and the categories of encounters."""

    patients: dict[str, Row]
    categories: dict[tuple[str, str], set[str]]

    @classmethod
    def of(cls, rows: list[Row]) -> _Chart:
        by_key: dict[str, list[Row]] = defaultdict(list)
        categories: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            if row["kind"] == "patient":
                by_key[row["patient_key"]].append(row)
            elif row["kind"] == "encounter" and row["encounter_key"] and row["category"]:
                categories[row["patient_key"], row["encounter_key"]].add(row["category"].lower())
        return cls({key: _merged(members) for key, members in by_key.items()}, categories)


@dataclass(slots=True)
class _Unit:
    """The records of one unit, judged and shown."""

    recipe: Recipe
    members: list[Row]
    chart: _Chart
    patient: Row = field(init=False)
    facts: list[Row] = field(init=False)
    years: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.patient = self.chart.patients.get(self.members[0]["patient_key"], {})
        self.facts = [row for row in self.members if _is_fact(row)]
        self.years = _years(self.patient.get("birth_date"), [row["start"] for row in self.members if row["start"]])

    def missing(self) -> str | None:
        """Return the reason to leave the unit out, if it has not what its recipe needs."""
        needs, needs_any = self.recipe.needs, self.recipe.needs_any
        if not needs and not needs_any:
            return None
        kinds = {row["kind"] for row in self.facts} | {_type(row) for row in self.facts if row["kind"] == "note"}
        for name in needs:
            if name not in kinds:
                return f"needs:{name}"
        return None if not needs_any or kinds.intersection(needs_any) else "needs_any"

    def outside(self, where: Where) -> str | None:
        """Return the filter that the unit does not pass, if there is one."""
        patient = self.patient
        if where.category and not self._categories().intersection(map(str.lower, where.category)):
            return "where:category"
        if where.sex and patient.get("sex") not in where.sex:
            return "where:sex"
        if where.race and (patient.get("race") or "").lower() not in map(str.lower, where.race):
            return "where:race"
        if where.age and not where.age.holds(self.years):
            return "where:age"
        if where.year:
            years = [int(row["start"][:4]) for row in self.members if row["start"]]
            if not where.year.holds(max(years, default=None)):
                return "where:year"
        if where.code and not any(row["code"] and row["code"].startswith(where.code) for row in self.facts):
            return "where:code"
        return None

    def _categories(self) -> set[str]:
        keys = {(row["patient_key"], row["encounter_key"]) for row in self.members}
        return set().union(*(self.chart.categories.get(key, set()) for key in keys))

    def flags(self) -> tuple[str, ...]:
        """Return the flags of its records, and those of the unit as a whole."""
        found = {flag for row in self.members for flag in row["flags"] or ()}
        if self.recipe.unit != "note":
            refuted = [row for row in self.members if row["kind"] == "condition" and row["status"] == "refuted"]
            found |= plausibility.flags(self.facts, refuted, self.patient.get("sex"), self.years)
        return tuple(sorted(found))

    def view(self, names: frozenset[str]) -> dict[str, Any]:
        """Return what the recipe's templates name, and who the patient is."""
        view: dict[str, Any] = {
            "patient": {name: self.patient.get(name) for name in PATIENT},
            "age": _age(self.years),
            "age_band": _age_band(self.years),
        }
        for plural in names & _KINDS.keys():
            view[plural] = self._shown(self._of_kind(_KINDS[plural]))
        if "encounter" in names:
            view["encounter"] = self._shown([_merged(self._of_kind("encounter"))])[0]
        if "note" in names:
            view["note"] = next(iter(self._shown(self._of_kind("note")[:1])), None)
        if "timeline" in names:
            view["timeline"] = self._shown([row for row in self.facts if row["kind"] != "patient"])
        if "visits" in names:
            view["visits"] = [visit.view(self.recipe.uses.of_visits) for visit in self._visits()]
        return view

    def _of_kind(self, kind: str) -> list[Row]:
        rows = [row for row in self.facts if row["kind"] == kind]
        if kind in _ONCE:
            return _distinct(rows)
        return (
            _distinct(rows, "sequence", "comparator", "value_number", "value_text") if kind == "observation" else rows
        )

    def _shown(self, rows: list[Row]) -> list[Row]:
        """Return rows with the columns that the templates name, and no other."""
        columns = self.recipe.uses.columns
        shown = [{name: row[name] for name in columns if name in row} for row in rows]
        for made, row in zip(shown, rows, strict=True):
            if row["kind"] != "note":
                continue
            if "type" in columns:
                made["type"] = _type(row)
            if "sections" in columns:
                made["sections"] = by_name(row["text"] or "")
        return shown

    def _visits(self) -> list[_Unit]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.members:
            if row["encounter_key"]:
                groups[row["encounter_key"]].append(row)
        return [_Unit(self.recipe, rows, self.chart) for rows in groups.values()]


def _type(row: Row) -> str:
    return note_type(row["code"], row["title"], row["category"])


def _source_or_note(where: Where, row: Row) -> str | None:
    """Return the filter for which a record does not count, if there is one."""
    if where.source and row["source"] not in where.source:
        return "where:source"
    if row["kind"] != "note":
        return None
    if where.note_type and _type(row) not in where.note_type:
        return "where:note_type"
    if where.title and not any(word.lower() in (row["title"] or "").lower() for word in where.title):
        return "where:title"
    size = len(row["text"] or "")
    if size < where.min_chars:
        return "where:min_chars"
    return "where:max_chars" if where.max_chars is not None and size > where.max_chars else None


def facts(rows: Iterable[Row]) -> list[Row]:
    """Return the records that say something of the patient as a fact."""
    return [row for row in rows if _is_fact(row)]


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
    merged: Row = dict.fromkeys(schema("safe").names)
    for row in sorted(rows, key=lambda row: (row["version"], row["record_id"])):
        merged.update({name: value for name, value in row.items() if value is not None})
    return merged


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
