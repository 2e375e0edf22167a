"""What is selected among the examples of all buckets, and which shards are written again for it."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import stages
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.ledger import Ledger, write_ledger
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import NOBODY, Vault
from pipeline.release import read_manifest
from pipeline.store import RecordStore
from tests.release.made import build
from tests.rows import safe_row

DAY = "2026-01-15"
UNITS = {"read": 1, "accepted": 1, "rejected": {}, "excluded": {}}
RECORDS = {"read": 1, "accepted": 1, "rejected": {}, "superseded": 0, "deletions": 0}


@pytest.fixture
def add(settings: Settings, context: Context) -> Any:
    """Return a function that brings notes, given by the digit that names patient and record, into the store."""
    write_ledger(context, Ledger("s", DAY, 1, UNITS, RECORDS))

    def _add(notes: dict[str, str], version: int = 1) -> None:
        made = {"policy": load_policy(settings).label, "vault_version": Vault(context).version(NOBODY)}
        rows = [
            safe_row(name, text=text, patient_key=name * 32, bucket=int(name, 16), version=version, **made)
            for name, text in notes.items()
        ]
        RecordStore(context).merge(SafeTable.from_rows(rows))

    return _add


def texts(settings: Settings, context: Context) -> dict[str, str]:
    """Return the texts of a new release by the digit of their patient."""
    stages.gate(settings, DAY)
    folder = Path(context.data.path("releases", stages.publish(settings, DAY)["name"]))
    rows = [row for path in folder.rglob("*.parquet") for row in pq.read_table(path).to_pylist()]
    return {row["patient_key"][0]: row["text"] for row in rows}


def test_what_two_patients_say_alike_goes_out_once(settings: Settings, context: Context, add: Any) -> None:
    add({"1": "No complaints.", "2": "No complaints.", "3": "A cough."})
    assert build(settings) == ([1, 2, 3], [1, 2, 3])
    found = texts(settings, context)
    assert sorted(found.values()) == ["A cough.", "No complaints."]
    assert read_manifest(context, DAY)["dropped"] == {"note_text:duplicate": 1}


def test_a_shard_is_written_again_when_its_selection_changes(settings: Settings, context: Context, add: Any) -> None:
    add({"1": "No complaints.", "2": "No complaints.", "3": "A cough."})
    build(settings)
    (kept,) = [digit for digit, text in texts(settings, context).items() if text == "No complaints."]
    other = "12".replace(kept, "")
    add({kept: "Well."}, version=2)
    # The other's example stands alone now: its shard is written again, from the examples that are there.
    assert build(settings) == ([int(kept)], sorted([1, 2]))
    assert texts(settings, context) == {kept: "Well.", other: "No complaints.", "3": "A cough."}


def test_an_untouched_bucket_is_left_alone(settings: Settings, context: Context, add: Any) -> None:
    add({"1": "No complaints.", "3": "A cough."})
    build(settings)
    before = {path: path.stat().st_mtime_ns for path in Path(context.data.path("shards/00003")).rglob("*.parquet")}
    add({"1": "Well."}, version=2)
    assert build(settings) == ([1], [1])
    assert before
    assert before == {path: path.stat().st_mtime_ns for path in before}
