"""A small but real Airflow: PostgreSQL, LocalExecutor, scheduler, DAG processor and API server."""

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.backfill.processes import LOOPBACK, free_port, postgres, running, until

PRELOADED = (
    "pipeline.ingest.read", "pipeline.normalize", "pipeline.redact.stage", "pipeline.redact.detector.engine",
    "pipeline.validate", "pipeline.store", "pipeline.release", "pipeline.stages",
)  # fmt: skip
AIRFLOW = str(Path(sys.executable).with_name("airflow"))


@dataclass(frozen=True)
class Run:
    """One DAG run."""

    dag: str
    day: str | None
    run_id: str
    kind: str
    state: str

    @property
    def done(self) -> bool:
        """Say whether the run has ended."""
        return self.state in ("success", "failed")


@dataclass(frozen=True)
class Cluster:
    """A running Airflow."""

    env: Mapping[str, str]
    url: str
    token: str

    def airflow(self, *arguments: str) -> str:
        """Run one `airflow` command; return what it printed."""
        done = subprocess.run([AIRFLOW, *arguments], env=dict(self.env), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"airflow {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def call(self, path: str, body: object = None, method: str | None = None) -> Any:
        """Call the REST API."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v2/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def backfill(self, dag: str, first: str, last: str) -> None:
        """Create a backfill of whole days, both included."""
        # `--to-date` is an instant: the last day's run is at some hour of it.
        days = ("--from-date", first, "--to-date", f"{last}T23:59")
        self.airflow("backfill", "create", "--dag-id", dag, *days, "--max-active-runs", "3")

    def clear(self, dag: str, day: str) -> None:
        """Run a day's runs again, whole."""
        self.airflow("dags", "clear", dag, "--partition-key", day, "--yes")

    def runs(self, dag: str = "~") -> list[Run]:
        """List the DAG runs, oldest first; `~` means of every DAG."""
        rows = self.call(f"dags/{dag}/dagRuns?limit=1000&order_by=id")["dag_runs"]
        return [
            Run(row["dag_id"], row["partition_key"], row["dag_run_id"], row["run_type"], row["state"]) for row in rows
        ]

    def wait(self, dag: str, days: Collection[str], seconds: float, *, at_least: int = 1) -> list[Run]:
        """Wait until each day has so many runs of the DAG and all have ended; return them."""

        def ended() -> list[Run] | None:
            found = [run for run in self.runs(dag) if run.day in days]
            enough = all(sum(run.day == day for run in found) >= at_least for day in days)
            return found if enough and all(run.done for run in found) else None

        return until(f"runs of {dag}", ended, seconds)


def environment(home: Path, dags: Path, database: str, port: int) -> dict[str, str]:
    """Describe the whole Airflow in environment variables, tuned for two cores and a short life."""
    url = f"http://{LOOPBACK}:{port}"
    options = {
        "core__dags_folder": str(dags),
        "core__load_examples": "False",
        "core__executor": "LocalExecutor",
        "core__parallelism": "6",
        "core__default_pool_task_slot_count": "6",
        "core__dags_are_paused_at_creation": "False",
        "core__execution_api_server_url": f"{url}/execution/",
        "core__hostname_callable": "socket.gethostname",
        "core__simple_auth_manager_all_admins": "True",
        "core__lazy_discover_providers": "True",
        "core__fernet_key": "",
        "database__sql_alchemy_conn": f"postgresql+psycopg2://{database}",
        "database__sql_alchemy_conn_async": f"postgresql+asyncpg://{database}",
        "api__base_url": url,
        "api__host": LOOPBACK,
        "api__port": str(port),
        "api__workers": "1",
        "api__secret_key": secrets.token_hex(16),
        "api_auth__jwt_secret": secrets.token_hex(32),
        # Only backfills and assets make runs: none for last night, however early the test runs.
        "scheduler__max_dagruns_to_create_per_loop": "0",
        "scheduler__scheduler_idle_sleep_time": "0.1",
        # A worker may notice only at its next heartbeat that its task has ended: by default 5 s later.
        "workers__min_heartbeat_interval": "1",
        "scheduler__enable_health_check": "False",
        "dag_processor__min_file_process_interval": "3600",
        "dag_processor__refresh_interval": "3600",
        "dag_processor__parsing_processes": "1",
        "logging__colored_console_log": "False",
    }
    airflow = {f"AIRFLOW__{name.upper()}": value for name, value in options.items()}
    return os.environ | airflow | {"AIRFLOW_HOME": str(home)}


@contextmanager
def cluster(home: Path, dags: Path, wanted: Collection[str], extra: Mapping[str, str]) -> Iterator[Cluster]:
    """Run an Airflow whose DAG ids are `wanted`, with `extra` in its environment."""
    # The scheduler forks the tasks: what it has imported, they need not import each again.
    preload = home / "preload"
    preload.mkdir(parents=True)
    (preload / "airflow_local_settings.py").write_text("".join(f"import {module}\n" for module in PRELOADED))
    with ExitStack() as stack:
        database = stack.enter_context(postgres(home / "postgres.log"))
        env = environment(home, dags, database, free_port()) | dict(extra)
        with (home / "migrate.log").open("wb") as log:
            subprocess.run([AIRFLOW, "db", "migrate"], env=env, check=True, stdout=log, stderr=log)
        # They stop in the reverse order: the API server has to outlive the tasks that report to it.
        for component in (["api-server"], ["dag-processor"], ["scheduler", "--skip-serve-logs"]):
            paths = [str(preload)] if component[0] == "scheduler" else []
            paths += [env["PYTHONPATH"]] if "PYTHONPATH" in env else []
            own = env | {"PYTHONPATH": os.pathsep.join(paths)}
            stack.enter_context(running([AIRFLOW, *component], home / f"{component[0]}.log", own))
        url = env["AIRFLOW__API__BASE_URL"]
        token = until("the API server", lambda: _token(url), 120)
        airflow = Cluster(env, url, token)
        until("the DAGs", lambda: True if _parsed(airflow) >= set(wanted) else None, 120)
        yield airflow


def _token(url: str) -> str | None:
    try:
        with urllib.request.urlopen(f"{url}/auth/token", timeout=5) as response:
            return str(json.load(response)["access_token"])
    except OSError:
        return None


def _parsed(airflow: Cluster) -> set[str]:
    errors = airflow.call("importErrors")["import_errors"]
    if errors:
        raise RuntimeError("\n".join(error["stack_trace"] for error in errors))
    return {dag["dag_id"] for dag in airflow.call("dags?limit=100")["dags"]}
