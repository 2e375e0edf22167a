"""What may be wrong in an example is flagged, and nothing is dropped for it."""

from typing import Any

import pytest

from pipeline.shard.plausibility import all_flags
from pipeline.vocabulary import vocabulary
from tests.normalize.rows import normalized, raw
from tests.rows import safe_row
from tests.shard.making import ICD10, LOINC, SNOMED, recipe, units_of

VISIT = {"encounter_key": "e" * 32, "start": "2026"}
STAY = recipe(unit="encounter")


def who(sex: str | None = "female", birth_date: str | None = "1980") -> dict[str, Any]:
    return safe_row("0", kind="patient", sex=sex, birth_date=birth_date)


def ill(code: str, system: str = ICD10, **more: Any) -> dict[str, Any]:
    return safe_row("1", kind="condition", code=code, code_system=system, **(VISIT | more))


def measured(code: str, value: float, unit: str) -> dict[str, Any]:
    return safe_row("2", kind="observation", code=code, code_system=LOINC, value_number=value, unit=unit, **VISIT)


CASES = [
    ([who("female"), ill("C61")], ["sex_conflict"]),
    ([who("male", "1950"), ill("C61")], []),
    ([who("male", "1950"), ill("N40.1")], []),
    ([who("male"), ill("O80")], ["sex_conflict"]),
    ([who("male"), ill("O9A.213")], ["sex_conflict"]),
    ([who("male"), ill("C53.9")], ["sex_conflict"]),
    ([who("female"), ill("C53.9")], []),
    ([who("unknown"), ill("C53.9")], []),
    ([who(None), ill("C53.9")], []),
    ([who("female"), ill("C61", SNOMED)], []),
    ([who("female"), ill("C61", category="family-history")], []),
    ([who("female"), ill("C61", status="refuted")], []),
    ([who("female", "1980"), ill("P07.30")], ["age_conflict"]),
    ([who("female", "2025"), ill("P07.30")], []),
    ([who("female", "90+"), ill("O80")], ["age_conflict"]),
    ([who("male", "2020"), ill("N40.1")], ["age_conflict"]),
    ([who("female", None), ill("P07.30")], []),
    ([who(), ill("I10"), {**ill("I10", status="refuted"), "record_id": "3" * 32}], ["confirmed_and_refuted"]),
    ([who(), ill("I10"), {**ill("I11", status="refuted"), "record_id": "3" * 32}], []),
    ([who(), measured("8867-4", 900, "/min")], ["impossible_value"]),
    ([who(), measured("8867-4", 90, "/min")], []),
    ([who(), measured("8310-5", 98.6, "Cel")], ["impossible_value"]),
    ([who(), measured("8310-5", 98.6, "[degF]")], []),
    ([who(), measured("99999-9", 900, "/min")], []),
    ([who("male"), ill("C53.9"), measured("2708-6", 140, "%")], ["impossible_value", "sex_conflict"]),
    ([who(), ill("I10", flags=["future_start"])], ["future_start"]),
    (
        [who("male"), ill("C53.9", flags=["sentinel_date", "future_start"])],
        ["future_start", "sentinel_date", "sex_conflict"],
    ),
]


@pytest.mark.parametrize(("rows", "flags"), CASES)
def test_an_example_is_flagged_and_kept(rows: list[dict[str, Any]], flags: list[str]) -> None:
    (unit,) = units_of(STAY, rows)
    assert list(unit.flags) == flags


def test_a_note_has_its_own_flags_only() -> None:
    note = safe_row("4", text="t", flags=["mojibake_repaired"], **VISIT)
    (unit,) = units_of(recipe(), [who("female"), ill("C61"), note])
    assert unit.flags == ("mojibake_repaired",)


# One raw row for each code, so that a new one that is not listed shows.
ODD = [
    {"start": "2030-01-01", "end": "2029-01-01"}, {"end": "2031-01-01"}, {"birth_date": "2030"}, {"death_date": "2031"},
    {"birth_date": "1950-03", "death_date": "1949"}, {"birth_date": "19000101"},
    {"unit": "furlongs per moon", "value_number": "1"}, {"text": "JosÃ© is well"},
]  # fmt: skip


def test_what_normalize_flags_is_in_the_closed_list() -> None:
    rows, _ = normalized(*(raw(**values) for values in ODD))
    found = {flag for row in rows for flag in row["flags"] or ()}
    assert found == set(vocabulary("flags"))
    assert not all_flags() & found
