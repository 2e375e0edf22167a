"""Pages of HTML without scripts or outside resources; the report of a release is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from pipeline.report.balance import SMALLEST, balance
from pipeline.shard import SPLITS

# Why an example is not in a release, where the code does not say it plainly.
_REASONS = {
    "empty": "there was nothing in it",
    "duplicate": "another example says the same",
    "near_duplicate": "another example says nearly the same",
    "too_long": "longer than the recipe allows",
    "contaminated": "it shares text with an evaluation set",
}
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
    entities, configs = manifest["entities"], manifest["configs"]
    splits = [split for config in configs.values() for split in config["splits"].values()]
    return render(
        "release.html",
        m=manifest,
        splits=SPLITS,
        most=max(entities.values(), default=1),
        read=sum(s["units"]["read"] for s in manifest["sources"]),
        examples=sum(split["examples"] for split in splits),
        tokens=sum(split["tokens"] for split in splits),
        reasons=_REASONS,
        smallest=SMALLEST,
        balance={name: balance(config) for name, config in configs.items()},
    )
