"""What a reference points to: inside its Bundle, inside its resource, or by its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
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
        if self._found and (known := self._found.get(url)):
            return known
        if url.startswith("#"):
            inner = contained.get(url[1:], {})
            return Target(str(inner.get("resourceType", "")), "", inner or None)
        target = _parse(url)
        if target.logical.value:
            return self._by_identifier(target.type, target.logical)
        return self._found.get(f"{target.type}/{target.id}") or target if self._found else target

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


@lru_cache(65_536)
def _parse(url: str) -> Target:
    """Return what the words of a URL name: an id, or a search for one identifier."""
    if url.startswith("urn:"):
        return Target("", url.rsplit(":", 1)[-1])
    path, _, query = url.partition("?")
    parts = path.partition("/_history")[0].rsplit("/", 2)
    if query:
        # Other searches name nothing that could be told here.
        system, _, value = dict(parse_qsl(query)).get("identifier", "").rpartition("|")
        return Target(parts[-1], logical=Logical(system, value)) if _TYPE.fullmatch(parts[-1]) else NOBODY
    if len(parts) < 2 or not parts[-1] or not _TYPE.fullmatch(parts[-2]):
        return NOBODY
    return Target(parts[-2], parts[-1])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
