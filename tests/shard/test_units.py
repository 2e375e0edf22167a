"""Records of an encounter that came in over several nights and feeds become one example."""

from typing import Any

import pytest

from pipeline.config import load_settings
from pipeline.keys import Keys
from pipeline.records import SafeTable
from pipeline.shard import SPLITS, split_of
from pipeline.shard.recipes import load_recipes, render
from pipeline.shard.units import sorted_rows, units
from tests.rows import safe_row

RECIPES = {recipe.name: recipe for recipe in load_recipes(load_settings())}
VISIT = {"encounter_key": "e" * 32}
ROWS = [
    safe_row("0", kind="patient", sex="female", birth_date="1950"),
    safe_row("1", kind="encounter", category="inpatient", title="Chest pain", start="2026", **VISIT),
    safe_row("2", kind="condition", code="I21.4", display="NSTEMI", start="2026", source="fhir", **VISIT),
    safe_row("3", kind="condition", code="I21.4", display="NSTEMI", source="csv", **VISIT),
    safe_row("4", kind="observation", display="Troponin", value_number=0.52, unit="ng/mL", abnormal="H", **VISIT),
    safe_row("5", kind="note", title="Progress note", text="Second day.", sequence=20, **VISIT),
    safe_row("6", kind="note", title="Admission note", text="Seen by [NAME].", sequence=10, **VISIT),
    safe_row("7", kind="note", title="Mistake", text="Wrong patient.", status="entered-in-error", **VISIT),
    safe_row("8", kind="note", title="Clinic", text="Alone.", sequence=30),
]


def made(recipe: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        render(RECIPES[recipe], unit.view)
        for unit in units(RECIPES[recipe], sorted_rows(SafeTable.from_rows(rows), Keys(b"k" * 32)))
    ]


def test_an_encounter_is_whole_and_in_order() -> None:
    (example,) = made("encounter_chat", ROWS)
    user, assistant = (message["content"] for message in example["messages"])
    assert "about 76 years old, female" in user
    assert "Encounter: inpatient" in user
    assert "- Troponin: 0.52 ng/mL (H)" in user
    assert user.index("Seen by [NAME].") < user.index("Second day.")
    assert "Wrong patient." not in user
    assert assistant == "Diagnoses:\n- NSTEMI (I21.4)"


@pytest.mark.parametrize("missing", ["2 3", "4 5 6 7 8"])
def test_an_encounter_without_what_the_recipe_needs_is_none(missing: str) -> None:
    rows = [row for row in ROWS if row["record_id"][0] not in missing.split()]
    assert made("encounter_chat", rows) == []


def test_every_note_is_a_text() -> None:
    texts = sorted(example["text"] for example in made("note_text", ROWS))
    assert texts == ["Admission note\n\nSeen by [NAME].", "Clinic\n\nAlone.", "Progress note\n\nSecond day."]


def test_a_bound_is_printed_as_one() -> None:
    lab = safe_row("9", kind="observation", display="CRP", comparator="<", value_number=5.0, unit="mg/dL", **VISIT)
    assert "- CRP: <5 mg/dL\n" in made("encounter_chat", [*ROWS, lab])[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "condition", "display": "Diabetes", "status": "refuted"},
        {"kind": "condition", "display": "Diabetes", "category": "family-history"},
        {"kind": "medication", "display": "Diabetes drug", "status": "not-done"},
        {"kind": "medication", "display": "Diabetes drug", "status": "planned"},
        {"kind": "allergy", "display": "Diabetes drug", "status": "refuted"},
    ],
)
def test_what_was_denied_or_is_a_relatives_is_no_fact(more: dict[str, Any]) -> None:
    said = [
        message["content"] for message in made("encounter_chat", [*ROWS, safe_row("9", **VISIT, **more)])[0]["messages"]
    ]
    assert "Diabetes" not in "".join(said)
    without = {name: value for name, value in more.items() if name not in ("status", "category")}
    said = [m["content"] for m in made("encounter_chat", [*ROWS, safe_row("9", **VISIT, **without)])[0]["messages"]]
    assert "Diabetes" in "".join(said)


def test_ages_of_ninety_and_over_are_one_class() -> None:
    rows = [{**ROWS[0], "birth_date": "90+"}, *ROWS[1:]]
    assert "aged 90 or over, female" in made("encounter_chat", rows)[0]["messages"][0]["content"]


def test_a_patient_has_one_split_and_splits_have_their_shares() -> None:
    keys = Keys(b"k" * 32)
    splits = [split_of(keys, str(number)) for number in range(3000)]
    assert [split_of(keys, str(number)) for number in range(3000)] == splits
    shares = [splits.count(name) / 3000 for name in SPLITS]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.03)
