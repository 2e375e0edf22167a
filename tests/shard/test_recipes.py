"""A recipe is data: what it names is checked, what it filters is counted, and the answer is not in its question."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.config import load_settings
from pipeline.errors import ConfigError
from pipeline.records import SCHEMAS
from pipeline.shard import recipes
from pipeline.shard.leakage import without
from pipeline.shard.recipes import is_empty, load_recipes, render
from pipeline.shard.templates import NAMES
from tests.rows import safe_row
from tests.shard.making import ICD10, LOINC, RECIPES, SNOMED, examples, recipe, texts, units_of

VISIT = {"encounter_key": "e" * 32}
WHO = safe_row("0", kind="patient", sex="female", birth_date="1950", race="Asian")
CAME = safe_row("1", kind="encounter", category="inpatient", title="Chest pain", start="2026", **VISIT)
NSTEMI = {"kind": "condition", "code": "I21.4", "code_system": ICD10, **VISIT}
ILL = safe_row("2", **NSTEMI, display="Non-ST elevation (NSTEMI) myocardial infarction")
PULSE = safe_row("3", kind="observation", display="Heart rate", value_number=112, unit="/min", abnormal="H", **VISIT)
DRUG = safe_row("4", kind="medication", display="heparin", **VISIT)
ADMITTED = """CHIEF COMPLAINT: Chest pressure
HISTORY OF PRESENT ILLNESS: Pressure since noon. Told of an NSTEMI at another hospital. Sweating.
EXAM: S4 gallop.
ASSESSMENT: NSTEMI, heparin started.
PLAN: Catheterization."""
NOTE = safe_row("5", title="Admission note", text=ADMITTED, sequence=1, **VISIT)
LEFT = safe_row("6", title="Discharge summary", text="Went home after an NSTEMI.", sequence=9, **VISIT)
TALK = safe_row("7", title="Visit dialogue", text="DOCTOR: What brings you in?", sequence=2, **VISIT)
NURSE = safe_row("8", title="Nursing note", text="Slept well. NSTEMI pathway. Pain 2/10.", sequence=3, **VISIT)
STAY = [WHO, CAME, ILL, PULSE, DRUG, NOTE, LEFT, TALK, NURSE]


def write(folder: Path, **fields: Any) -> Path:
    content = {"name": "mine", "config": "mine", "format": "text", "unit": "encounter", "template": "x"} | fields
    (folder / "mine.yaml").write_text(yaml.safe_dump(content))
    return folder


FAULTS = [
    ({"template": "a\n{{ note.titel }}"}, "template, line 2: nothing has a column or section 'titel'"),
    ({"template": "{% for o in observation %}{% endfor %}"}, "template, line 1: there is no 'observation'"),
    ({"template": "\n\n{{ note.text | shout }}"}, "template, line 3: No filter named 'shout'"),
    ({"template": "{% if note %}"}, "template, line 1: Unexpected end of template"),
    ({"template": "{{ notes | sections('histroy') }}"}, "template, line 1: there is no section 'histroy'"),
    ({"template": "{{ note.sections.histroy }}"}, "nothing has a column or section 'histroy'"),
    ({"template": "{{ patient.birth_date }}"}, "nothing has a column or section 'birth_date'"),
    ({"template": "{{ note.sequence }}"}, "nothing has a column or section 'sequence'"),
    ({"template": "{{ note | tojson }}"}, "No filter named 'tojson'"),
    ({"template": "{{ note.__class__ }}"}, "nothing has a column or section '__class__'"),
    ({"format": "chat", "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "{{ nte }}"}]},
     "messages.1, line 1: there is no 'nte'"),
    ({"format": "prompt_completion", "prompt": "x"}, "the templates of its format are missing"),
    ({"needs": ["conditions"]}, "needs.0: Value error, neither a kind of record nor a type of note"),
    ({"where": {"note_type": ["letter"]}}, "where.note_type.0: Value error, no type of note"),
    ({"where": {"titles": ["a"]}}, "where.titles: Extra inputs are not permitted"),
    ({"codes": {"kind": "condition", "system": "icd11x"}}, "codes.system.0: Value error, no code system"),
    ({"surprise": 1}, "surprise: Extra inputs are not permitted"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "fault"), FAULTS)
def test_a_wrong_recipe_is_refused_by_name(fields: dict[str, Any], fault: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_recipes(load_settings(recipes=write(tmp_path, **fields)))
    assert str(refused.value).startswith("recipe mine.yaml is wrong: ")
    assert fault in str(refused.value)


def test_all_wrong_recipes_are_named(tmp_path: Path) -> None:
    write(tmp_path, template="{{ nte }}")
    (tmp_path / "other.yaml").write_text("name: [")
    with pytest.raises(ConfigError, match=r"(?s)mine\.yaml.*other\.yaml"):
        load_recipes(load_settings(recipes=tmp_path))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_can_be_used(name: str) -> None:
    (unit,) = units_of(recipe(unit="patient", template=f"{{{{ {name} | string }}}}"), [WHO, {**NOTE, **VISIT}])
    assert name in unit.view


def test_what_is_not_known_prints_nothing() -> None:
    assert texts(recipe(template="{{ note.title }}{{ age }}|{{ note.text }}"), [safe_row("1", text="t")]) == ["|t"]


@pytest.mark.parametrize(
    ("template", "line", "kind"),
    [
        ("a\n{{ notes[7].text }}", 2, "UndefinedError"),
        ("{% for n in notes %}\n\n{{ number(n.value_number) }}{% endfor %}", 3, "TypeError"),
        ("{{ note.text[note.title].x }}", 1, "UndefinedError"),
        ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
    ],
)
def test_a_template_that_fails_says_where_and_no_value(template: str, line: int, kind: str) -> None:
    made = recipe(template=template)
    (unit,) = units_of(made, [safe_row("1", title="Quorbington", text="Zyxwell")])
    with pytest.raises(ConfigError) as failed:
        render(made, unit.view)
    assert str(failed.value).startswith(f"recipe r: template, line {line}: ")
    assert kind in str(failed.value)
    assert not any(word in str(failed.value) for word in ("Quorbington", "Zyxwell"))
    assert failed.value.__cause__ is None


FILTERS = [
    ({"where": {"sex": ["female"], "age": {"min": 18, "max": 80}, "race": ["asian"]}}, {}),
    ({"where": {"sex": ["male"]}}, {"where:sex": 1}),
    ({"where": {"age": {"max": 75}}}, {"where:age": 1}),
    ({"where": {"race": ["White"]}}, {"where:race": 1}),
    ({"where": {"category": ["Inpatient", "emergency"]}}, {}),
    ({"where": {"category": ["emergency"]}}, {"where:category": 1}),
    ({"where": {"year": {"min": 2026, "max": 2026}}}, {}),
    ({"where": {"year": {"max": 2025}}}, {"where:year": 1}),
    ({"where": {"code": ["I21", "J18"]}}, {}),
    ({"where": {"code": ["J18"]}}, {"where:code": 1}),
    ({"where": {"source": ["other"]}}, {"where:source": 1}),
    ({"where": {"note_type": ["discharge_summary"]}, "needs": ["dialogue"]}, {"needs:dialogue": 1}),
    ({"needs": ["discharge_summary", "condition"], "needs_any": ["dialogue", "procedure"]}, {}),
    ({"needs_any": ["procedure"]}, {"needs_any": 1}),
]


@pytest.mark.parametrize(("fields", "left_out"), FILTERS)
def test_units_that_are_left_out_are_counted(fields: dict[str, Any], left_out: dict[str, int]) -> None:
    counted: Counter[str] = Counter()
    found = units_of(recipe(unit="encounter", **fields), STAY, counted)
    assert (len(found), counted) == (0 if left_out else 1, left_out)


@pytest.mark.parametrize(
    ("where", "kept", "left_out"),
    [
        ({"title": ["NOTE"]}, "58", {"where:title": 2}),
        ({"note_type": ["nursing", "dialogue"]}, "78", {"where:note_type": 2}),
        ({"min_chars": 30}, "58", {"where:min_chars": 2}),
        ({"max_chars": 30}, "67", {"where:max_chars": 2}),
        ({"category": ["inpatient"]}, "5678", {}),
    ],
)
def test_filters_of_notes(where: dict[str, Any], kept: str, left_out: dict[str, int]) -> None:
    counted: Counter[str] = Counter()
    found = units_of(recipe(where=where), STAY, counted)
    assert ("".join(unit.rows[0]["record_id"][0] for unit in found), counted) == (kept, left_out)
    # In an encounter the other notes do not count.
    (stay,) = units_of(
        recipe(unit="encounter", where=where, template="{% for n in notes %}{{ n.title }}{% endfor %}"), STAY
    )
    assert "".join(sorted(row["record_id"][0] for row in stay.rows if row["kind"] == "note")) == kept


@pytest.mark.parametrize(
    ("codes", "classes"),
    [
        ({"kind": "condition", "system": "icd10", "digits": 3}, ("I21", "J44")),
        ({"kind": "condition", "system": "icd10", "digits": 4}, ("I21.4", "J44.1")),
        ({"kind": "condition", "system": "ICD-10-CM"}, ("I21.4", "J44.1")),
        ({"kind": "condition", "system": ["snomed", "icd10"], "digits": 2}, ("13", "I2", "J4")),
        ({"kind": "medication", "system": "rxnorm"}, ()),
    ],
)
def test_codes_are_the_classes(codes: dict[str, Any], classes: tuple[str, ...]) -> None:
    more = [
        safe_row("a", **{**NSTEMI, "code": "J44.1"}),
        safe_row("b", **{**NSTEMI, "code": "13645005", "code_system": SNOMED}),
        safe_row("c", **{**NSTEMI, "code": "E11.9", "status": "refuted"}), safe_row("d", **NSTEMI),
    ]  # fmt: skip
    (unit,) = units_of(recipe(unit="encounter", codes=codes), [*STAY, *more])
    assert unit.codes == classes


def test_diagnoses_are_not_in_the_question() -> None:
    ((prompt, completion),) = [tuple(e.values()) for e in examples(RECIPES["symptoms_to_diagnosis"], STAY)]
    assert prompt == (
        "Patient: about 76 years old, female\nReason: Chest pain\nChief complaint: Chest pressure\n"
        "History: Pressure since noon. Sweating.\nExam: S4 gallop.\n\nVitals and laboratory:\n"
        "- Heart rate: 112 /min (H)\n\nMedications:\n- heparin\n\nDiagnoses:"
    )
    assert completion == "- Non-ST elevation (NSTEMI) myocardial infarction (I21.4)"


def test_the_assessment_is_the_answer() -> None:
    ((user, assistant),) = [[m["content"] for m in e["messages"]] for e in examples(RECIPES["encounter_chat"], STAY)]
    assert "Slept well. Pain 2/10." in user
    for words in ("NSTEMI", "infarction", "heparin started", "Catheterization", "Went home", "DOCTOR"):
        assert words not in user, words
    assert assistant.startswith("Assessment: NSTEMI, heparin started.\n\nDiagnoses:\n- Non-ST")


def test_a_discharge_summary_is_made_of_the_rest() -> None:
    ((prompt, completion),) = [tuple(e.values()) for e in examples(RECIPES["summary"], STAY)]
    assert completion == "Went home after an NSTEMI."
    assert "Went home" not in prompt
    assert all(words in prompt for words in ("- heparin", "S4 gallop", "Slept well", "Non-ST", "112 /min"))
    assert texts(RECIPES["summary"], [row for row in STAY if row != LEFT]) == []


def test_a_dialogue_becomes_the_note_of_its_visit() -> None:
    ((prompt, completion),) = [tuple(e.values()) for e in examples(RECIPES["dialogue_note"], STAY)]
    assert prompt == "DOCTOR: What brings you in?\n\nWrite the note of this visit."
    assert completion == ADMITTED
    assert texts(RECIPES["dialogue_note"], [WHO, CAME, TALK, NURSE]) == []


NAMED = [
    ("Pneumonia, unspecified organism", "Cough. Right lower lobe pneumonia. Fever.", "Cough. Fever."),
    ("Essential (primary) hypertension", "HTN and gout.\nWell.", "Well."),
    ("Type 2 diabetes mellitus without complications", "Has T2DM. Walks.", "Walks."),
    (
        "Acute on chronic systolic (congestive) heart failure",
        "Heart size is normal. Failure of the heart.",
        "Heart size is normal.",
    ),
    ("NSTEMI", "Non-ST elevation myocardial infarction; no rub.", "no rub."),
    ("Kidney stones", "A kidney stone. Pain.", "Pain."),
    ("Other", "Other things.", ""),
    (None, "As it is.", "As it is."),
]


@pytest.mark.parametrize(("display", "text", "left"), NAMED)
def test_sentences_that_name_a_diagnosis_are_left_out(display: str | None, text: str, left: str) -> None:
    assert without(text, [{"display": display, "code": None}]) == left


def test_a_code_names_its_diagnosis() -> None:
    assert without("Coded I21.4 today. Well.", [{"display": None, "code": "I21.4"}]) == "Well."


@pytest.mark.parametrize(
    ("example", "empty"),
    [
        ({"text": " \n"}, True),
        ({"text": "a"}, False),
        ({"prompt": "a", "completion": " "}, True),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}]}, True),
    ],
)
def test_a_question_without_an_answer_is_empty(example: dict[str, Any], empty: bool) -> None:
    assert is_empty(example) is empty


def test_what_two_notes_say_alike_stands_once() -> None:
    again = {**NOTE, "record_id": "9" * 32}
    (said,) = texts(recipe(unit="encounter", template="{{ notes | sections('exam', 'plan') }}"), [NOTE, again, CAME])
    assert said == "Exam: S4 gallop.\nPlan: Catheterization."


def test_loinc_of_a_note_outweighs_its_title() -> None:
    summary = {**LEFT, "title": "Letter", "code": "18842-5", "code_system": LOINC}
    assert len(examples(RECIPES["summary"], [row if row != LEFT else summary for row in STAY])) == 1


@pytest.mark.parametrize("name", ["note_types", "sections", "diagnosis_words", "plausibility"])
def test_the_digest_covers_the_tables(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = recipe().digest
    for path in SCHEMAS.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + (b"# changed\n" if path.stem == name else b""))
    monkeypatch.setattr(recipes, "SCHEMAS", tmp_path)
    recipes._tables.cache_clear()
    changed = recipe().digest
    monkeypatch.undo()
    recipes._tables.cache_clear()
    assert recipe().digest == before != changed
