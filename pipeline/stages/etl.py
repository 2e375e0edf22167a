"""The stages of a source and day: export files into the record store."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.config import Settings, load_source
from pipeline.context import Work, open_context
from pipeline.quarantine import folder as quarantine_folder
from pipeline.stages.guard import Counts, stage


def _work(settings: Settings, source: str, day: str, run: str) -> Work:
    return Work(open_context(settings), source, day, run)


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
