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
from pipeline.release.content import ShardFile
from pipeline.release.publish import finish, next_name, place
from pipeline.shard import parquet_bytes


def rewrite(context: Context, name: str, patient_keys: Collection[str]) -> str | None:
    """Publish what a release holds of other patients; return its name, `None` if that is nothing.

    A shard without these patients is taken over as it is, the others are written anew. What the manifest says of
    records, reasons and sources stays: it is of the store that the release was made of. `rewritten` says the rest.
    """
    manifest = read_manifest(context, name)
    new = next_name(context, manifest["day"])
    context.data.remove(f"{FOLDER}/{new}")  # what a rewriting that was killed left there
    files = list(_files(context, manifest, name, new, patient_keys))
    if not files:
        return None
    before = _examples(manifest)
    for config_name, config in manifest["configs"].items():
        splits: dict[str, Any] = {}
        for file in (one for one in files if one.config == config_name):
            split = splits.setdefault(file.split, {"examples": 0, "tokens": 0, "bytes": 0, "files": []})
            split["examples"] += file.examples
            split["tokens"] += file.tokens
            split["bytes"] += file.bytes
            split["files"].append(
                {"path": file.path, "examples": file.examples, "bytes": file.bytes, "sha256": file.sha256}
            )
        config["splits"] = splits
    manifest["configs"] = {key: config for key, config in manifest["configs"].items() if config["splits"]}
    manifest["rewritten"] = {"of": name, "removed": before - _examples(manifest)}
    finish(context, new, manifest, files)
    return new


def _files(
    context: Context, manifest: dict[str, Any], name: str, new: str, patient_keys: Collection[str]
) -> Iterator[ShardFile]:
    """Put the shards into the new release, and yield what they are."""
    out = pa.array(sorted(patient_keys), pa.string())
    for config_name, config in manifest["configs"].items():
        for split_name, split in config["splits"].items():
            for path in (file["path"] for file in split["files"]):
                old = f"{FOLDER}/{name}/{path}"
                content = context.data.read_bytes(old)
                table = pq.read_table(io.BytesIO(content))
                kept = table.filter(pc.invert(pc.is_in(table["patient_key"], out)))
                if not len(kept):
                    continue
                if len(kept) < len(table):
                    content = parquet_bytes(kept)
                    context.data.write_bytes(f"{FOLDER}/{new}/{path}", content)
                else:
                    place(context, old, f"{FOLDER}/{new}/{path}")
                # A release of an older chartmill has no tokens.
                tokens = pc.sum(kept["n_tokens"]).as_py() if "n_tokens" in kept.schema.names else 0
                yield ShardFile(
                    old, path, config_name, split_name, len(kept), tokens, len(content), digest(content)
                )  # fmt: skip


def _examples(manifest: dict[str, Any]) -> int:
    return sum(split["examples"] for config in manifest["configs"].values() for split in config["splits"].values())
