"""Resources in, records out."""

import base64
import io
import json
from typing import Any

from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.records import RawRecord

LOINC, SNOMED, LOCAL = "http://loinc.org", "http://snomed.info/sct", "urn:local"
SUBJECT = {"subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/e1"}}
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def read(document: object) -> list[Unit]:
    data = json.dumps(document).encode()
    return list(FhirConnector({"conformance": "off"}).read(SourceFile("x", lambda: io.BytesIO(data))))


def records(kind: str, **elements: Any) -> tuple[RawRecord, ...]:
    (unit,) = read({"resourceType": kind, "id": "r1", **elements})
    assert not unit.rejected, unit.rejected
    assert not unit.excluded, unit.excluded
    return unit.records


def record(kind: str, **elements: Any) -> RawRecord:
    (one,) = records(kind, **elements)
    return one


def concept(code: str, display: str = "", system: str = LOINC) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def attachment(text: bytes, content_type: str = "text/plain") -> dict[str, str]:
    return {"contentType": content_type, "data": base64.b64encode(text).decode()}
