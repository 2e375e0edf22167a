"""What was withdrawn is gone, said to be so, and its name is not given again."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.audit import read_entries
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.records import SafeTable
from pipeline.redact.policy import load_policy
from pipeline.release import releases, withdraw, withdrawn
from pipeline.storage import Zone
from pipeline.store import RecordStore
from tests.cli.conftest import Call
from tests.cli.conftest import call as call
from tests.release.made import DAY, folder, release
from tests.rows import safe_row

NOW = datetime(2026, 1, 20, 3, 0, tzinfo=UTC)


def _files(context: Context) -> set[str]:
    return {str(path.relative_to(folder(context))) for path in folder(context).rglob("*") if path.is_file()}


def _events(context: Context) -> list[str]:
    return [entry["event"] for entry in read_entries(context)]


def test_only_the_notice_is_left(settings: Settings, stored: Context) -> None:
    sha = release(settings)["manifest_sha"]
    shards = [pq.read_metadata(path).num_rows for path in folder(stored).rglob("*.parquet")]
    assert withdraw(stored, DAY, "retention", NOW)
    assert _files(stored) == {"WITHDRAWN.json"}
    notice = stored.data.read_json(f"releases/{DAY}/WITHDRAWN.json")
    assert (notice["why"], notice["examples"], notice["manifest_sha256"]) == ("retention", sum(shards), sha)
    assert (releases(stored), withdrawn(stored)) == ([], [DAY])
    assert not withdraw(stored, DAY, "retention", NOW)
    assert _events(stored).count("withdraw") == 1


def test_its_name_is_not_given_again(settings: Settings, stored: Context) -> None:
    release(settings)
    withdraw(stored, DAY, "retraction", NOW, replaced_by=f"{DAY}-2")
    assert release(settings)["name"] == f"{DAY}-2"
    row = safe_row("a", policy=load_policy(settings).label, title="Late", text="Late note.", patient_key="5" * 32)
    RecordStore(stored).merge(SafeTable.from_rows([row]))
    assert release(settings)["name"] == f"{DAY}-3"


def test_a_killed_withdrawal_is_no_release_and_is_finished(
    settings: Settings,
    stored: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release(settings)
    with monkeypatch.context() as killed:
        killed.setattr(Zone, "remove", _killed)
        with pytest.raises(KeyboardInterrupt):
            withdraw(stored, DAY, "retention", NOW)
    assert releases(stored) == []
    assert len(_files(stored)) > 1
    withdraw(stored, DAY, "retention", NOW)
    assert _files(stored) == {"WITHDRAWN.json"}
    assert _events(stored).count("withdraw") == 1


def _killed(zone: Zone, path: str) -> None:
    raise KeyboardInterrupt


def test_the_shards_that_were_built_stay_for_the_next_release(settings: Settings, stored: Context) -> None:
    release(settings)
    built = set(Path(stored.data.path("shards")).rglob("*.parquet"))
    withdraw(stored, DAY, "retention", NOW)
    assert built == set(Path(stored.data.path("shards")).rglob("*.parquet"))


def test_the_command_withdraws_one_by_hand(call: Call, settings: Settings, stored: Context) -> None:
    release(settings)
    assert "no release 2026-01-14" in call("withdraw", "2026-01-14", "--yes").stdout
    assert call("withdraw", DAY).exit_code == 1, "nobody said yes"
    assert releases(stored) == [DAY]
    assert "is withdrawn" in call("withdraw", DAY, "--yes").stdout
    assert stored.data.read_json(f"releases/{DAY}/WITHDRAWN.json")["why"] == "by_hand"
    assert "by_hand" in call("releases").stdout
