"""Verify a release as whoever received it: checksums, counts, and loading every config."""

from __future__ import annotations

import hashlib
import os
import posixpath
import tempfile
from typing import Any

from fsspec.implementations.local import LocalFileSystem

from pipeline.errors import ConfigError, GateError
from pipeline.release.catalog import open_release
from pipeline.storage import Zone

_SUMS = "SHA256SUMS"
_BLOCK = 8 * 1024 * 1024


def verify_release(where: str | os.PathLike[str]) -> dict[str, dict[str, int]]:
    """Check the release at a folder or URI; return the examples loaded by config and split.

    One on object storage is brought into a temporary folder first, as whoever trains on it would.
    Raises `ConfigError` if it is no release, `GateError` that names the first file or count which is wrong.
    """
    zone, manifest = open_release(os.fspath(where))
    if not isinstance(zone.fs, LocalFileSystem):
        with tempfile.TemporaryDirectory() as folder:
            zone.fs.get(f"{zone.root}/", f"{folder}/", recursive=True)
            return verify_release(folder)
    if not zone.exists(_SUMS):
        raise ConfigError(f"{where} is no complete release: there is no {_SUMS}")
    lines = zone.read_bytes(_SUMS).decode("ascii", "replace").splitlines()
    listed = {path: sha for sha, _, path in (line.partition("  ") for line in lines)}
    present = {posixpath.relpath(path, zone.root) for path in zone.fs.find(zone.root)} - {_SUMS}
    for path in sorted(present ^ set(listed)):
        raise GateError(f"{path} is {f'not in {_SUMS}' if path in present else 'missing'}: get the release again")
    for path, sha in sorted(listed.items()):
        if _digest(zone, path) != sha:
            raise GateError(f"{path} does not match its checksum: get the release again")
    return {name: _load(zone, name, config) for name, config in manifest["configs"].items()}


def _digest(zone: Zone, path: str) -> str:
    found = hashlib.sha256()
    with zone.fs.open(zone.path(path), "rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _load(zone: Zone, name: str, config: dict[str, Any]) -> dict[str, int]:
    # Before the import: `datasets` reads them once. Nothing here may go to the Hub.
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset(zone.root, name, cache_dir=cache)
        counts = {split: len(loaded[split]) for split in loaded}
    for split, entry in config["splits"].items():
        if counts.get(split) != entry["examples"]:
            raise GateError(f"{name}/{split}: {counts.get(split)} examples loaded, {entry['examples']} in the manifest")
    return counts
