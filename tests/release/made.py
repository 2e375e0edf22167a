"""A store of synthetic records, and releases of it."""

from pathlib import Path
from typing import Any

import pytest

from pipeline import stages
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.ledger import Ledger, write_ledger
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.store import RecordStore
from tests.rows import safe_row

DAY = "2026-01-15"


def ledger(day: str = DAY, **units: Any) -> Ledger:
    counts = {"read": 40, "accepted": 40, "rejected": {}, "excluded": {}, **units}
    return Ledger("s", day, 1, counts, {"read": 40, "accepted": 40, "rejected": {}, "superseded": 0, "deletions": 0})


@pytest.fixture
def stored(settings: Settings, context: Context) -> Context:
    """Return zones whose store holds 40 patients with a note and a diagnosis each."""
    fill(settings, context)
    return context


def fill(settings: Settings, context: Context, *, women: int = 0) -> None:
    """Put 40 patients with a note and a diagnosis each into the store; with `women`, they have a sex and an age."""
    rows = []
    for number in range(40):
        patient = {
            "patient_key": f"{number:032x}", "encounter_key": f"{number + 1000:032x}", "bucket": number % 16,
            "policy": load_policy(settings).label, "vault_version": "v", "start": "2026",
        }  # fmt: skip
        rows += [
            safe_row("0", **patient, title="Note", text=f"Seen by [NAME], case {number}.")
            | {"record_id": f"{number:032x}"},
            safe_row("0", **patient, kind="condition", code="I10", display="Hypertension")
            | {"record_id": f"{number + 500:032x}"},
        ]
        if women:
            patient |= {"sex": "female" if number < women else "male", "birth_date": "1970"}
            rows.append(safe_row("0", **patient, kind="patient") | {"record_id": f"{number + 800:032x}"})
    RecordStore(context).merge(SafeTable.from_rows(rows))
    write_ledger(context, ledger())


def build(settings: Settings) -> tuple[list[int], list[int]]:
    """Build what is not built yet; return the buckets whose examples were made, and those whose shards were written."""
    made = stages.plan_shards(settings)
    for bucket in made:
        stages.examples(settings, bucket)
    written = stages.select(settings)
    for bucket in written:
        stages.shard(settings, bucket)
    return made, written


def release(settings: Settings) -> dict[str, Any]:
    """Make a release of the store."""
    build(settings)
    stages.gate(settings, DAY)
    return stages.publish(settings, DAY)


def folder(context: Context, name: str = DAY) -> Path:
    return Path(context.data.path("releases", name))
