"""The stages, in the order of the data. Start reading here.

    etl, for each source and day               release, over the whole record store
    ────────────────────────────               ────────────────────────────────────
    plan      files → partitions               sweep        what came later, into stored rows
    ingest    file → raw            ┐          plan_shards  which buckets changed
    normalize raw → record          ┘ each     examples     records → examples        each bucket
    index     identities → vault      part-    select       which of all the examples
    redact    record → safe         ┐ ition    shard        examples → Parquet        each bucket
    validate  safe → accepted       ┘          gate         refuse what must not go out
    commit    accepted → record store          publish      shards → an immutable release
    purge     remove the work files            handoff      release → a training job, once

    forget    take patients out of both zones for good; allow lets them in again

Each stage is a plain function of settings and names. It reads what the one before it left on disk, and returns
counts, numbers and paths, never rows: Airflow and `chartmill run` call the same functions. Each imports what it needs
itself: Airflow gives every task a process of its own, and most of them need neither pandas nor spaCy.
"""

from __future__ import annotations

from pipeline.stages.etl import commit, index, ingest, normalize, plan, purge, redact, validate
from pipeline.stages.release import examples, gate, handoff, plan_shards, publish, replan_shards, select, shard, sweep
from pipeline.stages.retraction import allow, forget

__all__ = [
    "allow", "commit", "examples", "forget", "gate", "handoff", "index", "ingest", "normalize", "plan",
    "plan_shards", "publish", "purge", "redact", "replan_shards", "select", "shard", "sweep", "validate",
]  # fmt: skip
