"""Take patients out of both zones, for good."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.config import Settings
from pipeline.context import open_context
from pipeline.errors import ConfigError
from pipeline.stages.guard import Counts, stage
from pipeline.stages.release import swept


@stage
def forget(settings: Settings, patients: str, releases: str = "rewrite", *, dry_run: bool = False) -> Counts:
    """Forget the patients of a file, everywhere and for good; return what there was of them, by place.

    `releases` that hold them are made anew without them (`rewrite`) or only withdrawn (`withdraw`). Raises `GateError`
    if something is left of them.
    """
    from pipeline.forget import count
    from pipeline.forget import forget as forget_patients

    if releases not in ("rewrite", "withdraw"):
        raise ConfigError("what becomes of releases is `rewrite` or `withdraw`: correct it")
    context = open_context(settings)
    if dry_run:
        return count(context, patients)
    # So that all their records stand under them, also those that were taken for another patient's.
    swept(settings)
    return forget_patients(context, patients, datetime.now(UTC), rewriting=releases == "rewrite")


@stage
def allow(settings: Settings, patients: str) -> Counts:
    """Let patients who were forgotten in again; what there was of them does not come back."""
    from pipeline.forget import allow as allow_patients

    return allow_patients(open_context(settings), patients, datetime.now(UTC))
