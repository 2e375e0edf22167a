"""Verify a release as whoever received it: checksums, counts, and loading every config."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import orjson

from pipeline.errors import ConfigError, GateError
from pipeline.release.catalog import MANIFEST, digest


def verify_release(folder: Path) -> dict[str, dict[str, int]]:
    """Check a release folder; return the examples loaded by config and split.

    Raises `ConfigError` if it is no release, `GateError` that names the first file or count which is wrong.
    """
    try:
        manifest: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        sums = (folder / "SHA256SUMS").read_text("ascii").splitlines()
    except (OSError, ValueError):
        raise ConfigError(
            f"{folder} is no complete release: there is no readable manifest.json with SHA256SUMS"
        ) from None
    listed = {path: sha for sha, path in (line.split("  ", 1) for line in sums)}
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    for path in sorted(present ^ set(listed)):
        raise GateError(f"{path} is {'not in SHA256SUMS' if path in present else 'missing'}: get the release again")
    for path, sha in sorted(listed.items()):
        if digest((folder / path).read_bytes()) != sha:
            raise GateError(f"{path} does not match its checksum: get the release again")
    return {name: _load(folder, name, config) for name, config in manifest["configs"].items()}


def _load(folder: Path, name: str, config: dict[str, Any]) -> dict[str, int]:
    # Before the import: `datasets` reads them once. Nothing here may go to the network.
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset(str(folder), name, cache_dir=cache)
        counts = {split: len(loaded[split]) for split in loaded}
    for split, entry in config["splits"].items():
        if counts.get(split) != entry["examples"]:
            raise GateError(f"{name}/{split}: {counts.get(split)} examples loaded, {entry['examples']} in the manifest")
    return counts
