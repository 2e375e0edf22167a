"""Pages of HTML without scripts or outside resources; the report of a release is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Return the page that a template makes of some values, all of them escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, autoescape=True,
    )  # fmt: skip
    return environment.get_template(template).render(**values)


def release_report(manifest: dict[str, Any]) -> str:
    """Return the page; equal manifests give equal pages."""
    entities = manifest["entities"]
    return render(
        "release.html",
        m=manifest,
        splits=("train", "validation", "test"),
        most=max(entities.values(), default=1),
        read=sum(s["units"]["read"] for s in manifest["sources"]),
        examples=sum(
            split["examples"] for config in manifest["configs"].values() for split in config["splits"].values()
        ),
    )
