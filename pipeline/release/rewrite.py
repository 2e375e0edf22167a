"""Publish a release anew without some patients: a later revision of its day, made of its own shards."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.context import Context
from pipeline.errors import GateError
from pipeline.release.catalog import FOLDER, digest, read_manifest
from pipeline.release.content import FORMAT, ShardFile, describe_split
from pipeline.release.publish import finish, next_name, place
from pipeline.shard import SYNTHETIC, describe, parquet_bytes


def rewrite(context: Context, name: str, patient_keys: Collection[str]) -> str | None:
    """Publish what a release holds of other patients; return its name, `None` if it cannot be made anew.

    That is so if nothing would be left, or if an older chartmill made it. Synthetic examples of classes for which one
    of these patients counted go too. A shard without any of both is taken over as it is, the others are written anew;
    weights and copies stay as they were. So does what the manifest says of records, reasons, augmentation and sources:
    it is of the store that the release was made of. `rewritten` says of which release it is, and how many examples
    went. Raises `GateError` if a shard is not what was published.
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
    listed = [
        (config, split, file)
        for config, entry in manifest["configs"].items()
        for split, held in entry["splits"].items()
        for file in held["files"]
    ]
    classes: dict[str, set[str]] = defaultdict(set)
    for config, split, file in listed:
        if split == "train":
            classes[config] |= _classes(context, f"{FOLDER}/{name}/{file['path']}", out)
    for config, split, file in listed:
        path = file["path"]
        old, target = f"{FOLDER}/{name}/{path}", f"{FOLDER}/{new}/{path}"
        content = context.data.read_bytes(old)
        if digest(content) != file["sha256"]:
            raise GateError(
                f"{old} is not what was published, so the release is not made anew: bring that file back from a copy, "
                "or forget with --releases withdraw"
            )
        table = pq.read_table(io.BytesIO(content))
        kept = table.filter(pc.invert(pc.or_(pc.is_in(table["patient_key"], out), _drawn(table, classes[config]))))
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


def _classes(context: Context, path: str, patients: pa.Array) -> set[str]:
    """Return the classes of the examples of some patients in a shard."""
    with context.data.fs.open(context.data.path(path), "rb") as source:
        shard = pq.read_table(source, columns=["patient_key", "codes"])
    return set(pc.list_flatten(shard.filter(pc.is_in(shard["patient_key"], patients))["codes"]).to_pylist())


def _drawn(examples: pa.Table, classes: Collection[str]) -> pa.Array:
    """Tell which examples are synthetic ones of some classes."""
    codes = examples["codes"].combine_chunks()
    named = pc.list_parent_indices(codes).filter(
        pc.is_in(pc.list_flatten(codes), pa.array(sorted(classes), pa.string()))
    )
    of_these = pc.is_in(pa.array(range(len(examples)), named.type), named)
    return pc.and_(pc.equal(examples["kind"].combine_chunks(), SYNTHETIC), of_these)


def _examples(manifest: dict[str, Any]) -> int:
    return sum(split["examples"] for config in manifest["configs"].values() for split in config["splits"].values())
