"""A policy says of each column what passes and why; one that lets through more than the rule allows is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.records import SCHEMAS, contract
from pipeline.redact.policy import CLASSES, Policy, action_words, load_policy, read_policy
from pipeline.redact.review import markdown, sections, unmentioned

NAMES = ("safe_harbor", "date_shift")
Content = dict[str, Any]


@pytest.fixture(params=NAMES)
def policy(request: pytest.FixtureRequest, settings: Settings) -> Policy:
    return load_policy(settings.model_copy(update={"policy": request.param}))


def test_our_policies_name_every_column_and_class(policy: Policy) -> None:
    assert unmentioned(policy) == []
    assert list(policy.file.classes) == list(CLASSES)
    dropped = {name for name, rule in policy.file.fields.items() if rule.action == "drop"}
    assert dropped == {
        "identity", "extras", "sentences", "version", "start_precision", "start_offset", "end_precision", "end_offset",
    }  # fmt: skip


def test_every_column_has_a_strongest_action_and_every_action_words() -> None:
    table = yaml.safe_load((SCHEMAS / "redact" / "actions.yaml").read_text("utf-8"))
    assert set(table["allowed"]) == set(contract("record"))
    used = {action for each in ("allowed", "allowed_by_expert") for named in table[each].values() for action in named}
    assert used | {"drop"} == set(action_words())


def test_a_policy_is_read_without_knowing_code(policy: Policy) -> None:
    columns, classes = sections(policy)
    assert [row[0] for row in columns.rows] == list(contract("record"))
    assert all(all(row) for row in columns.rows)
    assert ("identity", "never passes") in [row[:2] for row in columns.rows]
    assert len(classes.rows) == 18
    text = markdown(policy)
    assert text.count("\n| ") == 2 * 2 + len(columns.rows) + len(classes.rows)


def edited(change: Callable[[Content], object], folder: Path, name: str = "safe_harbor") -> Path:
    content: Content = yaml.safe_load((SCHEMAS / "policies" / f"{name}.yaml").read_text("utf-8"))
    change(content)
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


# One that lets through more than the rule allows, for each column that could hold an identifier.
TOO_WEAK = [
    ("patient_id", "keep"), ("encounter_id", "keep"), ("birth_date", "keep"), ("birth_date", "year"), ("start", "keep"),
    ("start", "shift"), ("death_date", "shift"), ("postal_code", "keep"), ("text", "keep"), ("text", "coded_text"),
    ("title", "vocabulary"), ("display", "keep"), ("value_text", "keep"), ("identity", "keep"), ("extras", "keep"),
    ("extras", "free_text"), ("version", "keep"), ("start_offset", "keep"), ("code", "keep"), ("code_system", "keep"),
    ("value_number", "keep"), ("unit", "keep"), ("flags", "keep"), ("state", "keep"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "action"), TOO_WEAK)
def test_a_policy_that_passes_phi_is_refused(settings: Settings, tmp_path: Path, column: str, action: str) -> None:
    edited(lambda content: content["fields"][column].update(action=action), tmp_path)
    with pytest.raises(ConfigError, match=f"{action!r} lets through more of {column} than 45 CFR"):
        load_policy(settings.model_copy(update={"policy": "mine", "policies": tmp_path}))


def test_an_expert_may_allow_a_shift_but_no_date_as_it_is(tmp_path: Path) -> None:
    read_policy(edited(lambda content: None, tmp_path, "date_shift"))
    with pytest.raises(ConfigError, match="'keep' lets through more of start than"):
        read_policy(edited(lambda content: content["fields"]["start"].update(action="keep"), tmp_path, "date_shift"))


WRONG: list[tuple[Callable[[Content], object], str]] = [
    (lambda c: c["fields"].update(shoe_size=c["fields"]["sex"]), "does not have: shoe_size"),
    (lambda c: c["fields"]["text"].update(action="publish"), "wrong at: fields.text.action"),
    (lambda c: c["fields"]["text"].pop("reason"), "wrong at: fields.text.reason"),
    (lambda c: c["fields"]["text"].pop("cites"), "wrong at: fields.text.cites"),
    (lambda c: c["fields"]["text"].update(cites="HIPAA"), "wrong at: fields.text.cites"),
    (lambda c: c["fields"].pop("patient_id"), "columns of `safe`: patient_key"),
    (lambda c: c["fields"]["sex"].update({"as": "gender"}), "`safe` does not have: gender"),
    (lambda c: c.update(rule="none"), "wrong at: rule"),
    (lambda c: c.update(text_dates="shift"), "text_dates 'shift' lets through more"),
    (lambda c: c["classes"].pop("G"), "each class, A to R and no other, where it comes: G"),
    (lambda c: c["classes"].update(S=c["classes"]["A"]), "where it comes: S"),
    (lambda c: c["classes"]["A"].update(columns=["kind"]), "class A comes in columns that pass as they are: kind"),
    (lambda c: c["classes"]["A"].update(text=["FACE"]), "class A names columns without an entry, or tags"),
    (lambda c: c["classes"]["Q"].update(columns=[]), "class Q comes in no column and no text"),
    (lambda c: c["classes"]["O"].update(text=[]), "tags that no class names: IP"),
]


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_policy_is_refused(tmp_path: Path, change: Callable[[Content], object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_policy(edited(change, tmp_path))


def test_what_a_policy_does_not_name_is_dropped(tmp_path: Path) -> None:
    path = edited(lambda content: [content["fields"].pop(name) for name in ("sex", "flags")], tmp_path)
    found = read_policy(path)
    assert unmentioned(found) == ["sex", "flags"]
    assert ("sex", "never passes", "", "") in sections(found)[0].rows
