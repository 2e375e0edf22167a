"""What nobody took of a resource, as flat names and strings."""

from __future__ import annotations

from typing import Any

from pipeline.ingest.fhir.elements import written
from pipeline.ingest.fhir.references import Node


def flatten(node: Node, prefix: str = "") -> dict[str, str]:
    """Return `path: text` of every scalar that is left. The node is used up.

    The first item of a list has the list's own path, so that a policy can name it, and later ones a number:
    `category.coding.code`, `category[1].coding.code`. An extension has the last part of its URL:
    `extension:us-core-birthsex.valueCode`. The narrative and the bytes of attachments are left out.
    """
    found: dict[str, str] = {}
    # A stack of its own: JSON may be nested deeper than Python recurses.
    stack: list[tuple[str, Any]] = [(prefix, node)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            bare = "contentType" in value
            parts = [
                (f"{path}.{name}" if path else name, part)
                for name, part in value.items()
                if not (bare and name == "data")
            ]
            stack.extend(reversed(parts))
        elif isinstance(value, list):
            stack.extend(reversed([(_item(path, number, part), part) for number, part in enumerate(value)]))
        else:
            words = written(value)
            if words:
                found[path if path not in found else _free(found, path)] = words
    return found


def _item(path: str, number: int, value: Any) -> str:
    if path.endswith(("extension", "Extension")) and isinstance(value, dict):
        url = value.get("url")
        if isinstance(url, str):
            del value["url"]
            return f"{path}:{url.rsplit('/', 1)[-1]}"
    return f"{path}[{number}]" if number else path


def _free(found: dict[str, str], path: str) -> str:
    number = 1
    while f"{path}[{number}]" in found:
        number += 1
    return f"{path}[{number}]"
