"""Withdraw a release: its data goes, and a file that says so stays in its place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pipeline.audit import append, last_sequence
from pipeline.context import Context
from pipeline.release.catalog import FOLDER, WITHDRAWN, manifest_sha, read_manifest, to_bytes

Why = Literal["retention", "retraction", "by_hand"]


def withdraw(context: Context, name: str, why: Why, now: datetime, replaced_by: str | None = None) -> bool:
    """Remove all files of a release but one that says why it was withdrawn; return whether this call began it.

    A withdrawal that was killed is finished by the next one of the same release. What is removed here is the
    release's own: copies that were handed on, and old versions that object storage keeps, are not reached.
    """
    folder, last = f"{FOLDER}/{name}", last_sequence(context)
    marker = f"{folder}/{WITHDRAWN}"
    begun = context.data.exists(marker)
    if not begun:
        # First, so that from here on nobody takes it for a release.
        context.data.write_bytes(marker, to_bytes(_notice(context, name, why, now, replaced_by)))
    notice: dict[str, Any] = context.data.read_json(marker)
    entry = {key: notice[key] for key in ("release", "manifest_sha256", "why", "replaced_by")}
    append(context, "withdraw", f"{name}:{notice['manifest_sha256']}", entry, now, after=0 if begun else last)
    for left in context.data.list(folder):
        if left != WITHDRAWN:
            context.data.remove(f"{folder}/{left}")
    return not begun


def _notice(context: Context, name: str, why: Why, now: datetime, replaced_by: str | None) -> dict[str, Any]:
    manifest = read_manifest(context, name)
    splits = [split for config in manifest["configs"].values() for split in config["splits"].values()]
    return {
        "release": name,
        "day": manifest["day"],
        "policy": manifest["policy"],
        "manifest_sha256": manifest_sha(context, name),
        "examples": sum(split["examples"] for split in splits),
        "tokens": sum(split.get("tokens", 0) for split in splits),
        "bytes": sum(split["bytes"] for split in splits),
        "why": why,
        "withdrawn": now.astimezone(UTC).isoformat(timespec="seconds"),
        "replaced_by": replaced_by,
    }
