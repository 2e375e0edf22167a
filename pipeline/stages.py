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

Each stage is a plain function of settings and names. It reads what the one before it left on disk, and returns
counts, numbers and paths, never rows: Airflow and `chartmill run` call the same functions. Each imports what it needs
itself: Airflow gives every task a process of its own, and most of them need neither pandas nor spaCy.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pipeline.config import Settings, load_source
from pipeline.context import Work, open_context
from pipeline.errors import ChartmillError, StageError, StorageError
from pipeline.quarantine import folder as quarantine_folder

Counts = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")


def stage(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function a stage: whatever else it raises becomes an error of ours, without the values in it.

    The message of an error of another library may hold what it choked on, and so may the name of a file.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ChartmillError:
            raise
        except OSError as error:
            raise StorageError(f"{function.__name__}: {type(error).__name__} {_where(error)}; run this again") from None
        except Exception as error:  # noqa: BLE001 - the one place for what nobody foresaw
            raise StageError(
                f"{function.__name__}: {type(error).__name__} {_where(error)}; please report it with this line"
            ) from None

    return guarded


def _where(error: BaseException) -> str:
    """Say at which lines of our code an error arose."""
    home = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(home)]
    return "at " + " > ".join(f"{Path(f.filename).relative_to(home)}:{f.lineno}" for f in frames[1:])


def _work(settings: Settings, source: str, day: str, run: str) -> Work:
    return Work(open_context(settings), source, day, run)


# ── etl ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@stage
def plan(settings: Settings, source: str, day: str, run: str) -> list[int]:
    """Find the day's files and deal them into partitions; return the partitions' numbers.

    What an earlier run of the same source and day left in quarantine is removed. Raises `ConfigError` if there are
    no files, or if source, policy, crosswalk or key is wrong.
    """
    from pipeline.ingest.plan import write_plan
    from pipeline.redact.crosswalk import read_crosswalk
    from pipeline.redact.policy import load_policy

    work = _work(settings, source, day, run)
    load_policy(settings)
    read_crosswalk(settings)
    work.purge()
    parts = write_plan(work, load_source(settings, source))
    work.context.phi.remove(quarantine_folder(source, day))
    return parts


@stage
def ingest(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Read a partition's files; return units read and records made."""
    from pipeline.ingest.read import ingest_partition

    result = ingest_partition(_work(settings, source, day, run), load_source(settings, source), part)
    return {"files": len(result["files"]), "records": result["rows"]}


@stage
def normalize(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Type a partition's values; return the counts."""
    from pipeline.normalize import normalize_partition

    return normalize_partition(_work(settings, source, day, run), load_source(settings, source), part)


@stage
def index(settings: Settings, source: str, day: str, run: str) -> Counts:
    """Put the identifiers and links of all partitions into the vault; return how many people, and what is new."""
    from pipeline.redact.index import index_identities

    return index_identities(_work(settings, source, day, run), load_source(settings, source))


@stage
def redact(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Redact a partition; return the counts."""
    from pipeline.redact.stage import redact_partition

    return redact_partition(_work(settings, source, day, run), load_source(settings, source), part)


@stage
def validate(settings: Settings, source: str, day: str, run: str, part: int) -> Counts:
    """Check a partition against the contract; return the counts."""
    from pipeline.validate import validate_partition

    return validate_partition(_work(settings, source, day, run), part)


@stage
def commit(settings: Settings, source: str, day: str, run: str) -> Counts:
    """Bring a run's records into the record store; return what changed there.

    Raises `GateError`, and commits nothing, if something is unaccounted for or too much was rejected.
    """
    from pipeline.audit import log_redaction
    from pipeline.store import commit_run

    work = _work(settings, source, day, run)
    # Before the commit, so that no record is in the store without an entry.
    log_redaction(work, datetime.now(UTC))
    return commit_run(work, load_source(settings, source))


@stage
def purge(settings: Settings, source: str, day: str, run: str) -> Counts:
    """Remove the work files of a run."""
    _work(settings, source, day, run).purge()
    return {}


# ── release ─────────────────────────────────────────────────────────────────────────────────────────────────────


@stage
def sweep(settings: Settings, day: str) -> Counts:
    """Bring stored rows up to what came after them: identifiers, links, deletions; return how many changed."""
    return {"swept": _sweep(settings)}


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
    RecordStore(context).forget_replaced()
    for _ in range(_SWEEPS):
        # In this order: what a ledger speaks of is in the store by then.
        ledgers = tuple(read_ledgers(context))
        store = RecordStore(context, RecordStore(context).version)
        if next(unsettled(context, store), None) is None:
            break
        _sweep(settings)
    else:
        raise StorageError("plan_shards: other runs kept bringing identifiers, links or deletions; run this again")
    folders = {bucket: candidates_folder(context, bucket, store.files(bucket), recipes) for bucket in store.buckets()}
    write_release_plan(context, ReleasePlan(store.version, folders, ledgers))
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
    """Publish the release; return its name, the digest of its manifest, and whether anything is new."""
    from pipeline.audit import append, last_sequence
    from pipeline.redact.policy import load_policy
    from pipeline.release import make_manifest, shard_files
    from pipeline.release import publish as publish_release
    from pipeline.shard import load_recipes, read_release_plan

    context = open_context(settings)
    release_plan = read_release_plan(context)
    files, policy, last = shard_files(context, release_plan), load_policy(settings).label, last_sequence(context)
    release = publish_release(
        context, make_manifest(context, release_plan, files, load_recipes(settings), policy), files
    )
    entry = {"release": release.name, "manifest_sha256": release.manifest_sha, "policy": policy, "shards": len(files)}
    # One that was there before may have been published by a run that was killed before it could say so.
    append(context, "release", release.manifest_sha, entry, datetime.now(UTC), after=last if release.new else 0)
    return asdict(release)


@stage
def handoff(settings: Settings, release: str) -> Counts:
    """Submit the training job for a release, once for each manifest; return the command and where its log is."""
    from pipeline.audit import append, last_sequence
    from pipeline.handoff import submit
    from pipeline.release import manifest_sha

    context = open_context(settings)
    sha, last = manifest_sha(context, release), last_sequence(context)
    submitted = submit(context, release, sha)
    entry = {"release": release, "manifest_sha256": sha}
    append(context, "handoff", sha, entry, datetime.now(UTC), after=last if submitted.new else 0)
    return asdict(submitted)


_SWEEPS = 5


def _sweep(settings: Settings) -> int:
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
