"""What a reference points to: inside its Bundle, inside its resource, or by its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Node = dict[str, Any]

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,39}")
_NOTHING: Mapping[str, Node] = {}


class Target(NamedTuple):
    """What a reference names. `resource` is there only if it came in the same Bundle or resource."""

    type: str
    id: str
    resource: Node | None = None


def own_id(resource: Node, full_url: str = "") -> str:
    """Return a resource's id: its own, else the last part of the URL that its Bundle gives it."""
    value = resource.get("id")
    if isinstance(value, str) and value:
        return value
    return re.split("[/:]", full_url)[-1]


@dataclass(frozen=True, slots=True)
class Scope:
    """The resources that came together, by full URL and by `Type/id`."""

    found: Mapping[str, Target] = field(default_factory=dict)

    @classmethod
    def of(cls, resources: Iterable[tuple[str, Any]]) -> Scope:
        """Index resources, each with its full URL (empty outside a Bundle)."""
        found: dict[str, Target] = {}
        for full_url, resource in resources:
            if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
                continue
            target = Target(resource["resourceType"], own_id(resource, full_url), resource)
            found.setdefault(f"{target.type}/{target.id}", target)
            if full_url:
                found[full_url] = target
        return cls(found)

    def resolve(self, reference: str, contained: Mapping[str, Node] = _NOTHING) -> Target:
        """Return what a reference names; type and id are empty where nobody can tell."""
        if reference.startswith("#"):
            inner = contained.get(reference[1:], {})
            return Target(str(inner.get("resourceType", "")), "", inner or None)
        known = self.found.get(reference)
        if known is not None:
            return known
        if reference.startswith("urn:"):
            return Target("", reference.rsplit(":", 1)[-1])
        path, _, query = reference.partition("?")
        parts = path.partition("/_history")[0].rsplit("/", 2)
        if query:  # a conditional reference names a type and a search, not an id
            return Target(parts[-1] if _TYPE.fullmatch(parts[-1]) else "", "")
        if len(parts) < 2 or not _TYPE.fullmatch(parts[-2]):
            return Target("", "")
        return self.found.get(f"{parts[-2]}/{parts[-1]}") or Target(parts[-2], parts[-1])

    def relatives(self, patient_id: str) -> list[Node]:
        """Return the RelatedPersons that came with a patient."""
        people: list[Node] = []
        seen: set[int] = set()
        for target in self.found.values():
            if target.type != "RelatedPerson" or target.resource is None or id(target.resource) in seen:
                continue
            seen.add(id(target.resource))
            patient = target.resource.get("patient")
            reference = patient.get("reference") if isinstance(patient, dict) else None
            if isinstance(reference, str) and self.resolve(reference).id == patient_id:
                people.append(target.resource)
        return people
