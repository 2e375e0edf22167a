"""What a document holds: the entries of Bundles of every type, Bundles in Bundles too, lists and single resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.ingest.fhir.elements import child, text
from pipeline.ingest.fhir.references import Node


class Entry(NamedTuple):
    """One unit of a document.

    `resource` may be anything, as nobody has looked at it; it is `None` where an entry has none. `deleted` is the
    URL that a DELETE names. `version` is when the server says that this happened, where the resource does not.
    """

    resource: Any
    full_url: str = ""
    deleted: str = ""
    version: str = ""
    outcome: Any = None


def count_entries(document: Any) -> int:
    """Count what `entries` yields, without looking into it."""
    waiting, found = [document], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif is_bundle(one):
            inner = one.get("entry", [])
            if isinstance(inner, list):
                waiting.extend(item.get("resource") if isinstance(item, dict) else 0 for item in inner)
            else:
                found += 1
        else:
            found += 1
    return found


def entries(document: Any) -> Iterator[Entry]:
    """Yield the units of a document, in order."""
    # A stack of its own: Bundles may be nested deeper than Python recurses.
    waiting: list[Any] = [Entry(document)]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry.resource, list):
            waiting.extend(Entry(item) for item in reversed(entry.resource))
        elif not is_bundle(entry.resource):
            yield entry
        else:
            bundle = entry.resource
            inner = bundle.get("entry", [])
            if isinstance(inner, list):
                moment = text(child(bundle, "meta"), "lastUpdated") or text(bundle, "timestamp")
                waiting.extend(_entry(item, moment) for item in reversed(inner))
            else:
                yield Entry(0)


def is_bundle(value: Any) -> bool:
    """Tell whether a value is a Bundle."""
    return isinstance(value, dict) and value.get("resourceType") == "Bundle"


def _entry(item: Any, moment: str) -> Entry:
    if not isinstance(item, dict):
        return Entry(item if item is not None else 0)
    request, response = _object(item, "request"), _object(item, "response")
    deleted = text(request, "url") if text(request, "method") == "DELETE" else ""
    version = text(response, "lastModified") or (moment if deleted else "")
    return Entry(item.get("resource"), text(item, "fullUrl"), deleted, version, response.get("outcome"))


def _object(node: Node, name: str) -> Node:
    value = node.get(name)
    return value if isinstance(value, dict) else {}
