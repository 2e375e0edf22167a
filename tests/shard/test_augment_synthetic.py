"""Synthetic examples say nothing that fewer than five patients of a class have in common."""

import statistics
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from pipeline.keys import Keys
from pipeline.records import SafeTable, schema
from pipeline.shard.augment.config import Augment, Synthetic
from pipeline.shard.augment.facts import FACTS, facts_of
from pipeline.shard.augment.rare import rare_classes
from pipeline.shard.augment.synthetic import synthesize
from pipeline.shard.candidates import split_of
from pipeline.shard.recipes import Codes, Message, Recipe
from pipeline.shard.units import sorted_rows, units
from tests.rows import safe_row

KEYS = Keys(b"k" * 32)
RARE = "E27.1"
ICD, LOINC = "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org"
SAYS = """{{ age }}, {{ patient.sex }}, {{ encounter.category }}
{% for o in observations %}{{ o.display }}: {{ number(o.value_number) if o.value_number is not none else o.value_text }}
{% endfor %}{% for m in medications %}{{ m.display }}
{% endfor %}{% for n in notes %}{{ n.text }}{% endfor %}"""


def recipe(**plan: Any) -> Recipe:
    messages = (Message(role="user", content=SAYS), Message(role="assistant", content="{{ conditions[0].display }}"))
    augment = Augment(synthetic=Synthetic(**{"below": 20, "count": 30} | plan))
    return Recipe(name="r", config="c", format="chat", unit="encounter", needs=("condition",), messages=messages,
                  codes=Codes(kind="condition", system=("ICD10CM",)), augment=augment)  # fmt: skip


def patients(number: int) -> list[dict[str, Any]]:
    """Return the records of patients of a rare class, each of whom has something that nobody else has."""
    rows = []
    for one in range(number):
        own = {"patient_key": f"{one:032x}", "encounter_key": f"{one + 99:032x}", "start": "2026"}
        name = f"{one:x}"
        rows += [
            safe_row(name, kind="patient", sex="female", birth_date=str(1980 - one % 3), **own),
            safe_row(name, kind="encounter", category="inpatient" if one else "field", **own),
            safe_row(name, kind="condition", code=RARE, code_system=ICD, display="Adrenal insufficiency", **own),
            safe_row(name, kind="condition", code=f"Q{one:02}.9", code_system=ICD, display=f"Syndrome {one}", **own),
            safe_row(name, kind="medication", code="5492", code_system="rx", display="Hydrocortisone", **own),
            safe_row(name, kind="medication", code=f"99{one}", code_system="rx", display=f"Trial drug {one}", **own),
            safe_row(name, kind="observation", code="2951-2", code_system=LOINC, display="Sodium", unit="mmol/L",
                     value_number=120.0 + one, reference_low=136.0, reference_high=145.0, **own),
            safe_row(name, kind="observation", display="Uncoded", value_text="Seen by a friend", **own),
            safe_row(name, kind="note", text=f"Note number {one}.", **own),
        ]  # fmt: skip
    return [row | {"record_id": f"{place:032x}"} for place, row in enumerate(rows)]


def facts(rows: list[dict[str, Any]], of: Recipe | None = None) -> list[dict[str, Any]]:
    of = of or recipe()
    found = units(of, sorted_rows(SafeTable.from_rows(rows), KEYS))
    made = [fact for unit in found for fact in facts_of(of.name, unit.name, unit)]
    return pa.Table.from_pylist(made, schema=schema(FACTS)).to_pylist()


def texts(examples: list[dict[str, Any]]) -> list[str]:
    return [turn["content"] for example in examples for turn in example["messages"]]


def test_synthetic_examples_say_what_enough_patients_have() -> None:
    made = synthesize(facts(patients(8)), RARE, recipe(), KEYS)
    assert len(made) > 5
    for example in made:
        asked, answered = texts([example])
        assert ", female, " in asked
        assert "Hydrocortisone" in asked
        assert answered == "Adrenal insufficiency"
        assert example["codes"] == [RARE]
        assert (example["kind"], example["source"], example["augmentation"]) == ("synthetic",) * 3
        assert example["day"] is None
        assert split_of(KEYS, example["patient_key"]) == "train"
    assert len({example["patient_key"] for example in made}) == len({example["id"] for example in made}) == len(made)


def test_nothing_of_one_patient_and_nothing_of_a_note_is_in_them() -> None:
    said = " ".join(texts(synthesize(facts(patients(8)), RARE, recipe(), KEYS)))
    assert not [word for word in ("Syndrome", "Trial", "Note", "friend", "Uncoded", "field") if word in said]


@pytest.mark.parametrize(("number", "fewest", "any_made"), [(4, 5, False), (5, 5, True), (8, 9, False), (9, 9, True)])
def test_a_class_of_too_few_patients_has_none(number: int, fewest: int, any_made: bool) -> None:
    wanted = recipe(patients=fewest)
    assert bool(synthesize(facts(patients(number)), RARE, wanted, KEYS)) == any_made


def test_a_patient_with_many_encounters_counts_once() -> None:
    rows = patients(8)
    own = {"patient_key": f"{0:032x}", "start": "2026"}
    for visit in range(9):
        more = own | {"encounter_key": f"{visit + 500:032x}"}
        rows += [
            safe_row("a", kind="condition", code=RARE, code_system=ICD, display="Adrenal insufficiency", **more),
            safe_row("b", kind="condition", code="Q00.9", code_system=ICD, display="Syndrome 0", **more),
        ]
    rows = [row | {"record_id": f"{place:032x}"} for place, row in enumerate(rows)]
    assert "Syndrome" not in " ".join(texts(synthesize(facts(rows), RARE, recipe(), KEYS)))


def test_the_minimum_cannot_be_lowered() -> None:
    with pytest.raises(ValidationError, match="patients"):
        Synthetic(below=9, count=9, patients=4)


def test_values_come_from_the_class_and_are_no_patients_own() -> None:
    values = [
        float(line.split(": ")[1])
        for text in texts(synthesize(facts(patients(8)), RARE, recipe(count=200), KEYS))
        for line in text.splitlines()
        if line.startswith("Sodium")
    ]
    assert 119 <= min(values) <= max(values) <= 128
    assert statistics.fmean(values) == pytest.approx(123.5, abs=0.7)


def test_the_order_of_records_makes_no_difference() -> None:
    found = facts(patients(8))
    assert synthesize(found, RARE, recipe(), KEYS) == synthesize(found[::-1], RARE, recipe(), KEYS)


def test_only_rare_classes_of_the_training_split_get_any() -> None:
    def rows(code: str, number: int, people: int, split: str = "train") -> list[dict[str, Any]]:
        return [
            {"recipe": "r", "id": f"{code}{one}", "bucket": 1, "split": split, "codes": [code],
             "patient_key": str(one % people)} for one in range(number)
        ]  # fmt: skip

    index = pa.Table.from_pylist(
        [*rows("COMMON", 20, 20), *rows("RARE", 19, 5), *rows("ONE_FAMILY", 19, 4), *rows("HELD_OUT", 9, 9, "test")]
    )
    assert list(rare_classes(index, recipe())) == ["RARE"]


@pytest.mark.parametrize("change", [{"unit": "note"}, {"needs": ("note",)}])
def test_a_recipe_that_lives_on_notes_cannot_ask_for_any(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no notes"):
        Recipe.model_validate(recipe().model_dump() | change)
