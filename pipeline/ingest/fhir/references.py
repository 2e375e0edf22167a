"""What a reference points to: inside its Bundle, inside its resource, or by its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

Node = dict[str, Any]

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,39}")
_NOTHING: Mapping[str, Node] = {}


class Logical(NamedTuple):
    """An identifier that stands for a resource: its system and value."""

    system: str = ""
    value: str = ""


class Target(NamedTuple):
    """What a reference names: by id, or else by an identifier; all is empty where nobody can tell.

    `resource` is there only if it came in the same Bundle or resource.
    """

    type: str = ""
    id: str = ""
    resource: Node | None = None
    logical: Logical = Logical()

    @property
    def address(self) -> str:
        """Return `Type/id`, or `Type?identifier=system|value`: how the source's directory names a person."""
        if not self.type or not (self.id or self.logical.value):
            return ""
        if self.id:
            return f"{self.type}/{self.id}"
        return f"{self.type}?identifier={self.logical.system}|{self.logical.value}"


NOBODY = Target()


def own_id(resource: Node, full_url: str = "") -> str:
    """Return a resource's id: its own, else the last part of the URL that its Bundle gives it."""
    value = resource.get("id")
    if isinstance(value, str) and value:
        return value
    return re.split("[/:]", full_url)[-1]


def logical_of(identifier: Any) -> Logical:
    """Return an Identifier as a logical reference."""
    if not isinstance(identifier, dict):
        return Logical()
    system, value = identifier.get("system"), identifier.get("value")
    return Logical(system if isinstance(system, str) else "", value if isinstance(value, str) else "")


class Scope:
    """The resources that came together, by full URL, by `Type/id` and by identifier."""

    def __init__(self, resources: Iterable[tuple[str, Any]] = ()) -> None:
        """Index resources, each with its full URL (empty outside a Bundle); the first of equal ids is found."""
        self._found: dict[str, Target] = {}
        for full_url, resource in resources:
            if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
                continue
            target = Target(resource["resourceType"], own_id(resource, full_url), resource)
            self._found.setdefault(f"{target.type}/{target.id}", target)
            if full_url:
                self._found.setdefault(full_url, target)
        self._logical: dict[tuple[str, Logical], Target] | None = None

    def resolve(self, reference: Node, contained: Mapping[str, Node] = _NOTHING) -> Target:
        """Return what a Reference names."""
        url = reference.get("reference")
        if isinstance(url, str) and url:
            return self.locate(url, contained)
        kind = reference.get("type")
        return self._by_identifier(kind if isinstance(kind, str) else "", logical_of(reference.get("identifier")))

    def locate(self, url: str, contained: Mapping[str, Node] = _NOTHING) -> Target:
        """Return what the URL of a reference names."""
        if known := self._found.get(url):
            return known
        if url.startswith("#"):
            inner = contained.get(url[1:], {})
            return Target(str(inner.get("resourceType", "")), "", inner or None)
        if url.startswith("urn:"):
            return Target("", url.rsplit(":", 1)[-1])
        path, _, query = url.partition("?")
        if query:
            return self._conditional(path.rsplit("/", 1)[-1], query)
        parts = path.partition("/_history")[0].rsplit("/", 2)
        if len(parts) < 2 or not parts[-1] or not _TYPE.fullmatch(parts[-2]):
            return NOBODY
        return self._found.get(f"{parts[-2]}/{parts[-1]}") or Target(parts[-2], parts[-1])

    def _conditional(self, kind: str, query: str) -> Target:
        """Return what a search for one identifier names; other searches name nothing that could be told here."""
        words = dict(parse_qsl(query)).get("identifier", "")
        system, bar, value = words.rpartition("|")
        if not _TYPE.fullmatch(kind):
            return NOBODY
        return self._by_identifier(kind, Logical(system, value if bar else words))

    def _by_identifier(self, kind: str, logical: Logical) -> Target:
        if not logical.value:
            return Target(kind)
        if self._logical is None:
            self._logical = {
                (target.type, logical_of(identifier)): target
                for target in self._found.values()
                if target.resource is not None
                for identifier in _listed(target.resource.get("identifier"))
            }
        return self._logical.get((kind, logical)) or Target(kind, logical=logical)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
