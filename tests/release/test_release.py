"""From the record store to a release: complete, immutable, verified, and refused where something is wrong."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import stages
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import ConfigError, GateError, HandoffError
from pipeline.ledger import Ledger, write_ledger
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.redact.vault import NOBODY, Vault
from pipeline.release import releases, verify_release
from pipeline.store import RecordStore
from tests.redact.nights import policies
from tests.rows import safe_row

DAY = "2026-01-15"


def ledger(day: str = DAY, **units: Any) -> Ledger:
    counts = {"read": 40, "accepted": 40, "rejected": {}, "excluded": {}, **units}
    return Ledger("s", day, 1, counts, {"read": 40, "accepted": 40, "rejected": {}, "superseded": 0, "deletions": 0})


@pytest.fixture
def stored(settings: Settings, context: Context) -> Context:
    """Return zones whose store holds 40 patients with a note and a diagnosis each."""
    rows = []
    for number in range(40):
        patient = {
            "patient_key": f"{number:032x}", "encounter_key": f"{number + 1000:032x}", "bucket": number % 16,
            "policy": load_policy(settings).label, "vault_version": "v",
        }  # fmt: skip
        rows += [
            safe_row("0", **patient, title="Note", text=f"Seen by [NAME], case {number}.")
            | {"record_id": f"{number:032x}"},
            safe_row("0", **patient, kind="condition", code="I10", display="Hypertension")
            | {"record_id": f"{number + 500:032x}"},
        ]
    RecordStore(context).merge(SafeTable.from_rows(rows))
    write_ledger(context, ledger())
    return context


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
    build(settings)
    stages.gate(settings, DAY)
    return stages.publish(settings, DAY)


def folder(context: Context, name: str = DAY) -> Path:
    return Path(context.data.path("releases", name))


def test_a_release_is_complete_and_loads(settings: Settings, stored: Context) -> None:
    assert release(settings)["new"]
    loaded = verify_release(folder(stored))
    assert sum(loaded["text"].values()) == 40
    assert sum(loaded["chat"].values()) == 40
    sums = (folder(stored) / "SHA256SUMS").read_text()
    assert hashlib.sha256((folder(stored) / "manifest.json").read_bytes()).hexdigest() in sums


def test_nothing_new_makes_no_release(settings: Settings, stored: Context) -> None:
    first = release(settings)
    assert build(settings) == ([], [])
    assert release(settings) == {**first, "new": False}
    assert releases(stored) == [DAY]


def test_another_content_of_the_same_day_is_another_revision(settings: Settings, stored: Context) -> None:
    release(settings)
    before = {path: path.read_bytes() for path in folder(stored).rglob("*") if path.is_file()}
    row = safe_row("a", policy=load_policy(settings).label, title="Late", text="Late note.", patient_key="5" * 32)
    RecordStore(stored).merge(SafeTable.from_rows([row]))
    assert build(settings) == ([3], [3])
    assert release(settings)["name"] == f"{DAY}-2"
    assert {path: path.read_bytes() for path in folder(stored).rglob("*") if path.is_file()} == before
    write_ledger(stored, ledger("2026-01-16"))
    assert release(settings)["name"] == "2026-01-16"
    assert releases(stored) == [DAY, f"{DAY}-2", "2026-01-16"]


def test_what_a_killed_run_left_is_no_release(settings: Settings, stored: Context) -> None:
    stored.data.write_bytes(f"releases/{DAY}/chat/train/half.parquet", b"x")
    assert releases(stored) == []
    release(settings)
    verify_release(folder(stored))


def test_a_patient_is_in_one_split_only(settings: Settings, stored: Context) -> None:
    release(settings)
    homes: dict[str, set[str]] = {}
    for path in folder(stored).rglob("*.parquet"):
        for key in pq.read_table(path)["patient_key"].to_pylist():
            homes.setdefault(key, set()).add(path.parent.name)
    assert len(homes) == 40
    assert {len(splits) for splits in homes.values()} == {1}
    assert set.union(*homes.values()) >= {"train", "test"}


def _built(context: Context) -> Path:
    return next(Path(context.data.path("shards")).rglob("*.parquet"))


def test_an_altered_shard_is_refused(settings: Settings, stored: Context) -> None:
    build(settings)
    path = _built(stored)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(GateError, match="was altered"):
        stages.gate(settings, DAY)


@pytest.mark.parametrize("text", ["SSN 912-45-6789", "call 617-555-0134", "write to a.b@example.org"])
def test_what_looks_like_an_identifier_is_refused(settings: Settings, stored: Context, text: str) -> None:
    row = safe_row("b", policy=load_policy(settings).label, title="Note", text=text)
    RecordStore(stored).merge(SafeTable.from_rows([row]))
    with pytest.raises(GateError, match="looks like") as caught:
        release(settings)
    assert text.split()[-1] not in str(caught.value)
    assert releases(stored) == []


@pytest.mark.parametrize(
    ("replace", "beside", "passes"),
    [
        ("surrogate", "", True), ("tag", "", False), ("indexed", "", False), ("surrogate", "912-45-6789", False),
        ("surrogate", "617-555-0134", False), ("surrogate", "292-555-0234", False),
        ("surrogate", "a.b@example.org.clinic.com", False), ("surrogate", "(292) 555-0234", False),
    ],
)  # fmt: skip
def test_what_is_reserved_for_fiction_passes_as_surrogates_only(
    settings: Settings, context: Context, tmp_path: Path, replace: str, beside: str, passes: bool
) -> None:
    made = settings.model_copy(update={"policies": policies(tmp_path / "policies", replace)})
    text = f"SSN 000-12-3456, call (292) 555-0134 or 292-555-0134, write to ann.lee@example.org. {beside}"
    row = safe_row("b", policy=load_policy(made).label, vault_version=Vault(context).version(NOBODY), text=text)
    RecordStore(context).merge(SafeTable.from_rows([row]))
    write_ledger(context, ledger())
    if passes:
        assert release(made)["new"]
    else:
        with pytest.raises(GateError, match="looks like"):
            release(made)


def test_mixed_policies_are_refused(settings: Settings, stored: Context) -> None:
    RecordStore(stored).merge(SafeTable.from_rows([safe_row("c", policy="date_shift@0", text="x")]))
    with pytest.raises(GateError, match="1 by date_shift@0"):
        release(settings)


def test_lost_units_are_refused(settings: Settings, stored: Context) -> None:
    write_ledger(stored, ledger(read=41))
    with pytest.raises(GateError, match="41 units read but 40"):
        release(settings)


def test_a_store_without_a_committed_day_is_refused(settings: Settings, context: Context) -> None:
    with pytest.raises(GateError, match="nothing to release"):
        release(settings)


@pytest.mark.parametrize("fault", ["altered", "missing", "extra"])
def test_verify_finds_the_fault(settings: Settings, stored: Context, fault: str) -> None:
    release(settings)
    path = next(folder(stored).rglob("train-*.parquet"))
    if fault == "altered":
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[:-1] + b"x")
    elif fault == "missing":
        path.unlink()
    else:
        (path.parent / "stray.parquet").write_bytes(b"x")
    with pytest.raises(GateError, match="get the release again"):
        verify_release(folder(stored))


def test_verify_of_no_release_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no complete release"):
        verify_release(tmp_path)


def test_a_job_is_submitted_once_for_each_manifest(settings: Settings, stored: Context, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    counted = settings.model_copy(update={"handoff": f"sh -c 'echo {{release}} >> {log}'"})
    name = release(counted)["name"]
    assert stages.handoff(counted, name)["new"]
    assert not stages.handoff(counted, name)["new"]
    assert log.read_text().splitlines() == [str(folder(stored))]


def test_a_job_that_failed_is_submitted_again(settings: Settings, stored: Context, tmp_path: Path) -> None:
    failing = settings.model_copy(update={"handoff": "sh -c 'echo out of quota; exit 3'"})
    name = release(failing)["name"]
    with pytest.raises(HandoffError, match="exit code 3"):
        stages.handoff(failing, name)
    log = next(Path(stored.data.path("handoff")).glob("*.log"))
    assert log.read_text() == "out of quota\n"
    assert stages.handoff(settings.model_copy(update={"handoff": "true"}), name)["new"]
