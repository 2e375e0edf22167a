"""Releases that chartmill made itself, with its own recipes: a model learns from them, and its files tell nothing."""

from pathlib import Path
from typing import Any

import orjson
import pytest

for module in ("torch", "transformers", "peft", "accelerate"):
    pytest.importorskip(module, reason="needs the extra `train`: make setup-train")

from pipeline.config import load_settings  # noqa: E402 - after the check for torch
from pipeline.context import open_context  # noqa: E402
from pipeline.ledger import write_ledger  # noqa: E402
from pipeline.records import SafeTable  # noqa: E402
from pipeline.redact.policy import load_policy  # noqa: E402
from pipeline.store import RecordStore  # noqa: E402
from pipeline.training.job import run  # noqa: E402
from pipeline.training.options import Options  # noqa: E402
from tests.release.made import folder, ledger, release  # noqa: E402
from tests.rows import safe_row  # noqa: E402
from tests.shard.making import ICD10, SNOMED  # noqa: E402
from tests.training.conftest import MARK, ROOT, contents  # noqa: E402

PATIENTS = 60
# What the note tells of, and the diagnosis: with a point, without one, and without words.
ILLNESSES = (
    ("pressure in the chest", "Non-ST elevation myocardial infarction", "I21.4"),
    ("headaches in the morning", "Essential hypertension", "I10"),
    ("great thirst", None, "E11.9"),
)


def _rows(number: int, policy: str) -> list[dict[str, Any]]:
    complaint, display, code = ILLNESSES[number % len(ILLNESSES)]
    text = f"CHIEF COMPLAINT: {complaint}, {MARK}\nHISTORY: Told [NAME] of it {number} days ago.\nASSESSMENT: As coded."
    of = {
        "patient_key": f"{number:032x}", "encounter_key": f"{number + 1000:032x}", "bucket": number % 16,
        "policy": policy, "start": "2026",
    }  # fmt: skip
    ill = {**of, "kind": "condition"}
    return [
        safe_row("0", **of, kind="patient", sex=("female", "male")[number % 2], birth_date="1970"),
        safe_row("0", **of, title="Admission note", text=text),
        safe_row("0", **ill, code=code, code_system=ICD10, display=display),
        # Of another system than the one of the column `codes`.
        safe_row("0", **ill, code="13645005", code_system=SNOMED, display="Cough"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release, made of a store of synthetic patients."""
    home = tmp_path_factory.mktemp("made")
    settings = load_settings("0123456789abcdef" * 2, phi=str(home / "phi"), data=str(home / "data"))
    context = open_context(settings)
    rows = [row for number in range(PATIENTS) for row in _rows(number, load_policy(settings).label)]
    for place, row in enumerate(rows):
        row["record_id"] = f"{place:032x}"
    RecordStore(context).merge(SafeTable.from_rows(rows))
    write_ledger(context, ledger())
    release(settings)
    return folder(context)


@pytest.mark.parametrize("config", ["chat", "symptoms_to_diagnosis"])
def test_a_model_learns_from_what_the_recipes_made(made: Path, tmp_path: Path, config: str) -> None:
    options = Options(
        config, num_train_epochs=6, gradient_accumulation_steps=1, max_new_tokens=48, min_group=2, attributions=1
    )
    output = tmp_path / "out"
    metrics = run(made, options, output).metrics
    before, after = metrics["untrained"], metrics["trained"]
    assert after["loss"] < before["loss"] / 4
    if config == "symptoms_to_diagnosis":
        # The column has I21 where the completion says I21.4.
        assert after["codes"]["examples"] == after["examples"]
        assert after["codes"]["codes"] == len(ILLNESSES) + 1
        assert after["codes"]["micro"]["f1"] > before["codes"]["micro"]["f1"] == 0
    else:
        assert after["codes"] is None
    written = contents(output)
    assert orjson.loads(written["metrics.json"]) == metrics
    assert b"This page holds de-identified text of the release" in written["attributions.html"]
    assert f"chartmill 2026-01-15, {config}" in written["README.md"].decode()
    for name, content in written.items():
        assert not any(str(place).encode() in content for place in (tmp_path, made, ROOT)), name
        # A vocabulary is one of tokens, and the words of a page stand apart.
        assert MARK.encode() not in content or name in ("attributions.html", "tokenizer.json", "base/tokenizer.json")
        assert b"Told [NAME]" not in content, name
