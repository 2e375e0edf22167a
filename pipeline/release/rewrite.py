"""Publish a release anew without some patients: a later revision of its day, made of its own shards."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.release.catalog import FOLDER, digest, read_manifest
from pipeline.release.content import FORMAT, ShardFile, describe_split
from pipeline.release.publish import finish, next_name, place
from pipeline.shard import describe, parquet_bytes


def rewrite(context: Context, name: str, patient_keys: Collection[str]) -> str | None:
    """Publish what a release holds of other patients; return its name, `None` if it cannot be made anew.

    That is so if nothing would be left, or if an older chartmill made it. A shard without these patients is taken over
    as it is, the others are written anew. What the manifest says of records, reasons and sources stays: it is of the
    store that the release was made of. `rewritten` says of which release it is, and how many examples went.
    """
    manifest = read_manifest(context, name)
    if manifest["format"] != FORMAT:
        return None
    new = next_name(context, manifest["day"])
    context.data.remove(f"{FOLDER}/{new}")  # of a rewriting that was killed
    files = list(_files(context, manifest, name, new, patient_keys))
    if not files:
        return None
    before = _examples(manifest)
    for key, config in manifest["configs"].items():
        splits = {split: [f for f in files if (f.config, f.split) == (key, split)] for split in config["splits"]}
        config["splits"] = {split: describe_split(held) for split, held in splits.items() if held}
    manifest["configs"] = {key: config for key, config in manifest["configs"].items() if config["splits"]}
    manifest["rewritten"] = {"of": name, "removed": before - _examples(manifest)}
    finish(context, new, manifest, files)
    return new


def _files(
    context: Context, manifest: dict[str, Any], name: str, new: str, patient_keys: Collection[str]
) -> Iterator[ShardFile]:
    """Put the shards into the new release, and yield what they are."""
    out = pa.array(sorted(patient_keys), pa.string())
    listed = (
        (config, split, file["path"])
        for config, entry in manifest["configs"].items()
        for split, held in entry["splits"].items()
        for file in held["files"]
    )
    for config, split, path in listed:
        old, target = f"{FOLDER}/{name}/{path}", f"{FOLDER}/{new}/{path}"
        content = context.data.read_bytes(old)
        table = pq.read_table(io.BytesIO(content))
        kept = table.filter(pc.invert(pc.is_in(table["patient_key"], out)))
        if not len(kept):
            continue
        if len(kept) < len(table):
            content = parquet_bytes(kept)
            context.data.write_bytes(target, content)
        else:
            place(context, old, target)
        tokens = pc.sum(kept["n_tokens"]).as_py()
        yield ShardFile(
            old, path, config, split, len(kept), tokens, len(content), digest(content), **describe(kept)
        )  # fmt: skip


def _examples(manifest: dict[str, Any]) -> int:
    return sum(split["examples"] for config in manifest["configs"].values() for split in config["splits"].values())
