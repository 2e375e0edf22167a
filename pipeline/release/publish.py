"""Publish a release: a folder that is written once, its manifest last."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from fsspec.implementations.local import LocalFileSystem

from pipeline.context import Context
from pipeline.release.card import dataset_card
from pipeline.release.catalog import (
    FOLDER,
    MANIFEST,
    digest,
    releases,
    revision,
    to_bytes,
    withdrawn,
)
from pipeline.release.content import ShardFile
from pipeline.release.croissant import croissant
from pipeline.release.trainers import trainer_files
from pipeline.report.page import release_report
from pipeline.shard import read_release_plan


@dataclass(frozen=True, slots=True)
class Release:
    """A complete release: its name, the digest of its manifest, and whether this run made it."""

    name: str
    manifest_sha: str
    new: bool


def publish(context: Context, manifest: dict[str, Any], files: list[ShardFile]) -> Release:
    """Publish a release, unless the latest one has the same manifest.

    A release is named by the latest day it holds. If that name is taken by another content, as after a backfill of
    an earlier day, the next revision of the day is made: what is published is never changed.
    """
    day, content = manifest["day"], to_bytes(manifest)
    existing = releases(context)
    if existing and context.data.read_bytes(f"{FOLDER}/{existing[-1]}/{MANIFEST}") == content:
        return Release(existing[-1], digest(content), new=False)
    name = next_name(context, day)
    context.data.remove(f"{FOLDER}/{name}")  # of a run that was killed; without a manifest it is no release
    for file in files:
        place(context, file.built, f"{FOLDER}/{name}/{file.path}")
    read_release_plan(context)  # it is gone if patients were forgotten meanwhile: then this is no release
    return Release(name, finish(context, name, manifest, files), new=True)


def next_name(context: Context, day: str) -> str:
    """Return the name of the next release of a day; one that was withdrawn keeps its own."""
    taken = [revision(name)[1] for name in releases(context) + withdrawn(context) if revision(name)[0] == day]
    return day if not taken else f"{day}-{max(taken) + 1}"


def finish(context: Context, name: str, manifest: dict[str, Any], files: list[ShardFile]) -> str:
    """Write what describes the shards of a release, the manifest last; return its digest."""
    folder, content = f"{FOLDER}/{name}", to_bytes(manifest)
    documents = {
        "README.md": dataset_card(manifest).encode(),
        "croissant.json": to_bytes(croissant(manifest)),
        "report.html": release_report(manifest).encode(),
        **trainer_files(manifest),
    }
    sums = {file.path: file.sha256 for file in files}
    sums |= {path: digest(document) for path, document in documents.items()}
    sums[MANIFEST] = digest(content)
    documents["SHA256SUMS"] = "".join(f"{sha}  {path}\n" for path, sha in sorted(sums.items())).encode()
    for path, document in documents.items():
        context.data.write_bytes(f"{folder}/{path}", document)
    context.data.write_bytes(f"{folder}/{MANIFEST}", content)
    return digest(content)


def place(context: Context, source: str, target: str) -> None:
    """Copy a shard into the release without moving its bytes where the file system can."""
    with context.data.writing(target) as temporary:
        if isinstance(context.data.fs, LocalFileSystem):
            os.link(context.data.path(source), temporary)
        else:
            context.data.fs.copy(context.data.path(source), temporary)
