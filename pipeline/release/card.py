"""Write the dataset card, whose front matter tells Hugging Face `datasets` what is where.

Source: https://huggingface.co/docs/hub/datasets-cards
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from pipeline.records import contract
from pipeline.release.content import examples_by_split
from pipeline.shard import SPLITS

_TEMPLATES = Path(__file__).parent / "templates"


def dataset_card(manifest: dict[str, Any]) -> str:
    """Return the card of a release as Markdown with YAML front matter."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    return environment.get_template("card.md").render(
        m=manifest,
        splits=SPLITS,
        examples=examples_by_split(manifest),
        features={config["format"]: _features(config["format"]) for config in manifest["configs"].values()},
    )


def _features(state: str) -> list[str]:
    lines = []
    for name, column in contract(state).items():
        lines.append(f"  - name: {name}")
        kind = column.get("type", "string")
        if kind == "messages":
            lines += [
                "    list:",
                "    - name: role",
                "      dtype: string",
                "    - name: content",
                "      dtype: string",
            ]
        elif kind == "strings":
            lines.append("    list: string")
        else:
            lines.append(f"    dtype: {'float64' if kind == 'double' else kind}")
    return lines
