"""The stages of a release: the record store into examples, shards, a release and a training job."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

from pipeline.config import Settings
from pipeline.context import open_context
from pipeline.errors import ConfigError, StorageError
from pipeline.stages.guard import Counts, stage

_SWEEPS = 5


@stage
def sweep(settings: Settings, day: str) -> Counts:
    """Bring stored rows up to what came after them: identifiers, links, deletions; return how many changed."""
    return {"swept": swept(settings)}


@stage
def plan_shards(settings: Settings) -> list[int]:
    """Fix the version of the record store to release; return the buckets whose examples are not made yet.

    Commits of other days may go on meanwhile: if stored rows are behind what they brought, they are swept again first.
    Raises `StorageError` if that does not come to an end.
    """
    from pipeline.ledger import read_ledgers
    from pipeline.redact.sweep import unsettled
    from pipeline.shard import ReleasePlan, candidates_folder, has_candidates, load_recipes, write_release_plan
    from pipeline.store import RecordStore

    context, recipes = open_context(settings), load_recipes(settings)
    RecordStore(context).compact()
    RecordStore(context).forget_replaced()
    for _ in range(_SWEEPS):
        # In this order: what a ledger speaks of is in the store by then.
        ledgers = tuple(read_ledgers(context))
        store = RecordStore(context, RecordStore(context).version)
        if next(unsettled(context, store), None) is None:
            break
        swept(settings)
    else:
        raise StorageError("plan_shards: other runs kept bringing identifiers, links or deletions; run this again")
    folders = {bucket: candidates_folder(context, bucket, store.files(bucket), recipes) for bucket in store.buckets()}
    write_release_plan(context, ReleasePlan(store.version, folders, ledgers))
    return [bucket for bucket, folder in folders.items() if not has_candidates(context, folder)]


@stage
def replan_shards(settings: Settings) -> list[int]:
    """Plan the version of the record store that the last release was planned with once more, for other recipes.

    Its rows were swept then, so that the PHI zone is not asked; what came later is left to the next `plan_shards`.
    Returns the buckets whose examples are not made yet. Raises `ConfigError` if the store has changed since.
    """
    from pipeline.shard import (
        ReleasePlan,
        candidates_folder,
        has_candidates,
        has_release_plan,
        load_recipes,
        read_release_plan,
        write_release_plan,
    )
    from pipeline.store import RecordStore

    context, recipes = open_context(settings), load_recipes(settings)
    store = RecordStore(context)
    if not has_release_plan(context):
        raise ConfigError("there is no release to make anew: run `chartmill run` first")
    last = read_release_plan(context)
    if store.version != last.version:
        raise ConfigError("the record store has changed since the last release: make that of today first")
    folders = {bucket: candidates_folder(context, bucket, store.files(bucket), recipes) for bucket in store.buckets()}
    write_release_plan(context, ReleasePlan(last.version, folders, last.ledgers))
    return [bucket for bucket, folder in folders.items() if not has_candidates(context, folder)]


@stage
def examples(settings: Settings, bucket: int) -> Counts:
    """Make the examples of one bucket; return how many of each config."""
    from pipeline.shard import build_candidates, load_recipes, read_release_plan
    from pipeline.store import RecordStore

    context = open_context(settings)
    release_plan = read_release_plan(context)
    table = RecordStore(context, release_plan.version).read([bucket])
    folder = release_plan.candidates[bucket]
    made: Counts = build_candidates(context, table, load_recipes(settings), folder)["examples"]
    return made


@stage
def select(settings: Settings) -> list[int]:
    """Select among the examples of all buckets; return the buckets whose shards are not built yet."""
    from pipeline.shard import is_built, load_recipes, read_release_plan, write_release_plan
    from pipeline.shard import select as select_examples

    context = open_context(settings)
    release_plan = read_release_plan(context)
    folders = select_examples(context, release_plan.candidates, load_recipes(settings))
    write_release_plan(context, replace(release_plan, folders=folders))
    return [bucket for bucket, folder in folders.items() if not is_built(context, folder)]


@stage
def shard(settings: Settings, bucket: int) -> Counts:
    """Build the shards of one bucket; return how many examples and files."""
    from pipeline.shard import build_shards, load_recipes, read_release_plan

    context = open_context(settings)
    release_plan = read_release_plan(context)
    folder = release_plan.folders[bucket]
    files = build_shards(context, release_plan.candidates[bucket], load_recipes(settings), folder)["files"]
    return {"files": len(files), "examples": sum(file["examples"] for file in files.values())}


@stage
def gate(settings: Settings, day: str) -> Counts:
    """Check everything that a release would hold; return how many shards passed.

    Raises `GateError` with the check that refused and what to do.
    """
    import pyarrow.compute as pc

    from pipeline.redact.policy import load_policy
    from pipeline.release import check_ledgers, check_policy, check_shards, shard_files
    from pipeline.shard import load_recipes, read_release_plan
    from pipeline.store import RecordStore

    context = open_context(settings)
    release_plan = read_release_plan(context)
    store = RecordStore(context, release_plan.version)
    check_ledgers(release_plan.ledgers)
    live = store.columns(store.buckets(), ["policy", "deleted"], pc.field("deleted").is_null())
    policies = live["policy"].value_counts().to_pylist()
    policy = load_policy(settings)
    check_policy({entry["values"]: entry["counts"] for entry in policies}, policy.label)
    files = shard_files(context, release_plan)
    check_shards(context, files, load_recipes(settings), fiction=policy.file.replace == "surrogate")
    return {"shards": len(files)}


@stage
def publish(settings: Settings, day: str) -> Counts:
    """Publish the release, and withdraw those that are no longer kept.

    Returns its name, the digest of its manifest, whether anything is new, and the names of those withdrawn.
    """
    from pipeline.audit import append, last_sequence
    from pipeline.handoff import in_use
    from pipeline.redact.policy import load_policy
    from pipeline.release import make_manifest, retain, shard_files
    from pipeline.release import publish as publish_release
    from pipeline.shard import load_recipes, read_release_plan

    context = open_context(settings)
    now, release_plan = datetime.now(UTC), read_release_plan(context)
    files, policy, last = shard_files(context, release_plan), load_policy(settings).label, last_sequence(context)
    release = publish_release(
        context, make_manifest(context, release_plan, files, load_recipes(settings), policy), files
    )
    entry = {"release": release.name, "manifest_sha256": release.manifest_sha, "policy": policy, "shards": len(files)}
    # One that was there before may have been published by a run that was killed before it could say so.
    append(context, "release", release.manifest_sha, entry, now, after=last if release.new else 0)
    return asdict(release) | {"withdrawn": retain(context, in_use(context.data, now), now)}


@stage
def handoff(settings: Settings, release: str, *, force: bool = False) -> Counts:
    """Hand a release to training, once for each manifest; return what became of it, the job's id and the log's path.

    With `force` what was handed off is handed off once more. Raises `HandoffError`, or `GateError` if the release was
    withdrawn.
    """
    from pipeline.audit import append, last_sequence
    from pipeline.handoff import submit

    context = open_context(settings)
    last = last_sequence(context)
    submitted = submit(context, release, lambda: datetime.now(UTC), force=force)
    entry = {
        "release": release, "manifest_sha256": submitted.manifest_sha256, "launcher": submitted.launcher,
        "attempt": submitted.attempt, "external_id": submitted.external_id,
    }  # fmt: skip
    identity = f"{submitted.manifest_sha256}-{submitted.attempt}"
    append(context, "handoff", identity, entry, datetime.now(UTC), after=last if submitted.new else 0)
    return asdict(submitted)


def swept(settings: Settings) -> int:
    """Settle all rows of the record store; return how many that were."""
    from pipeline.audit import append, last_sequence
    from pipeline.redact.policy import load_policy
    from pipeline.redact.sweep import sweep
    from pipeline.store import RecordStore

    context, policy = open_context(settings), load_policy(settings)
    # One version is looked at throughout; what is changed is the latest.
    version = RecordStore(context).version
    changed = sweep(context, policy, RecordStore(context, version))
    if changed:
        entry = {"rows": changed, "policy": policy.label}
        append(context, "sweep", str(version), entry, datetime.now(UTC), after=last_sequence(context))
    return changed
