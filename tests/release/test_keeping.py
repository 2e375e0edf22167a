"""How long releases are kept, where they may lie, and how the last one is made anew."""

import hashlib
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from pipeline import local, stages
from pipeline.audit import read_entries
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.errors import ConfigError, GateError
from pipeline.handoff.attempts import Attempt, claim
from pipeline.ledger import write_ledger
from pipeline.records import SCHEMAS
from pipeline.release import manifest_sha, releases, verify_release, withdrawn
from tests.release.made import DAY, build, ledger, release

DAYS = [DAY, "2026-01-16", "2026-01-17", "2026-01-18"]


def _release_days(settings: Settings, context: Context, days: list[str]) -> None:
    for day in days:
        write_ledger(context, ledger(day))
        release(settings)


@pytest.mark.parametrize(("keep", "left"), [(0, DAYS[:3]), (1, DAYS[2:3]), (2, DAYS[1:3]), (9, DAYS[:3])])
def test_the_latest_are_kept(settings: Settings, stored: Context, keep: int, left: list[str]) -> None:
    _release_days(settings.model_copy(update={"keep_releases": keep}), stored, DAYS[:3])
    assert releases(stored) == left
    assert withdrawn(stored) == [day for day in DAYS[:3] if day not in left]
    logged = [entry for entry in read_entries(stored) if entry["event"] == "withdraw"]
    assert [(entry["release"], entry["why"]) for entry in logged] == [(d, "retention") for d in withdrawn(stored)]


def test_one_that_a_hand_off_uses_is_kept(settings: Settings, stored: Context) -> None:
    kept = settings.model_copy(update={"keep_releases": 1})
    _release_days(kept, stored, DAYS[:1])
    attempt = claim(stored.data, DAY, manifest_sha(stored, DAY), "command", lambda: datetime.now(UTC), force=False)
    assert isinstance(attempt, Attempt)
    _release_days(kept, stored, DAYS[1:3])
    assert releases(stored) == [DAY, DAYS[2]]
    attempt.end("completed", exit_code=0)
    _release_days(kept, stored, DAYS[3:])
    assert releases(stored) == DAYS[3:]


@pytest.fixture
def bucket() -> str:
    """Return the URI of a folder of object storage that lives in memory."""
    uri = "memory://bucket/release"
    fs, root = fsspec.core.url_to_fs(uri)
    if fs.exists(root):
        fs.rm(root, recursive=True)
    return uri


def _upload(published: Path, uri: str) -> tuple[fsspec.AbstractFileSystem, str]:
    fs, root = fsspec.core.url_to_fs(uri)
    for path in published.rglob("*"):
        if path.is_file():
            fs.pipe_file(f"{root}/{path.relative_to(published)}", path.read_bytes())
    return fs, root


def test_a_release_on_object_storage_is_verified(published: Path, bucket: str) -> None:
    _upload(published, bucket)
    loaded = verify_release(bucket)
    assert {name: sum(splits.values()) for name, splits in loaded.items()} == {"chat": 40, "plans": 40, "text": 40}


@pytest.mark.parametrize("fault", ["altered", "missing", "extra"])
def test_a_fault_on_object_storage_is_found(published: Path, bucket: str, fault: str) -> None:
    fs, root = _upload(published, bucket)
    path = fs.find(f"{root}/chat/train")[0]
    if fault == "missing":
        fs.rm(path)
    else:
        fs.pipe_file(path if fault == "altered" else f"{path}.more", b"x")
    with pytest.raises(GateError, match="get the release again"):
        verify_release(bucket)


def test_it_is_made_anew_without_the_phi_zone(settings: Settings, stored: Context, tmp_path: Path) -> None:
    release(settings)
    recipes = Path(shutil.copytree(SCHEMAS / "recipes", tmp_path / "recipes"))
    path = recipes / "note_text.yaml"
    path.write_text(path.read_text().replace("{{ note.text }}", "NOTE {{ note.text }}"))
    elsewhere = settings.model_copy(update={"recipes": recipes, "phi": str(tmp_path / "nothing")})
    name = local.release(elsewhere, "", workers=1, console=Console(quiet=True), again=True)
    assert name == f"{DAY}-2"
    files = Path(stored.data.path("releases", name, "text")).rglob("*.parquet")
    assert all("NOTE " in text for path in files for text in pq.read_table(path)["text"].to_pylist())
    written = {path.parts[0] for path in (tmp_path / "nothing").rglob("*") if path.is_file()}
    assert all(path.parent.name == "audit" for path in (tmp_path / "nothing").rglob("*") if path.is_file()), written


def test_it_is_not_made_anew_of_another_store(settings: Settings, stored: Context) -> None:
    with pytest.raises(ConfigError, match="no release to make anew"):
        stages.replan_shards(settings)
    release(settings)
    plan = stored.data.read_json("shards/plan.json")
    stored.data.write_json("shards/plan.json", plan | {"version": plan["version"] + 1})
    with pytest.raises(ConfigError, match="has changed since"):
        stages.replan_shards(settings)


def test_a_shard_of_other_columns_is_refused(settings: Settings, stored: Context) -> None:
    build(settings)
    counts = next(Path(stored.data.path("shards")).rglob("counts.json"))
    content = json.loads(counts.read_text())
    name, entry = next(iter(content["files"].items()))
    sink = io.BytesIO()
    pq.write_table(pq.read_table(counts.parent / name).drop_columns(["sex"]), sink)
    (counts.parent / name).write_bytes(sink.getvalue())
    entry["sha256"] = hashlib.sha256(sink.getvalue()).hexdigest()
    counts.write_text(json.dumps(content))
    with pytest.raises(GateError, match="other columns"):
        stages.gate(settings, DAY)
