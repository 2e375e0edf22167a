"""The resource types that become records."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.ingest.fhir import clinical, documents, observation, patient
from pipeline.ingest.fhir.elements import Excluded
from pipeline.ingest.fhir.facts import Facts
from pipeline.ingest.fhir.references import Node, Scope
from pipeline.records import RawRecord

MAPPERS: dict[str, Callable[[Facts], tuple[RawRecord, ...]]] = {
    "Patient": patient.patient,
    "Encounter": clinical.encounter,
    "Condition": clinical.condition,
    "Observation": observation.observation,
    "MedicationRequest": clinical.medication,
    "MedicationStatement": clinical.medication,
    "MedicationAdministration": clinical.medication,
    "MedicationDispense": clinical.medication,
    "Procedure": clinical.procedure,
    "AllergyIntolerance": clinical.allergy,
    "Immunization": clinical.immunization,
    "DiagnosticReport": documents.report,
    "DocumentReference": documents.document,
}

_TYPE = re.compile(r"[A-Za-z]{1,40}")


def map_resource(resource: Node, scope: Scope, full_url: str = "") -> tuple[RawRecord, ...]:
    """Return the records of one resource, which is used up.

    Raises `RecordError` if it cannot be taken, `Excluded` if it is left out on purpose.
    """
    kind = resource["resourceType"]
    mapper = MAPPERS.get(kind)
    if mapper is None:
        known_shape = _TYPE.fullmatch(kind)
        raise Excluded(f"unsupported_resource:{kind}" if known_shape else "unsupported_resource")
    return mapper(Facts.of(resource, scope, full_url))
