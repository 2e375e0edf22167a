"""People, places and cards that are no records: they are excluded, and their names go to the vault.

Practitioners and organizations are entries of the source's directory, which records name; relatives, devices and
insurance cards are their patient's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.fhir.elements import child, children, text
from pipeline.ingest.fhir.facts import Facts
from pipeline.ingest.fhir.people import ROLES, contact_details, human_name
from pipeline.ingest.fhir.references import NOBODY, Target, logical_of
from pipeline.records import Identifier, Link, Person

# Of a directory, and where the patient is, if they are a patient's own.
ENTRIES = {
    "Practitioner": "",
    "PractitionerRole": "",
    "Organization": "",
    "Location": "",
    "HealthcareService": "",
    "RelatedPerson": "patient",
    "CareTeam": "subject",
    "Device": "patient",
    "Coverage": "beneficiary",
    "Person": "link",
}
# Numbers that stand outside of `identifier`.
_NUMBERS = ("subscriberId", "serialNumber", "lotNumber", "distinctIdentifier")


def people(facts: Facts) -> tuple[Person, ...]:
    """Return the identifiers of a resource: as a patient's own, and as an entry of the directory."""
    node, kind = facts.node, facts.type
    facts.know(_identity(facts))
    facts.leave("", {name: value for name, value in node.items() if name != "text"})
    identity = tuple(facts.identity)
    found = []
    patient = _patient(facts)
    number, authority = facts.reading.patient(patient)
    if identity and number and patient.type in ("", "Patient"):
        found.append(Person(identity, patient_id=number, patient_authority=authority))
    if kind in ROLES and facts.id and identity:
        found.append(Person(identity, reference=facts.key))
        # So that whoever is named by a number is found as well.
        own = (Identifier("reference", facts.key),)
        numbers = (Target(kind, logical=logical_of(identifier)) for identifier in children(node, "identifier"))
        found.extend(Person(own, reference=number.address) for number in numbers if number.address)
    return tuple(found)


def links(facts: Facts) -> tuple[Link, ...]:
    """Return the patients that a Person says are one."""
    if facts.type != "Person":
        return ()
    server = facts.reading.server
    targets = [facts.resolve(link.get("target")) for link in children(facts.node, "link")]
    numbers = [target.id for target in targets if target.type == "Patient" and target.id]
    return tuple(Link(numbers[0], other, server, server) for other in numbers[1:])


def _patient(facts: Facts) -> Target:
    field = ENTRIES[facts.type]
    if not field:
        return NOBODY
    if field == "link":
        targets = (facts.resolve(link.get("target")) for link in children(facts.node, "link"))
        return next((target for target in targets if target.type == "Patient"), NOBODY)
    return facts.resolve(facts.node.get(field))


def _identity(facts: Facts) -> Iterator[Identifier]:
    node = facts.node
    role = ROLES.get(facts.type) or ("name" if facts.type == "Person" else "id")
    if role != "id":
        yield from contact_details(node, role)
    for contact in children(node, "contact"):
        yield Identifier("staff", human_name(child(contact, "name")))
        yield from contact_details({"telecom": contact.get("telecom"), "address": contact.get("address")}, role)
    if role == "name":
        yield Identifier("birth_date", text(node, "birthDate"))
    for name in _NUMBERS:
        yield Identifier("id", text(node, name))
    for carrier in children(node, "udiCarrier"):
        yield Identifier("id", text(carrier, "carrierHRF"))
