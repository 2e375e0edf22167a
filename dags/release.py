"""The DAG `release`: once every source has committed a day, an immutable release of the record store."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Asset, AssetAll, PartitionedAssetTimetable, get_current_context, task
from wiring import DEFAULT_ARGS, airflow_errors, current_day, day_param, dealt, records, settings

from pipeline import stages
from pipeline.config import load_settings, source_names

Counts = dict[str, Any]

DOC = """
### What this does
Sweeps the stored text for identifiers that came later, makes the examples of touched buckets, selects among all,
writes the touched shards, asks the gates, publishes `releases/<day>` and hands it to the training job. The asset
`chartmill_release` tells other DAGs of it, one partition a release.

### At 3 a.m.
- **It did not start.** It waits for the same day from every source: look for a red or missing `etl_*` run.
  A source that was re-run alone after the release does not start it again; do that by hand:
  `airflow dags trigger release --conf '{"day": "2026-01-15"}'`
- **`gate` is red.** The release was refused and nothing was published. The sentence names the gate, the
  report the counts. Do not work around it: fix the data or the policy, then clear the run.
- **`approve` waits.** Someone has to decide in the UI, *Required Actions*. The next release waits behind it.
- **`handoff` is red.** The release is published and complete, only the training job has not got it. The sentence names
  the log; `chartmill handoffs` lists all attempts. Clear `handoff` alone: what was submitted is not submitted again.
"""

RELEASE = Asset(name="chartmill_release", uri="chartmill://release")

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
    def plan_shards() -> list[list[int]]:
        with airflow_errors():
            return dealt(stages.plan_shards(settings()))

    @task(multiple_outputs=False)
    def examples(buckets: list[int]) -> list[Counts]:
        with airflow_errors():
            return [stages.examples(settings(), bucket) for bucket in buckets]

    # `none_failed`: with no touched bucket there is nothing to make, and still a release to judge.
    @task(multiple_outputs=False, trigger_rule="none_failed")
    def select() -> list[list[int]]:
        with airflow_errors():
            return dealt(stages.select(settings()))

    @task(multiple_outputs=False)
    def shard(buckets: list[int]) -> list[Counts]:
        with airflow_errors():
            return [stages.shard(settings(), bucket) for bucket in buckets]

    @task(multiple_outputs=False, trigger_rule="none_failed")
    def gate() -> Counts:
        with airflow_errors():
            return stages.gate(settings(), current_day())

    @task(multiple_outputs=False)
    def publish() -> Counts:
        with airflow_errors():
            return stages.publish(settings(), current_day())

    # A command on this machine may train for long.
    @task(multiple_outputs=False, outlets=[RELEASE], execution_timeout=timedelta(days=1))
    def handoff(published: Counts) -> Counts:
        with airflow_errors():
            handed_off = stages.handoff(settings(), published["name"])
            event = get_current_context()["outlet_events"][RELEASE]
            names = {"release": "release", "manifest_sha256": "manifest_sha256", "path": "uri", "new": "new"}
            event.extra = {name: handed_off[key] for name, key in names.items()}
            # Runs started by hand have no partition key, and an event with one reaches partitioned DAGs only: so all
            # have one, and it names the release.
            event.add_partitions(handed_off["release"])
            return handed_off

    changed, selected = plan_shards(), select()
    release = publish()
    handed_off = handoff(release)  # type: ignore[arg-type]  # counts once it runs
    (
        sweep()
        >> changed
        >> examples.expand(buckets=changed)
        >> selected
        >> shard.expand(buckets=selected)
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
