"""The releases of a safe zone: which there are, and what their manifests say.

releases/<name>/manifest.json     written last: without it there is no release
releases/<name>/WITHDRAWN.json    the data was taken away; the name is never given again
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import fsspec
import orjson

from pipeline.context import Context
from pipeline.errors import ConfigError
from pipeline.storage import Zone

FOLDER = "releases"
MANIFEST = "manifest.json"
WITHDRAWN = "WITHDRAWN.json"
NAME = re.compile(r"\d{4}-\d{2}-\d{2}(-\d+)?")


def revision(name: str) -> tuple[str, int]:
    """Return day and revision of a release's name: `2026-01-15` is the first of its day, `2026-01-15-2` the next."""
    return name[:10], int(name[11:] or 1)


def releases(context: Context) -> list[str]:
    """Return the names of all complete releases, the latest last; those that were withdrawn are left out."""
    return [name for name in _named(context, MANIFEST) if not context.data.exists(f"{FOLDER}/{name}/{WITHDRAWN}")]


def withdrawn(context: Context) -> list[str]:
    """Return the names of all releases that were withdrawn, the latest last."""
    return list(_named(context, WITHDRAWN))


def read_notice(context: Context, name: str) -> dict[str, Any]:
    """Return what stays of a release that was withdrawn."""
    notice: dict[str, Any] = context.data.read_json(f"{FOLDER}/{name}/{WITHDRAWN}")
    return notice


def read_manifest(context: Context, name: str) -> dict[str, Any]:
    """Return the manifest of a release."""
    manifest: dict[str, Any] = context.data.read_json(f"{FOLDER}/{name}/{MANIFEST}")
    return manifest


def manifest_sha(context: Context, name: str) -> str:
    """Return the digest of a release's manifest."""
    return digest(context.data.read_bytes(f"{FOLDER}/{name}/{MANIFEST}"))


def open_release(where: str, context: Context | None = None) -> tuple[Zone, dict[str, Any]]:
    """Return the folder of a release and its manifest; `where` is a folder, a URI, or a name in the zone of `context`.

    Raises `ConfigError` if there is no complete release.
    """
    fs, root = fsspec.core.url_to_fs(where)
    if context and NAME.fullmatch(where):
        fs, root = context.data.fs, context.data.path(FOLDER, where)
    zone = Zone(fs, root.rstrip("/"))
    if zone.exists(WITHDRAWN):
        raise ConfigError(f"release {where} was withdrawn: see {WITHDRAWN} in its folder, and `chartmill releases`")
    try:
        return zone, zone.read_json(MANIFEST)
    except (OSError, ValueError):
        raise ConfigError(f"{where} is no complete release: there is no readable {MANIFEST}") from None


def _named(context: Context, file: str) -> Iterator[str]:
    for name in sorted(filter(NAME.fullmatch, context.data.list(FOLDER)), key=revision):
        if context.data.exists(f"{FOLDER}/{name}/{file}"):
            yield name


def to_bytes(document: dict[str, Any]) -> bytes:
    """Return a document as JSON; equal documents give equal bytes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file, as hex."""
    return hashlib.sha256(content).hexdigest()
