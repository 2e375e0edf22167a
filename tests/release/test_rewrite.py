"""A release that is made anew without patients: without what was drawn from them, of what was published alone."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import GateError
from pipeline.ledger import write_ledger
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.release import read_manifest, rewrite, verify_release
from pipeline.shard import SYNTHETIC
from pipeline.store import RecordStore
from tests.release.made import DAY, folder, ledger, release
from tests.rows import safe_row

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RECIPE = """
name: diagnosis
config: diagnoses
format: text
unit: encounter
needs: [condition]
template: "{{ patient.sex }}, {{ conditions[0].display }}, case {{ encounter.start }}"
codes: {kind: condition, system: ICD10CM}
augment: {synthetic: {below: 50, count: 1}}
"""
RARE, COMMON = ("E70.0", "Classical phenylketonuria"), ("I10", "Hypertension")


@pytest.fixture
def published(settings: Settings, context: Context, tmp_path: Path) -> Context:
    """Return zones with a release of two classes of twenty patients each, with a synthetic example of each."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "diagnosis.yaml").write_text(RECIPE)
    settings = settings.model_copy(update={"recipes": tmp_path / "recipes"})
    rows = []
    for number in range(40):
        code, display = RARE if number < 20 else COMMON
        patient = {
            "patient_key": f"{number:032x}", "encounter_key": f"{number + 1000:032x}", "bucket": number % 16,
            "policy": load_policy(settings).label, "vault_version": "v", "start": str(1980 + number),
        }  # fmt: skip
        rows += [
            safe_row("0", **patient, kind="encounter") | {"record_id": f"{number:032x}"},
            safe_row("0", **patient, kind="condition", code=code, code_system=ICD, display=display)
            | {"record_id": f"{number + 500:032x}"},
        ]
    RecordStore(context).merge(SafeTable.from_rows(rows))
    write_ledger(context, ledger())
    release(settings)
    return context


def of(context: Context, name: str, split: str = "*") -> list[dict[str, Any]]:
    paths = folder(context, name).glob(f"diagnoses/{split}/*.parquet")
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def synthetic(context: Context, name: str) -> set[str]:
    return {row["codes"][0] for row in of(context, name) if row["kind"] == SYNTHETIC}


@pytest.mark.parametrize(("split", "left"), [("train", {COMMON[0]}), ("test", {RARE[0], COMMON[0]})])
def test_synthetic_examples_go_that_were_drawn_from_the_patient(published: Context, split: str, left: set[str]) -> None:
    assert synthetic(published, DAY) == {RARE[0], COMMON[0]}
    one = next(row for row in of(published, DAY, split) if row["codes"] == [RARE[0]] and row["kind"] != SYNTHETIC)
    new = rewrite(published, DAY, [one["patient_key"]])
    assert new
    assert synthetic(published, new) == left
    removed = 3 - len(left)
    assert len(of(published, new)) == len(of(published, DAY)) - removed
    assert read_manifest(published, new)["rewritten"] == {"of": DAY, "removed": removed}
    verify_release(folder(published, new))


def test_no_patient_counts_that_there_is_not(published: Context) -> None:
    splits = read_manifest(published, DAY)["configs"]["diagnoses"]["splits"].values()
    assert sum(split["examples"] for split in splits) == 42
    assert sum(split["patients"] for split in splits) == 40
    assert sum(split["classes"]["codes"][RARE[0]]["patients"] for split in splits) == 20


def test_a_shard_that_was_altered_is_not_published_again(published: Context) -> None:
    path = max(folder(published).rglob("*.parquet"))
    rows = pq.read_table(path)
    path.unlink()
    pq.write_table(rows.slice(0, 0), path)
    with pytest.raises(GateError, match="not what was published"):
        rewrite(published, DAY, [f"{0:032x}"])
