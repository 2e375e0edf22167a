"""A small release of fictional examples in each format, written by hand."""

import hashlib
import random
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from pipeline.records import EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
# No release says this; where it turns up, text of an example got out.
MARK = "quandolory"
DIAGNOSES = {"cough": ("Bronchitis", "J40"), "thirst": ("Type 2 diabetes", "E11.9"), "palpitations": ("AF", "I48.91")}
SPLITS = {"train": 48, "validation": 8, "test": 24}
FORMATS = {"chat": "chat", "symptoms_to_diagnosis": "prompt_completion", "text": "text"}


def _example(form: str, number: int, split: str) -> dict[str, Any]:
    choice = random.Random(f"{form} {split} {number}")
    symptom = choice.choice(list(DIAGNOSES))
    name, code = DIAGNOSES[symptom]
    prompt = f"Seen by [NAME] for {MARK}. The patient has {symptom} since {choice.randint(2, 9)} days."
    answer = f"Diagnoses:\n- {name} ({code})"
    said: dict[str, Any] = {
        "text": {"text": f"{prompt}\n\n{answer}"},
        "chat": {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]},
        "prompt_completion": {"prompt": prompt, "completion": answer},
    }[form]
    about = {
        "id": f"{split}-{number}", "source": "s", "kind": "note", "patient_key": f"{split}-{number}",
        "sex": choice.choice(["female", "male"]), "age_band": choice.choice(["40-49", "90+"]), "race": None,
        "codes": [code], "weight": 1.0, "flags": [], "entities": 1, "n_chars": len(prompt), "n_tokens": 30,
        "policy": "safe_harbor@0", "record_sha": "0",
    }  # fmt: skip
    return said | about


def write_release(folder: Path, splits: dict[str, int] = SPLITS, formats: dict[str, str] = FORMATS) -> Path:
    """Write a release, complete enough to be verified; return its folder."""
    configs: dict[str, Any] = {}
    lines = ["---", "configs:"]
    for config, form in formats.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        configs[config] = {"format": form, "recipes": {}, "splits": {}}
        for split, count in splits.items():
            path = folder / config / split / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True)
            rows = [_example(form, number, split) for number in range(count)]
            pq.write_table(EXAMPLES[form].from_rows(rows).data, path)
            file = {"path": str(path.relative_to(folder)), "examples": count, "bytes": path.stat().st_size}
            configs[config]["splits"][split] = {"examples": count, "bytes": file["bytes"], "files": [file]}
            lines += [f"  - split: {split}", f"    path: {config}/{split}/*.parquet"]
    manifest = {"day": "2026-01-15", "policy": "safe_harbor@0", "configs": configs}
    (folder / "README.md").write_text("\n".join([*lines, "---", ""]))
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the release; it is not to be written to."""
    return write_release(tmp_path_factory.mktemp("data") / "releases" / "2026-01-15")
