"""Patient: demographics, every name, number and address, and the numbers that join it with other feeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import RecordError
from pipeline.ingest.fhir.elements import child, children, text
from pipeline.ingest.fhir.facts import Facts, Shape
from pipeline.ingest.fhir.people import contact_details, place
from pipeline.ingest.fhir.readers import flag, line, meta, narrative, say, scalar
from pipeline.ingest.fhir.references import Node
from pipeline.records import Identifier, Link, RawRecord

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_MOTHERS_MAIDEN_NAME = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"


def home(facts: Facts, name: str, value: Any) -> None:
    """Take postal code and state of the address that is in use."""
    addresses = children({name: value}, name)
    current = [
        one for one in addresses if text(one, "use") not in ("old", "temp") and not child(one, "period").get("end")
    ]
    chosen = next(iter(current or addresses), {})
    facts.fields["postal_code"], facts.fields["state"] = text(chosen, "postalCode"), text(chosen, "state")
    facts.leave(name, value)


def languages(facts: Facts, name: str, value: Any) -> None:
    """Say which languages a patient speaks."""
    for one in children({name: value}, name):
        say(facts, "Language", one.get("language"))
    facts.leave(name, value)


_PATIENT: Shape = (
    ("meta", meta),
    ("text", narrative),
    ("gender", scalar("sex")),
    ("birthDate", scalar("birth_date")),
    ("deceasedDateTime", scalar("death_date")),
    ("deceasedBoolean", flag("status", True, meaning="deceased")),
    ("address", home),
    ("maritalStatus", line("Marital status")),
    ("communication", languages),
)


def patient(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Patient.

    Raises `RecordError` if it has no id.
    """
    node = facts.node
    if not facts.id:
        raise RecordError("no_patient")
    facts.know(_identity(facts))
    facts.fields |= {
        "patient_id": facts.id,
        "patient_authority": facts.reading.server,
        "race": _omb(node, "race"),
        "ethnicity": _omb(node, "ethnicity"),
    }
    facts.fill(_PATIENT)
    return (facts.record("patient"),)


def links(facts: Facts) -> tuple[Link, ...]:
    """Return the patient's other ids: the number that other feeds have, and Patients that are the same person."""
    reading, found = facts.reading, []
    if reading.number is not None:
        numbers = [text(one, "value") for one in children(facts.node, "identifier") if reading.number.fits(one)]
        found = [Link(facts.id, number, reading.server) for number in numbers if number]
        if not found:
            facts.find("patient_without_number")
    for link in children(facts.node, "link"):
        other = facts.resolve(link.get("other"))
        if other.type == "Patient" and other.id and other.id != facts.id:
            found.append(Link(facts.id, other.id, reading.server, reading.server))
    return tuple(found)


def _identity(facts: Facts) -> Iterator[Identifier]:
    node = facts.node
    yield Identifier("id", facts.id)
    yield Identifier("birth_date", text(node, "birthDate"))
    yield from contact_details(node, "name")
    for contact in children(node, "contact"):
        yield from contact_details(contact, "relative")
        yield Identifier("organization", text(child(contact, "organization"), "display"))
    for extension in children(node, "extension"):
        if extension.get("url") == _MOTHERS_MAIDEN_NAME:
            yield Identifier("relative", text(extension, "valueString"))
        elif extension.get("url") == _BIRTH_PLACE:
            yield from place(child(extension, "valueAddress"))


def _omb(node: Node, name: str) -> str:
    """Return the OMB categories of US Core's race or ethnicity, by name if they have one."""
    for extension in children(node, "extension"):
        if extension.get("url") != _US_CORE + name:
            continue
        parts = children(extension, "extension")
        omb = [child(part, "valueCoding") for part in parts if part.get("url") == "ombCategory"]
        words = [text(coding, "display") or text(coding, "code") for coding in omb]
        if any(words):
            return "; ".join(filter(None, words))
        return next((text(part, "valueString") for part in parts if part.get("url") == "text"), "")
    return ""
