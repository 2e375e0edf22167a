"""Names, numbers and addresses in a resource, as identifiers for the vault. PHI, all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.ingest.fhir.elements import child, children, text
from pipeline.ingest.fhir.references import Node, Scope
from pipeline.records import Identifier

_ROLES = {
    "Patient": "name",
    "RelatedPerson": "relative",
    "Practitioner": "staff",
    "PractitionerRole": "staff",
    "CareTeam": "staff",
    "Organization": "organization",
    "Location": "organization",
    "HealthcareService": "organization",
}
# Whose name a display is, where the reference does not say what it points to.
_ROLE_OF_FIELD = {
    "subject": "name",
    "patient": "name",
    **dict.fromkeys(
        (
            "participant", "individual", "performer", "actor", "author", "recorder", "requester", "asserter",
            "informationSource", "informant", "attester", "authenticator", "party", "resultsInterpreter",
            "generalPractitioner", "authorReference",
        ),
        "staff",
    ),
    **dict.fromkeys(("serviceProvider", "managingOrganization", "custodian", "location"), "organization"),
}  # fmt: skip
_TELECOM = {"email": "email", "url": "url", **dict.fromkeys(("phone", "fax", "pager", "sms"), "phone")}
_SSN_SYSTEMS = frozenset(("http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"))


def human_name(name: Node) -> str:
    """Return a HumanName as `Family, Given Middle`; its text where it has no parts."""
    given = name.get("given")
    words = " ".join(part for part in given if isinstance(part, str)) if isinstance(given, list) else ""
    family = text(name, "family")
    return f"{family}, {words}" if family and words else family or words or text(name, "text")


def contact_details(node: Node, role: str) -> Iterator[Identifier]:
    """Yield what `name`, `telecom` and `address` of a person, or of an organization, hold."""
    for name in children(node, "name"):
        yield Identifier(role, human_name(name))
    if isinstance(node.get("name"), str):
        yield Identifier(role, node["name"])
    for point in children(node, "telecom"):
        value = text(point, "value")
        yield Identifier(_TELECOM.get(text(point, "system"), "email" if "@" in value else "phone"), value)
    for address in children(node, "address"):
        yield from place(address)


def place(address: Node) -> Iterator[Identifier]:
    """Yield the parts of an Address that are smaller than a state."""
    lines = address.get("line")
    for line in lines if isinstance(lines, list) and lines else [text(address, "text")]:
        if isinstance(line, str):
            yield Identifier("address", line)
    yield Identifier("city", text(address, "city"))
    yield Identifier("city", text(address, "district"))
    yield Identifier("postal_code", text(address, "postalCode"))


def numbers(node: Node) -> Iterator[Identifier]:
    """Yield the values of `identifier`."""
    for identifier in children(node, "identifier"):
        codes = {text(coding, "code") for coding in children(child(identifier, "type"), "coding")}
        is_ssn = text(identifier, "system") in _SSN_SYSTEMS or "SS" in codes
        yield Identifier("ssn" if is_ssn else "id", text(identifier, "value"))


def mentioned(resource: Node, scope: Scope, contained: dict[str, Node]) -> Iterator[Identifier]:
    """Yield everyone and every number that a resource mentions, wherever in it."""
    stack: list[tuple[str, Any]] = [("", resource)]
    while stack:
        field, node = stack.pop()
        if isinstance(node, list):
            stack.extend((field, item) for item in node if isinstance(item, (dict, list)))
            continue
        if "identifier" in node:
            yield from numbers(node)
        if "reference" in node or ("display" in node and "code" not in node):
            yield from _reference(field, node, scope, contained)
        if "authorString" in node:
            yield Identifier("staff", text(node, "authorString"))
        if field == "contained" and text(node, "resourceType") in _ROLES:
            yield from contact_details(node, _ROLES[node["resourceType"]])
        stack.extend((name, part) for name, part in node.items() if isinstance(part, (dict, list)))


def _reference(field: str, node: Node, scope: Scope, contained: dict[str, Node]) -> Iterator[Identifier]:
    target = scope.resolve(text(node, "reference"), contained)
    role = _ROLES.get(target.type or text(node, "type"))
    if role is None and not target.type:
        role = _ROLE_OF_FIELD.get(field)
    if role is None:
        return
    yield Identifier(role, text(node, "display"))
    # The patient's own resource, and people who are contained, are read for themselves.
    if target.resource is not None and target.type != "Patient" and target.id:
        if role == "organization":
            yield Identifier(role, text(target.resource, "name"))
        else:
            yield from contact_details(target.resource, role)


def distinct(found: Iterator[Identifier]) -> tuple[Identifier, ...]:
    """Return identifiers once each, in order, without empty ones."""
    return tuple(dict.fromkeys(one for one in found if one.value.strip()))
