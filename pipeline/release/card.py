"""Write the dataset card, whose front matter tells Hugging Face `datasets` what is where.

Source: https://huggingface.co/docs/hub/datasets-cards
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import yaml

from pipeline.records import contract
from pipeline.release.balance import balance
from pipeline.shard import SPLITS

_TEMPLATES = Path(__file__).parent / "templates"
_TASKS = "text-generation"
_TYPES = {"double": "float64", "strings": "list of strings", "messages": "list of messages"}
_GATE = (
    "These are de-identified health records. They are for whom the holder of the data named, for the use that was "
    "agreed, and not to be passed on."
)
_PROMISES = (
    "I will not try to identify a patient, nor contact one",
    "I will not pass the data on, nor publish it",
    "I will report any identifier that I find to the holder of the data",
)
_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
)  # fmt: skip


def dataset_card(manifest: dict[str, Any]) -> str:
    """Return the card of a release as Markdown with YAML front matter."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    return environment.get_template("card.md").render(
        m=manifest,
        front_matter=yaml.safe_dump(_front_matter(manifest), sort_keys=False, allow_unicode=True, width=1000),
        splits=SPLITS,
        columns=columns({config["format"] for config in manifest["configs"].values()}),
        types=_TYPES,
        balance={name: balance(config) for name, config in manifest["configs"].items()},
    )


def columns(formats: set[str]) -> dict[str, dict[str, Any]]:
    """Return the contract of each column that examples of some formats have, each once."""
    return {name: column for state in sorted(formats) for name, column in contract(state).items()}


def _front_matter(manifest: dict[str, Any]) -> dict[str, Any]:
    examples = sum(split["examples"] for config in manifest["configs"].values() for split in config["splits"].values())
    return {
        "pretty_name": f"chartmill release of {manifest['day']}",
        "language": ["en"],
        "license": "other",
        "license_name": "data-use-agreement",
        "license_link": "README.md#licence",
        "task_categories": [_TASKS],
        "size_categories": [next((name for bound, name in _SIZES if examples < bound), "n>1B")],
        "source_datasets": ["original"],
        "tags": ["medical", "clinical-notes", "de-identified"],
        "extra_gated_prompt": _GATE,
        "extra_gated_fields": dict.fromkeys(_PROMISES, "checkbox"),
        "configs": [
            {
                "config_name": name,
                "data_files": [{"split": split, "path": f"{name}/{split}/*.parquet"} for split in config["splits"]],
            }
            for name, config in manifest["configs"].items()
        ],
        "dataset_info": [_info(name, config) for name, config in manifest["configs"].items()],
    }


def _info(name: str, config: dict[str, Any]) -> dict[str, Any]:
    size = sum(split["bytes"] for split in config["splits"].values())
    return {
        "config_name": name,
        "features": [_feature(column, rules) for column, rules in contract(config["format"]).items()],
        "splits": [
            {"name": split, "num_examples": entry["examples"], "num_bytes": entry["bytes"]}
            for split, entry in config["splits"].items()
        ],
        "download_size": size,
        "dataset_size": size,
    }


def _feature(name: str, rules: dict[str, Any]) -> dict[str, Any]:
    kind = rules.get("type", "string")
    if kind == "messages":
        return {"name": name, "list": [{"name": part, "dtype": "string"} for part in ("role", "content")]}
    if kind == "strings":
        return {"name": name, "list": "string"}
    return {"name": name, "dtype": _TYPES.get(kind, kind)}
