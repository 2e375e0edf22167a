"""Names, numbers and addresses in a resource, as identifiers for the vault. PHI, all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.ingest.fhir.elements import child, children, text
from pipeline.ingest.fhir.references import Node, Scope
from pipeline.records import Identifier

ROLES = {
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
            "generalPractitioner", "authorReference", "agent", "prescriber", "dispenser", "sender", "member",
            "practitioner", "assessor", "receiver", "recipient",
        ),
        "staff",
    ),
    **dict.fromkeys(("serviceProvider", "managingOrganization", "custodian", "location", "onBehalfOf"), "organization"),
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
    for plain in ("name", "alias"):
        value = node.get(plain)
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str):
                yield Identifier(role, word)
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


def mentioned(field: str, node: Node, scope: Scope, contained: Mapping[str, Node]) -> Iterator[Identifier]:
    """Yield whom an object, the element `field` of a resource, names; not what stands in objects below it.

    People whose own resource is elsewhere come as a `reference` to it.
    """
    if "identifier" in node:
        yield from numbers(node)
    if "authorString" in node:
        yield Identifier("staff", text(node, "authorString"))
    if field == "contained" and text(node, "resourceType") in ROLES:
        yield from contact_details(node, ROLES[node["resourceType"]])
    if "reference" not in node and ("display" not in node or "code" in node) and "identifier" not in node:
        return
    target = scope.resolve(node, contained)
    role = ROLES.get(target.type)
    if role is None and not target.type:
        role = _ROLE_OF_FIELD.get(field)
    if role is None:
        return
    yield Identifier(role, text(node, "display"))
    if target.type != "Patient":
        yield Identifier("reference", target.address)
