"""The DAG `release`: once every source has committed a day, an immutable release of the record store."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, AssetAll, PartitionedAssetTimetable, task
from wiring import DEFAULT_ARGS, airflow_errors, current_day, day_param, records, settings

from pipeline import stages
from pipeline.config import load_settings, source_names

Counts = dict[str, Any]

DOC = """
### What this does
Sweeps the stored text for identifiers that came later, makes the examples of touched buckets, selects among all,
writes the touched shards, asks the gates, publishes
`releases/<day>` and hands it to the training job.

### At 3 a.m.
- **It did not start.** It waits for the same day from every source: look for a red or missing `etl_*` run.
  A source that was re-run alone after the release does not start it again; do that by hand:
  `airflow dags trigger release --conf '{"day": "2026-01-15"}'`
- **`gate` is red.** The release was refused and nothing was published. The sentence names the gate, the
  report the counts. Do not work around it: fix the data or the policy, then clear the run.
- **`approve` waits.** Someone has to decide in the UI, *Required Actions*. The next release waits behind it.
- **`handoff` is red.** The release is published and complete; clear `handoff` alone.
"""

config = load_settings()

with DAG(
    "release",
    description="Sweep, shard, gate, publish and hand off one day's release",
    doc_md=DOC,
    schedule=PartitionedAssetTimetable(assets=AssetAll(*(records(name) for name in source_names(config)))),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=16,
    default_args=DEFAULT_ARGS,
    params={"day": day_param()},
    tags=["chartmill", "release"],
):

    @task(multiple_outputs=False)
    def sweep() -> Counts:
        with airflow_errors():
            return stages.sweep(settings(), current_day())

    @task(multiple_outputs=False)
    def plan_shards() -> list[int]:
        with airflow_errors():
            return stages.plan_shards(settings())

    @task(multiple_outputs=False)
    def examples(bucket: int) -> Counts:
        with airflow_errors():
            return stages.examples(settings(), bucket)

    # `none_failed`: with no touched bucket there is nothing to make, and still a release to judge.
    @task(multiple_outputs=False, trigger_rule="none_failed")
    def select() -> list[int]:
        with airflow_errors():
            return stages.select(settings())

    @task(multiple_outputs=False)
    def shard(bucket: int) -> Counts:
        with airflow_errors():
            return stages.shard(settings(), bucket)

    @task(multiple_outputs=False, trigger_rule="none_failed")
    def gate() -> Counts:
        with airflow_errors():
            return stages.gate(settings(), current_day())

    @task(multiple_outputs=False)
    def publish() -> Counts:
        with airflow_errors():
            return stages.publish(settings(), current_day())

    @task(multiple_outputs=False)
    def handoff(published: Counts) -> Counts:
        with airflow_errors():
            return stages.handoff(settings(), published["name"])

    changed, selected = plan_shards(), select()
    release = publish()
    handed_off = handoff(release)  # type: ignore[arg-type]  # counts once it runs
    (
        sweep()
        >> changed
        >> examples.expand(bucket=changed)
        >> selected
        >> shard.expand(bucket=selected)
        >> gate()
        >> release
    )

    if config.approval:
        from airflow.providers.standard.operators.hitl import ApprovalOperator

        approve = ApprovalOperator(
            task_id="approve",
            subject="Hand the release {{ ti.xcom_pull(task_ids='publish')['name'] }} to training?",
            body="Read its report.html first. Reject leaves the release published and trains nothing.",
            response_timeout=timedelta(hours=20),
            execution_timeout=None,
        )
        release >> approve >> handed_off
