"""The `release` DAG tells other DAGs of each release: what the event holds, and how a DAG is scheduled on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import stages

# Airflow uses what its own dependencies have deprecated.
pytestmark = pytest.mark.filterwarnings("default")

DAGS = Path(__file__).resolve().parents[2] / "dags"
DOCS = DAGS.parent / "docs" / "handoff.md"
OUTCOME = {
    "release": "2026-01-15-2", "manifest_sha256": "ab" * 32, "uri": "/data/releases/2026-01-15-2", "new": True,
    "launcher": "none", "attempt": 1, "status": "announced", "external_id": None, "log": "x",
}  # fmt: skip


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Return the project's `release`, and the DAG of somebody else that stands in the docs."""
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    (home / "dags" / "train.py").write_text(DOCS.read_text().partition("```python\n")[2].partition("```")[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(home))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        patch.setenv("CHARTMILL_KEY", "0" * 64)
        patch.setenv("CHARTMILL_PHI", str(home / "phi"))
        patch.setenv("CHARTMILL_DATA", str(home / "data"))
        patch.syspath_prepend(str(DAGS))
        # After the environment: airflow reads it once, at its first import.
        from airflow.dag_processing.dagbag import DagBag

        bags = [DagBag(dag_folder=folder) for folder in (DAGS / "release.py", home / "dags")]
        assert [bag.import_errors for bag in bags] == [{}, {}]
        yield dict(bags[0].dags) | dict(bags[1].dags)


def test_a_dag_can_be_scheduled_on_releases(dags: dict[str, Any]) -> None:
    from airflow.sdk import PartitionedAssetTimetable

    (outlet,) = dags["release"].get_task("handoff").outlets
    assert outlet.name == "chartmill_release"
    # Partitioned events never set off a DAG with `schedule=[asset]`.
    assert isinstance(dags["train"].timetable, PartitionedAssetTimetable)
    assert dags["train"].timetable.asset_condition == outlet


def test_the_event_names_the_release(dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.execution_time.context import OutletEventAccessors

    task = dags["release"].get_task("handoff")
    events = OutletEventAccessors()
    monkeypatch.setitem(task.python_callable.__globals__, "get_current_context", lambda: {"outlet_events": events})
    monkeypatch.setattr(stages, "handoff", lambda _, name: OUTCOME | {"release": name})
    assert task.python_callable({"name": "2026-01-15-2"}) == OUTCOME
    event = events[task.outlets[0]]
    assert event.extra == {
        "release": "2026-01-15-2", "manifest_sha256": "ab" * 32, "path": "/data/releases/2026-01-15-2", "new": True,
    }  # fmt: skip
    assert event.partition_keys == {"2026-01-15-2"}
