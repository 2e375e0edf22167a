"""One DAG a source, `etl_<source>`: a day's export files into the record store."""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronPartitionTimetable, get_current_context, task, task_group
from wiring import DEFAULT_ARGS, airflow_errors, current_day, current_run, day_param, records, settings

from pipeline import stages
from pipeline.config import Settings, load_settings, load_source, source_names
from pipeline.errors import ConfigError

Counts = dict[str, Any]

DOC = """
### What this does
Reads one day of `{source}` export files and merges the de-identified records into the record store.
plan → extract (ingest → normalize) → index → deidentify (redact → validate) → commit, then purge.

### At 3 a.m.
| you see | it means | do |
|---|---|---|
| `ConfigError` | stopped before reading; the sentence names the setting or entry | fix it, clear the run |
| `GateError` | too much was rejected; nothing was committed | `chartmill quarantine {source} --day DAY` |
| `StageError` | a fault of chartmill; nothing left the PHI zone | report the line |
| `StorageError` | storage or network; three retries are spent | check it, clear the run |

**Clear the whole run, not one task**: `purge` has already deleted the work files that one task would need.

```
airflow dags clear etl_{source} --partition-key 2026-01-15 -y
airflow dags trigger etl_{source} --conf '{{"day": "2026-01-15"}}'
airflow backfill create --dag-id etl_{source} --from-date 2026-01-13 --to-date 2026-01-15T23:59 --dry-run
```

`--to-date` is an instant, not a day: without the time of day the last day is left out.
`release` starts when every source has committed the day. After a re-run of one source start it by hand.
"""


def problem(config: Settings, source: str) -> str | None:
    """Say what is wrong with a source's YAML file."""
    try:
        load_source(config, source)
    except ConfigError as error:
        return str(error)
    return None


def build(source: str, wrong: str | None) -> DAG:
    """Wire the stages of one source.

    A source whose YAML is wrong keeps its DAG: an import error here would take the other sources' DAGs down.
    Its runs fail in `plan` with the same sentence, and so `release` waits for it.
    """
    committed = records(source)
    with DAG(
        f"etl_{source}",
        description=f"{source} exports of one day into the record store",
        doc_md=(f"### Broken: {wrong}\n" if wrong else "") + DOC.format(source=source),
        # At 03:00 for the day that has ended.
        schedule=CronPartitionTimetable("0 3 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d"),
        catchup=False,
        max_active_runs=2,
        max_active_tasks=16,
        # No dagrun_timeout: it would skip `purge` too.
        default_args=DEFAULT_ARGS,
        params={"day": day_param()},
        tags=["chartmill", "etl", source, *(["broken"] if wrong else [])],
    ) as dag:

        @task(execution_timeout=timedelta(minutes=15))
        def plan() -> list[int]:
            with airflow_errors():
                return stages.plan(settings(), source, current_day(), current_run())

        @task(multiple_outputs=False)
        def ingest(part: int) -> Counts:
            with airflow_errors():
                return stages.ingest(settings(), source, current_day(), current_run(), part)

        @task(multiple_outputs=False)
        def normalize(part: int) -> Counts:
            with airflow_errors():
                return stages.normalize(settings(), source, current_day(), current_run(), part)

        @task(multiple_outputs=False)
        def index() -> Counts:
            with airflow_errors():
                return stages.index(settings(), source, current_day(), current_run())

        @task(multiple_outputs=False)
        def redact(part: int) -> Counts:
            with airflow_errors():
                return stages.redact(settings(), source, current_day(), current_run(), part)

        @task(multiple_outputs=False)
        def validate(part: int) -> Counts:
            with airflow_errors():
                return stages.validate(settings(), source, current_day(), current_run(), part)

        @task(multiple_outputs=False, outlets=[committed])
        def commit() -> Counts:
            with airflow_errors():
                day = current_day()
                counts = stages.commit(settings(), source, day, current_run())
                # A run started by hand has no partition key; without one its event would go nowhere.
                get_current_context()["outlet_events"][committed].add_partitions(day)
                return counts

        @task(multiple_outputs=False)
        def purge() -> Counts:
            with airflow_errors():
                return stages.purge(settings(), source, current_day(), current_run())

        @task_group
        def extract(part: int) -> None:
            ingest(part) >> normalize(part)

        @task_group
        def deidentify(part: int) -> None:
            redact(part) >> validate(part)

        parts, done, purged = plan(), commit(), purge()
        parts >> extract.expand(part=parts) >> index() >> deidentify.expand(part=parts) >> done
        # Work files left behind are PHI left behind: a failed purge fails the run. That makes it the leaf
        # whose state is the run's, and it succeeds after failures too: hence a second leaf that does not.
        parts.as_setup()
        purged.as_teardown(on_failure_fail_dagrun=True)
        [parts, done] >> purged
        done >> EmptyOperator(task_id="committed")
    return dag


current = load_settings()
for name in source_names(current):
    build(name, problem(current, name))
