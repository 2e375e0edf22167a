"""Patient: demographics, and every name, number and address."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import RecordError
from pipeline.ingest.fhir.elements import child, children, take, text, written
from pipeline.ingest.fhir.facts import Facts
from pipeline.ingest.fhir.people import contact_details, distinct, mentioned, place
from pipeline.ingest.fhir.references import Node
from pipeline.records import Identifier, RawRecord

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_MOTHERS_MAIDEN_NAME = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"


def patient(facts: Facts) -> tuple[RawRecord, ...]:
    """Map a Patient."""
    node = facts.node
    if not facts.id:
        raise RecordError("no_patient")
    identity = distinct(_identity(facts))
    home = child(node, "address")
    return (
        facts.record(
            "patient",
            patient_id=facts.id,
            identity=identity,
            sex=take(node, "gender"),
            race=_omb(node, "race"),
            ethnicity=_omb(node, "ethnicity"),
            birth_date=take(node, "birthDate"),
            death_date=take(node, "deceasedDateTime"),
            postal_code=take(home, "postalCode"),
            state=take(home, "state"),
        ),
    )


def _identity(facts: Facts) -> Iterator[Identifier]:
    node = facts.node
    yield Identifier("id", facts.id)
    yield Identifier("birth_date", text(node, "birthDate"))
    yield from contact_details(node, "name")
    for contact in children(node, "contact"):
        yield from contact_details(contact, "relative")
        yield Identifier("organization", text(child(contact, "organization"), "display"))
    for relative in facts.scope.relatives(facts.id):
        yield from contact_details(relative, "relative")
    for extension in children(node, "extension"):
        if extension.get("url") == _MOTHERS_MAIDEN_NAME:
            yield Identifier("relative", text(extension, "valueString"))
        elif extension.get("url") == _BIRTH_PLACE:
            yield from place(child(extension, "valueAddress"))
    yield from mentioned(node, facts.scope, facts.contained)


def _omb(node: Node, name: str) -> str:
    """Take the OMB categories of US Core's race or ethnicity, by name if they have one."""
    for extension in children(node, "extension"):
        if extension.get("url") != _US_CORE + name:
            continue
        parts = children(extension, "extension")
        omb = [child(part, "valueCoding") for part in parts if part.get("url") == "ombCategory"]
        words = [text(coding, "display") or text(coding, "code") for coding in omb]
        if not any(words):
            return next((written(part.get("valueString")) for part in parts if part.get("url") == "text"), "")
        for coding in omb:
            # Whichever of the two is the value, the other one stays.
            take(coding, "display" if text(coding, "display") else "code")
        return "; ".join(filter(None, words))
    return ""
