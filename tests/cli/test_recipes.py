"""What a person who writes recipes calls: list them, check them, see what they make of the store."""

from pathlib import Path

import yaml

from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.records import SafeTable
from pipeline.store import RecordStore
from tests.cli.conftest import KEY, Call
from tests.rows import safe_row

ROWS = [
    safe_row("1", title="Ward note", text="Slept well, says [NAME]. Pulse 72.", flags=["mojibake_repaired"]),
    safe_row("2", title="Ward note", text="Short."),
    safe_row("3", title="Letter", text="Dear [NAME], all is well with your results."),
]


def mine(folder: Path, template: str = "{{ note.title }}: {{ note.text }}") -> Path:
    content = {
        "name": "mine", "config": "text", "format": "text", "unit": "note", "template": template,
        "where": {"min_chars": 10, "title": ["ward"]}, "codes": {"kind": "note", "system": "loinc"},
    }  # fmt: skip
    (folder / "mine.yaml").write_text(yaml.safe_dump(content))
    return folder


def fill(home: Path) -> None:
    context = open_context(load_settings(KEY, phi=str(home / "phi"), data=str(home / "data")))
    RecordStore(context).merge(SafeTable.from_rows(ROWS))


def test_a_preview_shows_examples_and_what_is_left_out(call: Call, tmp_path: Path) -> None:
    fill(tmp_path)
    shown = call("recipe", "preview", "mine", "--recipes", mine(tmp_path))
    assert shown.exit_code == 0
    said = " ".join(shown.stdout.split())
    assert "Ward note: Slept well, says [NAME]. Pulse 72." in said
    assert "flags mojibake_repaired" in said
    assert "1 examples in the store left out, where:min_chars: 1 left out, where:title: 1" in said
    assert "Dear" not in said
    assert not Path(tmp_path, "data", "examples").exists()


def test_an_example_that_says_nothing_is_left_out_as_empty(call: Call, tmp_path: Path) -> None:
    fill(tmp_path)
    template = "{% if 'Letter' in note.title %}{{ note.text }}{% endif %}"
    shown = call("recipe", "preview", "mine", "--recipes", mine(tmp_path, template))
    assert "0 examples in the store" in shown.stdout
    assert "left out, empty: 1" in shown.stdout


def test_without_records_a_preview_says_so(call: Call, tmp_path: Path) -> None:
    assert "run a day first" in call("recipe", "preview", "note_text").stdout


def test_an_unknown_recipe_is_refused(call: Call) -> None:
    refused = call("recipe", "preview", "nope")
    assert refused.exit_code == 1
    assert "unknown recipe 'nope' (known: dialogue_note, encounter_chat, note_text" in refused.stdout


def test_recipes_are_listed_and_checked(call: Call, tmp_path: Path) -> None:
    assert "symptoms_to_diagnosis" in call("recipe", "list").stdout
    assert "The recipes are sound: mine" in call("recipe", "check", "--recipes", mine(tmp_path)).stdout
    refused = call("recipe", "check", "--recipes", mine(tmp_path, "{{ note.titel }}"))
    assert refused.exit_code == 1
    assert "recipe mine.yaml is wrong: template, line 1: nothing has a column or section 'titel'" in refused.stdout
