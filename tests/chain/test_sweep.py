"""An identifier that comes a night late is found in what was stored before, and nothing of it stays in the store."""

import csv
from pathlib import Path

import yaml
from rich.console import Console

from pipeline import local
from pipeline.config import load_settings
from pipeline.context import open_context
from pipeline.release import releases
from pipeline.store import RecordStore
from pipeline.testing import find_leaks

# The maiden name is in lower case and in no name's position: only the vault can know it.
NOTES = [f"Note {i}. The chart was filed under vorkalind before; 12 vorkalind road on the old card." for i in range(3)]


def write_day(folder: Path, day: str, maiden: str, notes: list[str]) -> None:
    (folder / day).mkdir(parents=True)
    with (folder / day / "patients.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["mrn", "last", "first", "maiden", "updated_at"])
        writer.writerow(["55512345", "Abernathy", "Ruth", maiden, f"{day}T10:00:00"])
    with (folder / day / "notes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "mrn", "text", "updated_at"])
        writer.writerows([f"{day}-{i}", "55512345", text, f"{day}T10:00:00"] for i, text in enumerate(notes))


def write_source(folder: Path) -> Path:
    (folder / "sources").mkdir()
    tables = {
        "patients": {
            "files": ["patients.csv"], "kind": "patient", "key": ["mrn"],
            "columns": {"patient_id": "mrn", "version": "updated_at"},
            "identity": [
                {"type": "name", "columns": ["last", "first"]},
                {"type": "name", "columns": ["maiden", "first"], "needs": "maiden"},
            ],
        },
        "notes": {
            "files": ["notes.csv"], "kind": "note", "key": ["id"],
            "columns": {"patient_id": "mrn", "text": "text", "version": "updated_at"},
        },
    }  # fmt: skip
    source = {
        "name": "clinic", "connector": "csv", "path": f"{folder}/export/{{day}}/*.csv", "authority": "X",
        "options": {"tables": tables},
    }  # fmt: skip
    (folder / "sources" / "clinic.yaml").write_text(yaml.safe_dump(source))
    return folder / "sources"


def test_a_late_identifier_is_swept_from_store_and_release(tmp_path: Path) -> None:
    write_day(tmp_path / "export", "2026-01-15", "", NOTES)
    write_day(tmp_path / "export", "2026-01-16", "Vorkalind", ["Second night."])
    settings = load_settings(
        "k" * 32, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"), sources=write_source(tmp_path)
    )
    context = open_context(settings)
    store = Path(context.data.path("records"))

    local.run(settings, ["clinic"], "2026-01-15", workers=1, console=Console(quiet=True))
    assert find_leaks([store], ["vorkalind"]), "the fault is planted"

    local.run(settings, ["clinic"], "2026-01-16", workers=1, console=Console(quiet=True))
    assert find_leaks([store, Path(context.data.path("releases", releases(context)[-1]))], ["vorkalind"]) == []
    texts = RecordStore(context).read(RecordStore(context).buckets()).data["text"].drop_null().to_pylist()
    assert sum("[NAME]" in text for text in texts) == len(NOTES)
