"""What nobody took of a resource: flat names and strings for `extras`, people for `identity`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.ingest.fhir.elements import written
from pipeline.ingest.fhir.references import Node

# An object with one of these may name somebody.
_NAMING = frozenset(("reference", "display", "identifier", "authorString", "resourceType"))
_NARRATIVE = ("div",)
_BYTES = ("div", "data", "content")


def flatten(value: Any, path: str, found: dict[str, str], see: Callable[[str, Node], None]) -> None:
    """Put `path: text` of every scalar in an element into `found`; call `see` for each object that may name somebody.

    The first item of a list has the list's own path, so that a policy can name it, and later ones a number:
    `category.coding.code`, `category[1].coding.code`. An extension has the last part of its URL:
    `extension:us-core-birthsex.valueCode`. The narrative and the bytes of attachments are left out.
    """
    # A stack of its own: JSON may be nested deeper than Python recurses.
    stack: list[tuple[str, str, Any]] = [(path, path, value)]
    while stack:
        path, field, value = stack.pop()
        if isinstance(value, list):
            parts = [(_item(path, number, part), field, part) for number, part in enumerate(value)]
        elif isinstance(value, dict):
            if not _NAMING.isdisjoint(value):
                see(field, value)
            left_out = _BYTES if "contentType" in value else _NARRATIVE
            start = f"{path}." if path else ""
            parts = [(start + name, name, part) for name, part in value.items() if name not in left_out]
        else:
            parts = [(path, field, value)]
        nested = []
        for part in parts:
            inner = part[2]
            if isinstance(inner, (dict, list)):
                nested.append(part)
            elif words := inner if isinstance(inner, str) else written(inner):
                name = part[0]
                found[name if name not in found else _free(found, name)] = words
        if nested:
            stack.extend(reversed(nested))


def _item(path: str, number: int, value: Any) -> str:
    if isinstance(value, dict) and path.endswith(("extension", "Extension")):
        url = value.get("url")
        if isinstance(url, str):
            return f"{path}:{url.rsplit('/', 1)[-1]}"
    return f"{path}[{number}]" if number else path


def _free(found: dict[str, str], path: str) -> str:
    number = 1
    while f"{path}[{number}]" in found:
        number += 1
    return f"{path}[{number}]"
