"""Write a configuration of each trainer for each config of a release, to be run from the release's folder, offline.

The folder of a config, not that of the release, is what trainers are pointed to: `datasets` finds its splits by their
folders, and cannot load `.`, of which no name can be told. What a run writes goes beside the releases, never into one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from pipeline.release.catalog import to_bytes

_TEMPLATES = Path(__file__).parent / "templates" / "trainers"
_FILES = {"trl.yaml": "trl/{}.yaml", "axolotl.yml": "axolotl/{}.yml", "llamafactory.yaml": "llamafactory/{}.yaml"}
INPUTS = {"text": ("text",), "chat": ("messages",), "prompt_completion": ("prompt", "completion")}
# Of LLaMA-Factory: how it is told which column is what.
_COLUMNS: dict[str, dict[str, Any]] = {
    "text": {"columns": {"prompt": "text"}},
    "prompt_completion": {"columns": {"prompt": "prompt", "response": "completion"}},
    "chat": {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
            "system_tag": "system",
        },
    },
}  # fmt: skip


def trainer_files(manifest: dict[str, Any]) -> dict[str, bytes]:
    """Return the files below `trainers/` by their paths in the release."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    files = {}
    for name, config in manifest["configs"].items():
        if "train" not in config["splits"]:
            continue
        for template, path in _FILES.items():
            text = environment.get_template(template).render(
                name=name, format=config["format"], splits=config["splits"], columns=INPUTS[config["format"]]
            )
            files[f"trainers/{path.format(name)}"] = text.encode()
    files["trainers/llamafactory/dataset_info.json"] = to_bytes(_dataset_info(manifest))
    return files


def _dataset_info(manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{name}_{split}": {"file_name": f"../../{name}/{split}", **_COLUMNS[config["format"]]}
        for name, config in manifest["configs"].items()
        for split in config["splits"]
    }
