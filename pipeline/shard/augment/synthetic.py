"""Make synthetic examples of rare classes, of what several of their patients have in common.

What a synthetic patient has is drawn from how often the patients of the class have it, each thing for itself, and
values from mean and deviation over patients. Nothing counts that fewer than `patients` of the class have: no code, no
display text, no sex, no age band, no value. The template of the recipe makes the text.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from pipeline.keys import Keys
from pipeline.records import schema
from pipeline.shard.augment.analytes import analyte_named, analytes
from pipeline.shard.augment.jitter import PULSE_PRESSURE
from pipeline.shard.candidates import example_of, split_of
from pipeline.shard.describe import SYNTHETIC
from pipeline.shard.recipes import Recipe, written
from pipeline.shard.units import units

Draw = Callable[[str], float]
Row = dict[str, Any]

# A draw may lack what the recipe needs, or say what another says: so many are made at most for each that is wanted.
_TRIES = 4
# It has no day: the year that its records say only makes its age.
_MARKS = {"kind": SYNTHETIC, "augmentation": SYNTHETIC, "source": SYNTHETIC, "day": None}
_NORMAL = statistics.NormalDist()
_DEVIATIONS = 2.0


@dataclass(slots=True)
class _Variant:
    """One way in which the patients of a class have a code: a unit, or a value in words."""

    unit: str | None
    value_text: str | None
    numbers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    displays: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    references: dict[tuple[float | None, float | None], set[str]] = field(default_factory=lambda: defaultdict(set))
    patients: set[str] = field(default_factory=set)

    def add(self, fact: Row) -> None:
        patient = fact["patient_key"]
        self.patients.add(patient)
        if fact["value_number"] is not None:
            self.numbers[patient].append(fact["value_number"])
        if fact["display"]:
            self.displays[fact["display"]].add(patient)
        self.references[fact["reference_low"], fact["reference_high"]].add(patient)


Distribution = dict[tuple[str, str, str], list[_Variant]]


def distribution(facts: list[Row], fewest: int) -> Distribution:
    """Return, by kind, code system and code, the variants that at least `fewest` patients have."""
    found: dict[tuple[str, str, str], dict[tuple[str, str], _Variant]] = defaultdict(dict)
    for fact in facts:
        key = (fact["kind"], fact["code_system"] or "", fact["code"])
        variant = (fact["unit"] or "", fact["value_text"] or "")
        found[key].setdefault(variant, _Variant(fact["unit"], fact["value_text"])).add(fact)
    common = {
        key: [variant for _, variant in sorted(variants.items()) if len(variant.patients) >= fewest]
        for key, variants in sorted(found.items())
    }
    return {key: variants for key, variants in common.items() if variants}


def synthesize(facts: list[Row], code: str, recipe: Recipe, keys: Keys) -> list[Row]:
    """Return the synthetic examples of a class from the facts of its training examples.

    There are none if the class has too few patients, and fewer than asked for if draws lack what the recipe needs.
    """
    plan = recipe.augment.synthetic if recipe.augment else None
    patients = {fact["patient_key"] for fact in facts}
    if plan is None or len(patients) < plan.patients:
        return []
    common, policy = distribution(facts, plan.patients), min(fact["policy"] for fact in facts)
    examples: list[Row] = []
    said: set[tuple[str, ...]] = set()
    for number in range(plan.count * _TRIES):
        name = f"{recipe.name}|{code}|{number}"
        draw = partial(keys.fraction, "synthetic", name)
        drawn = list(_drawn(common, len(patients), plan.patients, draw))
        # What holds for records holds for these: the recipe decides whether they are an example, and of which classes.
        for unit in units(recipe, _records(name, drawn, policy, draw, keys)):
            example = example_of(keys, recipe, unit)
            texts = tuple(written(example))
            if code in example["codes"] and not example["flags"] and texts not in said:
                said.add(texts)
                examples.append({**example, **_MARKS})
        if len(examples) == plan.count:
            break
    return examples


def pseudonym(keys: Keys, name: str) -> str:
    """Return the key of a patient that there is not, whose split is train."""
    candidates = (keys.digest("synthetic", name, str(number)) for number in count())
    return next(key for key in candidates if split_of(keys, key) == "train")


def _records(name: str, drawn: list[Row], policy: str, draw: Draw, keys: Keys) -> list[Row]:
    """Return what was drawn as the records of one encounter of one patient."""
    said = {row["code"]: row["value_text"] for row in drawn if row["kind"] == "unit"}
    base: Row = dict.fromkeys(schema("safe").names) | {
        "source": "synthetic", "patient_key": pseudonym(keys, name), "policy": policy, "entities": 0, "version": 0,
        "record_id": keys.digest("synthetic", name, "record"), "record_sha": keys.digest("synthetic", name, "content"),
    }  # fmt: skip
    birth = _birth(said.get("age_band"), said.get("year"), draw)
    patient = base | {"kind": "patient", "sex": said.get("sex"), "birth_date": birth}
    base |= {"encounter_key": keys.digest("synthetic", name, "encounter"), "start": said.get("year")}
    encounter = base | {"kind": "encounter", "category": said.get("category")}
    rows = [row for row in _without_odd_pressures(drawn) if row["kind"] != "unit"]
    return [patient, encounter, *(base | row | {"sequence": place} for place, row in enumerate(rows))]


def _birth(band: str | None, year: str | None, draw: Draw) -> str | None:
    """Return a year of birth for an age in a band of ten years."""
    if band is None or year is None or band.endswith("+"):
        return band if band and band.endswith("+") else None
    return str(int(year) - int(band.partition("-")[0]) - int(10 * draw("age")))


def _drawn(common: Distribution, patients: int, fewest: int, draw: Draw) -> Iterator[Row]:
    """Yield what a synthetic patient has: of each code one variant or none, as often as the patients of the class."""
    for (kind, system, code), variants in common.items():
        what = f"{kind}|{system}|{code}"
        left = draw(what) * patients
        for variant in variants:
            left -= len(variant.patients)
            if left < 0:
                said = _said(variant, fewest, draw, what)
                if kind != "observation" or said["value_text"] or "value_number" in said:
                    yield {"kind": kind, "code_system": system or None, "code": code, **said}
                break


def _without_odd_pressures(rows: list[Row]) -> list[Row]:
    """Return the rows without the blood pressure, if its two values, drawn apart, do not go together."""
    names = [analyte_named(row["display"] or "") for row in rows]
    values = {name: row["value_number"] for name, row in zip(names, rows, strict=True) if "value_number" in row}
    if values.get("systolic", math.inf) - values.get("diastolic", 0) >= PULSE_PRESSURE:
        return rows
    return [row for name, row in zip(names, rows, strict=True) if name not in ("systolic", "diastolic")]


def _said(variant: _Variant, fewest: int, draw: Draw, what: str) -> Row:
    display = _most_common(variant.displays, fewest)
    low, high = _most_common(variant.references, fewest) or (None, None)
    row = {"display": display, "unit": variant.unit, "value_text": variant.value_text}
    if len(variant.numbers) < fewest:
        return row
    value = _value(variant, display, draw(f"{what}|value"))
    abnormal = "H" if high is not None and value > high else "L" if low is not None and value < low else None
    return row | {"value_number": value, "reference_low": low, "reference_high": high, "abnormal": abnormal}


def _most_common(sets: dict[Any, set[str]], fewest: int) -> Any:
    """Return what most patients have, of what enough have; of several the first."""
    enough = {name: len(patients) for name, patients in sets.items() if len(patients) >= fewest}
    return min(enough, key=lambda name: (-enough[name], str(name)), default=None)


def _value(variant: _Variant, display: str | None, share: float) -> float:
    """Return a value of a normal distribution over the patients' means, with as many decimals as most of them have."""
    means = sorted(statistics.fmean(sorted(numbers)) for numbers in variant.numbers.values())
    away = max(-_DEVIATIONS, min(_DEVIATIONS, _NORMAL.inv_cdf(min(max(share, 1e-9), 1 - 1e-9))))
    value = statistics.fmean(means) + away * statistics.pstdev(means)
    ranges = analytes()[name].ranges if (name := analyte_named(display or "")) else ()
    limits = [one.limits for one in ranges if variant.unit in one.units]
    low, high = (float(limits[0][0]), float(limits[0][1])) if limits else (0.0 if means[0] >= 0 else value, value)
    decimals = Counter(
        len(f"{number:.6g}".partition(".")[2]) for numbers in variant.numbers.values() for number in numbers
    )
    most = max(decimals.values())
    return round(min(max(value, low), high), min(places for places, times in decimals.items() if times == most))
