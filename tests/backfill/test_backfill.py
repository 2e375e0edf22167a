"""A backfill of three sources over three days on a real scheduler, and the releases that it sets off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster, cluster
from processes import postgres_bin

DAGS = Path(__file__).resolve().parents[2] / "dags"
ETL = ("etl_csv", "etl_fhir", "etl_hl7v2")
DAYS = ("2026-01-13", "2026-01-14", "2026-01-15")

pytestmark = pytest.mark.skipif(postgres_bin() is None, reason="needs PostgreSQL's server programs")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home = tmp_path_factory.mktemp("airflow")
    zones = {"CHARTMILL_KEY": "0" * 64, "CHARTMILL_PHI": f"{home}/phi", "CHARTMILL_DATA": f"{home}/data"}
    with cluster(home, DAGS, [*ETL, "release"], zones) as running:
        yield running


def test_every_day_of_every_source_sets_off_one_release_a_day(airflow: Cluster) -> None:
    for dag in ETL:
        airflow.backfill(dag, DAYS[0], DAYS[-1])
    for dag in ETL:
        assert {run.day: run.state for run in airflow.wait(dag, DAYS, 300)} == dict.fromkeys(DAYS, "success")
    releases = airflow.wait("release", DAYS, 120)
    assert sorted((run.day, run.kind, run.state) for run in releases) == [
        (day, "asset_triggered", "success") for day in DAYS
    ]


def test_a_cleared_day_runs_again_under_the_same_id(airflow: Cluster) -> None:
    before = {run.run_id for run in airflow.runs("etl_csv")}
    airflow.clear("etl_csv", DAYS[1])
    again = airflow.wait("etl_csv", DAYS, 120)
    assert {run.run_id for run in again} == before
    assert {run.state for run in again} == {"success"}
    # One source alone does not make a release again.
    assert len(airflow.runs("release")) == len(DAYS)
