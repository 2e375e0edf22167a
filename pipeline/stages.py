"""The stages, in the order of the data. Start reading here.

    etl, for each source and day               release, over the whole record store
    ────────────────────────────               ────────────────────────────────────
    plan      files → partitions               sweep        search again for what came later
    ingest    file → raw            ┐          plan_shards  which buckets changed
    normalize raw → record          ┘ each     shard        records → examples        each bucket
    index     identities → vault      part-    gate         refuse what must not go out
    redact    record → safe         ┐ ition    publish      shards → an immutable release
    validate  safe → accepted       ┘          handoff      release → a training job, once
    commit    accepted → record store
    purge     remove the work files

Each stage is a plain function of settings and names. It reads what the one before it left on disk, and returns
counts, numbers and paths, never rows: Airflow and `chartmill run` call the same functions.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from pipeline.config import Settings, load_source
from pipeline.context import Work, open_context
from pipeline.handoff import submit
from pipeline.ingest import ingest_partition, write_plan
from pipeline.normalize import normalize_partition
from pipeline.quarantine import folder as quarantine_folder
from pipeline.redact import index_identities, load_policy, outdated, redact_partition, sweep_table
from pipeline.release import (
    check_ledgers,
    check_policy,
    check_shards,
    make_manifest,
    manifest_sha,
    shard_files,
)
from pipeline.release import publish as publish_release
from pipeline.shard import build_bucket, is_built, load_recipes, shard_folder
from pipeline.store import RecordStore, commit_run
from pipeline.validate import validate_partition

Counts = dict[str, Any]


def _work(settings: Settings, source: str, day: str, run: str) -> Work:
    return Work(open_context(settings), source, day, run)


# ── etl ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def plan(settings: Settings, source: str, day: str, run: str) -> list[int]:
    """Find the day's files and deal them into partitions; return the partitions' numbers.

    What an earlier run of the same source and day left in quarantine is removed. Raises `ConfigError` if there are
    no files, or if source, policy or key is wrong.
    """
    work = _work(settings, source, day, run)
    load_policy(settings)
    work.purge()
    parts = write_plan(work, load_source(settings, source))
    work.context.phi.remove(quarantine_folder(source, day))
    return parts


def ingest(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Read a partition's files; return units read and records made."""
    result = ingest_partition(_work(settings, source, day, run), load_source(settings, source), part)
    return {"files": len(result["files"]), "records": result["rows"]}


def normalize(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Type a partition's values; return the counts."""
    return normalize_partition(_work(settings, source, day, run), load_source(settings, source), part)


def index(settings: Settings, source: str, day: str, run: str) -> Counts:
    """Put the identifiers of all partitions into the vault; return how many patients and new identifiers."""
    return index_identities(_work(settings, source, day, run), load_source(settings, source))


def redact(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Redact a partition; return the counts."""
    return redact_partition(_work(settings, source, day, run), part)


def validate(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Check a partition against the contract; return the counts."""
    return validate_partition(_work(settings, source, day, run), part)


def commit(settings: Settings, source: str, day: str, run: str) -> Counts:
    """Bring a run's records into the record store; return what changed there.

    Raises `GateError`, and commits nothing, if something is unaccounted for or too much was rejected.
    """
    return commit_run(_work(settings, source, day, run), load_source(settings, source))


def purge(settings: Settings, source: str, day: str, run: str) -> Counts:
    """Remove the work files of a run."""
    _work(settings, source, day, run).purge()
    return {}


# ── release ─────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep(settings: Settings, day: str) -> Counts:
    """Search stored text again for identifiers that came after it was stored; return how many records changed."""
    context, policy, store = open_context(settings), load_policy(settings), RecordStore(open_context(settings))
    swept = 0
    for bucket in store.buckets():
        searched = store.columns([bucket], ["patient_key", "vault_version"])
        grown = outdated(context, searched)
        if grown:
            rows = store.read([bucket])
            mine = rows.filter(pa.array([key in grown for key in rows.data["patient_key"].to_pylist()]))
            swept += store.merge(sweep_table(mine, grown, context, policy)).updated
    return {"swept": swept}


def plan_shards(settings: Settings) -> list[int]:
    """Return the buckets whose records, or recipes, changed since their shards were built."""
    context = open_context(settings)
    return [bucket for bucket, folder in _shard_folders(settings).items() if not is_built(context, folder)]


def shard(settings: Settings, bucket: int) -> Counts:
    """Build the shards of one bucket; return how many examples and files."""
    context = open_context(settings)
    folder = _shard_folders(settings)[bucket]
    counts = build_bucket(context, RecordStore(context).read([bucket]), load_recipes(settings), folder)
    return {"files": len(counts["files"]), "examples": sum(file["examples"] for file in counts["files"].values())}


def gate(settings: Settings, day: str) -> Counts:
    """Check everything that a release would hold; return how many shards passed.

    Raises `GateError` with the check that refused and what to do.
    """
    context, store, recipes = open_context(settings), RecordStore(open_context(settings)), load_recipes(settings)
    check_ledgers(context)
    policies = store.columns(store.buckets(), ["policy"])["policy"].value_counts().to_pylist()
    check_policy({entry["values"]: entry["counts"] for entry in policies}, load_policy(settings).label)
    files = shard_files(context, _shard_folders(settings))
    check_shards(context, files, recipes)
    return {"shards": len(files)}


def publish(settings: Settings, day: str) -> Counts:
    """Publish the release; return its name, the digest of its manifest, and whether anything is new."""
    context, folders = open_context(settings), _shard_folders(settings)
    files = shard_files(context, folders)
    manifest = make_manifest(context, files, load_recipes(settings), load_policy(settings).label, folders)
    return asdict(publish_release(context, manifest, files))


def handoff(settings: Settings, release: str) -> Counts:
    """Submit the training job for a release, once for each manifest; return the command and where its log is."""
    context = open_context(settings)
    return asdict(submit(context, release, manifest_sha(context, release)))


def _shard_folders(settings: Settings) -> dict[int, str]:
    context, recipes = open_context(settings), load_recipes(settings)
    store = RecordStore(context)
    return {bucket: shard_folder(context, bucket, store.files(bucket), recipes) for bucket in store.buckets()}
