"""What the safe zone holds of a patient: rows of the record store, built examples and shards, releases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from pipeline.audit import append
from pipeline.context import Context
from pipeline.delta import holds_patients, orphans, remove_patients, rows_of
from pipeline.release import manifest_sha, read_manifest, releases, revision, rewrite, withdraw, withdrawn
from pipeline.shard import drop_release_plan

_STORE = "records"
_BUILT = ("examples", "shards")
_RELEASES = "releases"


def count(context: Context, keys: Collection[str]) -> dict[str, int]:
    """Count rows and old files of the record store, folders of examples and shards, and releases."""
    return {
        "records": rows_of(context.data, _STORE, keys).num_rows,
        "old_files": len(orphans(context.data, _STORE, keys)),
        "built": len(_built(context, keys)),
        "releases": len(_holding(context, keys)),
    }


def clear_store(context: Context, keys: Collection[str]) -> None:
    """Remove the patients' rows from the record store, its old files and its log."""
    remove_patients(context.data, _STORE, keys)


def clear_built(context: Context, keys: Collection[str]) -> None:
    """Remove the examples and shards of buckets that hold the patients, and stop a release that is being made."""
    drop_release_plan(context)
    for folder in _built(context, keys):
        context.data.remove(folder)
    _clear_half_written(context)


def clear_releases(
    context: Context, keys: Collection[str], now: datetime, *, rewriting: bool
) -> dict[str, str | None]:  # fmt: skip
    """Withdraw the releases that hold the patients; return what replaces each.

    The last revision of a day is published anew without them first; earlier ones give way to it too. A release that was
    made anew before this was killed is such a revision. Also finishes withdrawals that were killed.
    """
    outcome: dict[str, str | None] = {}
    holding = set(_holding(context, keys))
    # The last revision of a day comes first.
    for name in reversed(releases(context)):
        if name not in holding:
            continue
        day, number = revision(name)
        revisions = [other for other in releases(context) if revision(other)[0] == day and other not in holding]
        later = [other for other in revisions if revision(other)[1] > number]
        replaced_by = later[-1] if later else rewrite(context, name, keys) if rewriting else None
        if replaced_by:
            _log_release(context, replaced_by, now)
        withdraw(context, name, "retraction", now, replaced_by)
        outcome[name] = replaced_by
    for name in withdrawn(context):
        if len(context.data.list(f"{_RELEASES}/{name}")) > 1:
            withdraw(context, name, "retraction", now)
    return outcome


def _log_release(context: Context, name: str, now: datetime) -> None:
    """See to it that the audit log has an entry for a release, as for those that are published from shards."""
    manifest, sha = read_manifest(context, name), manifest_sha(context, name)
    splits = [split for config in manifest["configs"].values() for split in config["splits"].values()]
    entry = {
        "release": name, "manifest_sha256": sha, "policy": manifest["policy"],
        "shards": sum(len(split["files"]) for split in splits),
    }  # fmt: skip
    append(context, "release", sha, entry, now, after=0)


def _holding(context: Context, keys: Collection[str]) -> list[str]:
    return [
        name
        for name in releases(context)
        if any(holds_patients(context.data, path, keys) for path in _parquet(context, f"{_RELEASES}/{name}"))
    ]


def _built(context: Context, keys: Collection[str]) -> list[str]:
    """Return the folders `KIND/BUCKET/DIGEST` of which a file holds the patients, or cannot be read."""
    found = {
        "/".join(path.split("/")[:3])
        for kind in _BUILT
        for path in _parquet(context, kind)
        if holds_patients(context.data, path, keys) is not False
    }
    # The index of a bucket's examples says whose they are; what was selected of them, by their ids, goes with them.
    buckets = {folder.split("/")[1] for folder in found}
    beside = (f"{kind}/{bucket}/{name}" for kind in _BUILT for bucket in buckets
              for name in context.data.list(f"{kind}/{bucket}"))  # fmt: skip
    return sorted(found | set(beside))


def _clear_half_written(context: Context) -> None:
    """Remove what writers that were killed left: files under a passing name, and folders that are no release yet."""
    known = {*releases(context), *withdrawn(context)}
    for name in context.data.list(_RELEASES):
        if name not in known:
            context.data.remove(f"{_RELEASES}/{name}")
    for folder in (*_BUILT, _RELEASES):
        for path in context.data.find(folder):
            if path.endswith(".tmp"):
                context.data.remove(path)


def _parquet(context: Context, folder: str) -> Iterator[str]:
    return (path for path in context.data.find(folder) if path.endswith(".parquet"))
