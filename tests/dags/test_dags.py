"""The DAGs parse, have the promised shape, and hold nothing a pipeline stage should."""

import ast
import sys
from pathlib import Path
from typing import Any

import pytest

# Airflow uses what its own dependencies have deprecated.
pytestmark = pytest.mark.filterwarnings("default")

DAGS = Path(__file__).resolve().parents[2] / "dags"
SOURCES = ("csv", "fhir", "hl7v2")
ETL_TASKS = {
    "plan",
    "extract.ingest",
    "extract.normalize",
    "index",
    "deidentify.redact",
    "deidentify.validate",
    "commit",
    "committed",
    "purge",
}


@pytest.fixture(scope="session")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("airflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(home))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        patch.setenv("CHARTMILL_KEY", "0" * 64)
        patch.setenv("CHARTMILL_PHI", str(home / "phi"))
        patch.setenv("CHARTMILL_DATA", str(home / "data"))
        # What the DAG processor and the task runner do for a bundle.
        patch.syspath_prepend(str(DAGS))
        # After the environment: airflow reads it once, at its first import.
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(dag_folder=DAGS)
        assert bag.import_errors == {}
        assert list(home.glob("phi/**/*")) == [], "parsing must not write"
    # Outside: other tests of the session must not see these settings.
    return dict(bag.dags)


def test_one_dag_a_source_the_release_and_retraction(dags: dict[str, Any]) -> None:
    assert set(dags) == {*(f"etl_{source}" for source in SOURCES), "release", "forget"}


def test_patients_are_forgotten_one_run_at_a_time_and_by_hand(dags: dict[str, Any]) -> None:
    dag = dags["forget"]
    assert (dag.max_active_runs, dag.timetable.can_be_scheduled, dag.task_ids) == (1, False, ["forget"])
    assert set(dag.params) == {"patients", "releases", "dry_run"}, "no ids: Airflow shows params"


@pytest.mark.parametrize("source", SOURCES)
def test_etl_has_the_stages(dags: dict[str, Any], source: str) -> None:
    dag = dags[f"etl_{source}"]
    assert set(dag.task_ids) == ETL_TASKS
    upstream = {task.task_id: task.upstream_task_ids for task in dag.tasks}
    # The mapped ones also hang on `plan`, whose partition numbers they get.
    assert upstream["extract.ingest"] == {"plan"}
    assert upstream["extract.normalize"] == {"plan", "extract.ingest"}
    assert upstream["index"] == {"extract.normalize"}
    assert upstream["deidentify.redact"] == {"plan", "index"}
    assert upstream["deidentify.validate"] == {"plan", "deidentify.redact"}
    assert upstream["commit"] == {"deidentify.validate"}
    for name in ("extract.ingest", "extract.normalize", "deidentify.redact", "deidentify.validate"):
        assert dag.get_task(name).get_closest_mapped_task_group() is not None, name
    for name in ("index", "commit"):
        assert dag.get_task(name).trigger_rule == "all_success", "a day without files fails in plan"


@pytest.mark.parametrize("source", SOURCES)
def test_purge_is_a_teardown_whose_failure_fails_the_run(dags: dict[str, Any], source: str) -> None:
    dag = dags[f"etl_{source}"]
    purge = dag.get_task("purge")
    assert purge.is_teardown
    assert purge.on_failure_fail_dagrun
    assert dag.get_task("plan").is_setup
    # Without a leaf that is no teardown the run's state would be purge's alone.
    assert {task.task_id for task in dag.leaves} == {"purge", "committed"}
    assert dag.get_task("committed").upstream_task_ids == {"commit"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_day_is_a_partition(dags: dict[str, Any], source: str) -> None:
    from airflow.sdk import CronPartitionTimetable

    dag = dags[f"etl_{source}"]
    assert isinstance(dag.timetable, CronPartitionTimetable)
    assert dag.timetable.key_format == "%Y-%m-%d"
    assert dag.timetable.run_offset == -1
    assert dag.catchup is False
    assert [asset.uri for asset in dag.get_task("commit").outlets] == [f"chartmill://records/{source}"]


def test_release_waits_for_every_source(dags: dict[str, Any]) -> None:
    from airflow.sdk import AssetAll, PartitionedAssetTimetable

    dag = dags["release"]
    assert isinstance(dag.timetable, PartitionedAssetTimetable)
    assert isinstance(dag.timetable.asset_condition, AssetAll)
    assets: list[Any] = list(dag.timetable.asset_condition.objects)
    assert {asset.uri for asset in assets} == {f"chartmill://records/{source}" for source in SOURCES}
    assert dag.max_active_runs == 1


def test_release_has_the_stages(dags: dict[str, Any]) -> None:
    dag = dags["release"]
    assert set(dag.task_ids) - {"approve"} == {
        "sweep",
        "plan_shards",
        "examples",
        "select",
        "shard",
        "gate",
        "publish",
        "handoff",
    }
    assert dag.get_task("sweep").downstream_task_ids == {"plan_shards"}
    assert dag.get_task("shard").is_mapped
    assert dag.get_task("gate").upstream_task_ids == {"shard"}
    assert dag.get_task("gate").trigger_rule == "none_failed", "no touched bucket is no reason to skip"
    assert dag.get_task("publish").upstream_task_ids == {"gate"}


def test_every_dag_of_nights_takes_a_day(dags: dict[str, Any]) -> None:
    for dag in (dag for name, dag in dags.items() if name != "forget"):
        day = dag.params.get_param("day")
        assert day.value is None
        assert '{"day": "2026-01-15"}' in day.description


def test_every_dag_says_what_to_do_at_night(dags: dict[str, Any]) -> None:
    for name, dag in dags.items():
        assert "At 3 a.m." in dag.doc_md
        assert "chartmill" in dag.tags
        for task in dag.tasks:
            # Retraction waits for runs that are under way.
            assert task.retries == (16 if name == "forget" else 3), task.task_id
            assert task.execution_timeout is not None or task.task_id == "approve"


def test_dags_import_only_the_sdk_and_the_pipeline() -> None:
    allowed = {"airflow", "pipeline", "wiring"} | set(sys.stdlib_module_names)
    for file in DAGS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] in allowed, (file.name, name)
                assert not name.startswith("airflow") or name.startswith(
                    ("airflow.sdk", "airflow.providers.standard.operators")
                ), (file.name, name)
