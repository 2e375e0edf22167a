"""Three days backfilled on a real scheduler give the bytes of three nights, and of the days in reverse order."""

import filecmp
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from pipeline import local
from pipeline.config import Settings, load_settings, source_names
from pipeline.context import open_context
from pipeline.release import releases
from tests.backfill.cluster import Cluster, cluster
from tests.backfill.processes import postgres_bin

DAGS = Path(__file__).resolve().parents[2] / "dags"
ETL = ("etl_csv", "etl_fhir", "etl_hl7v2")
DAYS = ("2026-01-15", "2026-01-16", "2026-01-17")
KEY = "0" * 64

pytestmark = pytest.mark.backfill


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the cluster and its zones."""
    if postgres_bin() is None:
        pytest.fail("PostgreSQL's server programs are not installed: apt-get install postgresql")
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def airflow(home: Path) -> Iterator[Cluster]:
    """Run Airflow on PostgreSQL with the sample sources."""
    zones = {"CHARTMILL_KEY": KEY, "CHARTMILL_PHI": f"{home}/phi", "CHARTMILL_DATA": f"{home}/data"}
    with cluster(home, DAGS, [*ETL, "release"], zones) as running:
        yield running


def test_a_backfill_sets_off_a_release_a_day(airflow: Cluster) -> None:
    for dag in ETL:
        airflow.backfill(dag, DAYS[0], DAYS[-1])
    for dag in ETL:
        assert {run.day: run.state for run in airflow.wait(dag, DAYS, 600)} == dict.fromkeys(DAYS, "success")
    found = airflow.wait("release", DAYS, 300)
    assert sorted((run.day, run.kind, run.state) for run in found) == [
        (day, "asset_triggered", "success") for day in DAYS
    ]


def test_a_cleared_day_runs_again_and_changes_nothing(airflow: Cluster, home: Path) -> None:
    context = open_context(load_settings(KEY, phi=f"{home}/phi", data=f"{home}/data"))
    before, run_ids = releases(context), {run.run_id for dag in ETL for run in airflow.runs(dag)}
    for dag in ETL:
        airflow.clear(dag, DAYS[1])
    for dag in ETL:
        assert {run.state for run in airflow.wait(dag, DAYS, 300)} == {"success"}
    assert {run.run_id for dag in ETL for run in airflow.runs(dag)} == run_ids
    again = airflow.wait("release", [DAYS[1]], 300, at_least=2)
    assert {run.state for run in again} == {"success"}
    assert releases(context) == before


def test_no_work_files_are_left(airflow: Cluster, home: Path) -> None:
    assert [path for path in (home / "phi" / "work").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("order", [DAYS, DAYS[::-1]], ids=["night by night", "in reverse order"])
def test_the_bytes_are_the_same(airflow: Cluster, home: Path, tmp_path: Path, order: Sequence[str]) -> None:
    settings = load_settings(KEY, phi=str(tmp_path / "phi"), data=str(tmp_path / "data"))
    for day in order:
        local.run(settings, source_names(settings), day, workers=2, console=Console(quiet=True))
    backfilled = load_settings(KEY, phi=f"{home}/phi", data=f"{home}/data")
    assert difference(latest(backfilled), latest(settings)) == []


def latest(settings: Settings) -> Path:
    """Return the folder of the latest release."""
    context = open_context(settings)
    return Path(context.data.path("releases", releases(context)[-1]))


def difference(one: Path, other: Path) -> list[str]:
    """Return the files that two folders do not share byte by byte."""
    names = {str(path.relative_to(root)) for root in (one, other) for path in root.rglob("*") if path.is_file()}
    assert names
    _, differing, missing = filecmp.cmpfiles(one, other, names, shallow=False)
    return sorted(differing + missing)
