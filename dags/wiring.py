"""What both DAG files share: the assets, the day, the key, and how errors become Airflow's."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, Connection, Param, get_current_context
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowRuntimeError,
)

from pipeline.config import Settings, load_settings, resolve_day
from pipeline.errors import ChartmillError, HandoffError, StorageError

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "chartmill",
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "execution_timeout": timedelta(hours=2),
}


_TASKS = 64


def day_param() -> Param:
    """Describe the day of a run started by hand."""
    # No `format` or `pattern`: Airflow prints the value that it refuses, `resolve_day` does not.
    return Param(
        None,
        type=["null", "string"],
        title="Day",
        description="For runs started by hand: the day to process, as YYYY-MM-DD; in JSON: "
        '{"day": "2026-01-15"}. Leave it empty elsewhere: other runs have a partition key.',
    )


def records(source: str) -> Asset:
    """Name the asset that a source's commit updates, one partition a day."""
    return Asset(name=f"chartmill_records_{source}", uri=f"chartmill://records/{source}")


def current_day() -> str:
    """Return the day of the running task's DAG run."""
    context = get_current_context()
    return resolve_day(context["dag_run"].partition_key, context["params"])


def current_run() -> str:
    """Return a short token that names the DAG run and stays the same when it is cleared."""
    run = get_current_context()["dag_run"]
    return hashlib.sha256(f"{run.dag_id}/{run.run_id}".encode()).hexdigest()[:12]


def settings() -> Settings:
    """Load the settings with the key from CHARTMILL_KEY, else from the connection `chartmill`."""
    return load_settings(None if os.environ.get("CHARTMILL_KEY") else _connection_key())


def _connection_key() -> str | None:
    try:
        password: str | None = Connection.get("chartmill").password
    except (AirflowNotFoundException, AirflowRuntimeError):
        return None  # the stage says what a missing key means
    return password


def dealt(buckets: list[int]) -> list[list[int]]:
    """Deal buckets into at most 64 mapped tasks: Airflow maps over 1024 at most, and each task costs its start."""
    return [share for first in range(_TASKS) if (share := buckets[first::_TASKS])]


@contextmanager
def airflow_errors() -> Iterator[None]:
    """Retry storage and hand-off; fail at once on everything else: a second try would end the same."""
    try:
        yield
    except (HandoffError, StorageError) as error:
        raise AirflowException(_sentence(error)) from None
    except ChartmillError as error:
        raise AirflowFailException(_sentence(error)) from None


def _sentence(error: ChartmillError) -> str:
    return f"{type(error).__name__}: {error}"
