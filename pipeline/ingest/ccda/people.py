"""Names, numbers and addresses anywhere in a document, as identifiers for the vault. PHI, all of it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.ingest.ccda.values import ids_of
from pipeline.ingest.ccda.xml import words
from pipeline.records import Identifier

SSN = "2.16.840.1.113883.4.1"
# What names something that is no one: a drug whose name were taken for somebody's would vanish from every note.
_THING = "thing"
# Element → whose names stand in it. What is not named here has the role of the element around it.
_ROLES = {
    "patient": "name",
    **dict.fromkeys(
        ("guardian", "guardianPerson", "relatedEntity", "relatedPerson", "relatedSubject", "subject"), "relative"
    ),
    **dict.fromkeys(
        (
            "assignedAuthor", "assignedEntity", "assignedPerson", "intendedRecipient", "informationRecipient",
            "associatedEntity", "participantRole", "playingEntity", "specimenPlayingEntity",
        ),
        "staff",
    ),
    **dict.fromkeys(
        (
            "providerOrganization", "representedOrganization", "representedCustodianOrganization",
            "receivedOrganization", "serviceProviderOrganization", "scopingOrganization", "wholeOrganization",
            "asOrganizationPartOf", "healthCareFacility", "location", "place",
            "birthplace", "scopingEntity",
        ),
        "organization",
    ),
}  # fmt: skip
# Class of a role → whose names stand in it, where the element does not say.
_CLASSES = {
    **dict.fromkeys(("PRS", "NOK", "ECON", "GUARD", "GUAR", "CAREGIVER", "COVPTY", "POLHOLD"), "relative"),
    **dict.fromkeys(("SDLOC", "PAYOR", "UNDWRT", "ORG", "DSDLOC"), "organization"),
    **dict.fromkeys(("MANU", "DRUG", "MMAT", "MAT", "TERR", "LOCE"), _THING),
}
_THINGS = ("manufacturedProduct", "playingDevice", "assignedAuthoringDevice", "specimenRole", "code", "value")
_CONSUMED = ("CSM", "PRD", "DEV")  # participants: substances, products, devices
_ADDRESS = {
    **dict.fromkeys(("streetAddressLine", "additionalLocator", "unitID", "streetName"), "address"),
    **dict.fromkeys(("city", "county", "precinct"), "city"),
    "postalCode": "postal_code",
}
_SCHEMES = {"tel": "phone", "fax": "phone", "sms": "phone", "mailto": "email", "http": "url", "https": "url"}


def mentioned(document: Element) -> tuple[Identifier, ...]:
    """Return everyone and every number that a document mentions outside its narrative, once each, in order."""
    found = dict.fromkeys(one for one in _mentioned(document) if one.value)
    return tuple(found)


def _mentioned(document: Element) -> Iterator[Identifier]:
    stack = [(document, "")]
    while stack:
        node, role = stack.pop()
        role = _role(node, role)
        if node.tag == "name" and role not in ("", _THING):
            for name in person_name(node):
                yield Identifier(role, name)
        elif node.tag == "addr":
            yield from place(node)
        elif node.tag == "telecom":
            yield from _telecom(node)
        elif node.tag == "birthTime":
            yield Identifier("birth_date", node.get("value", ""))
        elif node.tag == "value" and node.get("xsi:type", "").endswith("II"):
            yield Identifier("id", node.get("extension", "").strip())
        for root, number in ids_of(node):
            yield Identifier("ssn" if root == SSN else "id", number)
        if node.tag != "name":
            stack.extend((child, role) for child in reversed(node))


def _role(node: Element, outer: str) -> str:
    if outer == _THING or node.tag in _THINGS or (node.tag == "participant" and node.get("typeCode") in _CONSUMED):
        return _THING
    if node.tag in ("associatedEntity", "participantRole", "playingEntity", "relatedEntity"):
        by_class = _CLASSES.get(node.get("classCode", ""))
        # Who plays a role of a class is of that class.
        return by_class or (outer if node.tag == "playingEntity" and outer else _ROLES[node.tag])
    return _ROLES.get(node.tag, outer)


def person_name(node: Element) -> Iterator[str]:
    """Yield a name as `Family, Given Middle`, once for each family name; as it is, where it has no parts."""
    families = [words(part) for part in node.findall("family")]
    given = " ".join(filter(None, (words(part) for part in node.findall("given"))))
    particles = [words(part) for part in node.findall("prefix") if part.get("qualifier") in ("NB", "VV")]
    if not families and not given:
        yield words(node)
    for family in filter(None, families or [""]):
        yield ", ".join(filter(None, (" ".join((*particles, family)), given)))
    if given and not any(families):
        yield given


def place(node: Element) -> Iterator[Identifier]:
    """Yield the parts of an address that are smaller than a state."""
    for part in node:
        if part.tag in _ADDRESS:
            yield Identifier(_ADDRESS[part.tag], words(part))
    number, street = words(node.find("houseNumber")), words(node.find("streetName"))
    if number and street:
        yield Identifier("address", f"{number} {street}")
    if not len(node):
        yield Identifier("address", words(node))


def _telecom(node: Element) -> Iterator[Identifier]:
    scheme, colon, rest = node.get("value", "").strip().partition(":")
    kind = _SCHEMES.get(scheme.lower()) if colon else None
    if kind == "url":
        yield Identifier("url", f"{scheme}:{rest}")
    elif kind:
        yield Identifier(kind, rest.strip())
    else:
        value = f"{scheme}{colon}{rest}"
        yield Identifier("email" if "@" in value else "phone", value)
