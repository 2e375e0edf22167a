"""Resources in, records out."""

import base64
import io
import json
from collections import Counter
from typing import Any

from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.records import RawRecord

LOINC, SNOMED, LOCAL = "http://loinc.org", "http://snomed.info/sct", "urn:local"
SUBJECT = {"subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/e1"}}
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def source_file(name: str, content: object, siblings: tuple[SourceFile, ...] = ()) -> SourceFile:
    """Return a file of some bytes, a document, or a list of resources that become lines."""
    if isinstance(content, list):
        content = b"".join(json.dumps(one).encode() + b"\n" for one in content)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SourceFile(name, lambda: io.BytesIO(data), lambda: siblings)


def read_file(file: SourceFile, **options: Any) -> tuple[list[Unit], Counter[str]]:
    """Return the units of a file, counted alike, and the findings."""
    connector = FhirConnector({"conformance": "off"} | options)
    connector.authority = "CRMC"
    units = list(connector.read(file))
    assert connector.count(file) == len(units)
    return units, connector.findings


def read(document: object, **options: Any) -> list[Unit]:
    return read_file(source_file("x", json.dumps(document).encode()), **options)[0]


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
