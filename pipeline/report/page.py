"""The report of a release as one HTML page without scripts or outside resources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

_TEMPLATES = Path(__file__).parent / "templates"


def release_report(manifest: dict[str, Any]) -> str:
    """Return the page; equal manifests give equal pages."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, autoescape=True,
    )  # fmt: skip
    entities = manifest["entities"]
    return environment.get_template("release.html").render(
        m=manifest,
        splits=("train", "validation", "test"),
        most=max(entities.values(), default=1),
        read=sum(s["units"]["read"] for s in manifest["sources"]),
        examples=sum(
            split["examples"] for config in manifest["configs"].values() for split in config["splits"].values()
        ),
    )
