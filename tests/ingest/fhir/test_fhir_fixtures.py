"""Public exports: nothing is lost, and what a clinician would want to know is where it is looked for."""

import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.ingest.connector import Unit
from pipeline.ingest.fhir.resources import MAPPERS
from pipeline.records import RawRecord
from tests.ingest.fhir.support import read_file, source_file

# Of units that have records, by kind of the first one; what is left out, by reason.
KINDS = {
    "synthea-r4": {
        "patient": 5, "encounter": 52, "condition": 18, "observation": 310, "immunization": 49, "procedure": 27,
        "medication": 13, "note": 5,
    },
    "us-core-examples": {
        "patient": 4, "encounter": 3, "condition": 7, "observation": 141, "immunization": 1, "procedure": 9,
        "medication": 5, "allergy": 4, "note": 21,
    },
    "cumulus-deid/input": {
        "patient": 3, "encounter": 1, "observation": 1, "condition": 3, "allergy": 2, "immunization": 1, "procedure": 2,
        "medication": 2, "note": 2,
    },
}  # fmt: skip
# Resources that say of nobody that they are theirs.
NOBODYS = {"Immunization.occurrenceString.json", "MedicationRequest.2.json", "Procedure.2.json"}


def read_folder(folder: Path) -> dict[str, list[tuple[str, Unit]]]:
    """Return the units of each file, each with the type of its resource."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_bytes())
        entries = document["entry"] if document["resourceType"] == "Bundle" else [{"resource": document}]
        units, _ = read_file(source_file(path.name, path.read_bytes()))
        types = [entry["resource"]["resourceType"] for entry in entries]
        found[path.name] = list(zip(types, units, strict=True))
    return found


@pytest.mark.parametrize("folder", KINDS)
def test_every_resource_is_read(public_fixtures: Path, folder: str) -> None:
    kinds: Counter[str] = Counter()
    for name, units in read_folder(public_fixtures / "fhir" / folder).items():
        for type_, unit in units:
            if name in NOBODYS:
                assert unit.rejected == "no_patient"
            elif type_ in MAPPERS:
                assert unit.records, (name, unit.position, unit.rejected)
                kinds[unit.records[0].kind] += 1
            else:
                assert unit.excluded, (name, unit.position)
    assert kinds == KINDS[folder]


# What somebody who reads the resource would say of it.
SAID = {
    "medicationrequest-coded-oral-axid.json": {
        "display": "Nizatidine 15 MG/ML Oral Solution", "value_text": "10 mL bid", "value_number": "10", "unit": "mL",
        "text": "Quantity: 480 mL\nRefills: 1\nReason: Active Duodenal Ulcer",
    },
    "medicationrequest-contained-oral-axid.json": {"code": "582620", "value_text": "10 mL bid"},
    "Procedure-R4-defib-implant.json": {
        "code": "33249", "start": "2019-03-26T12:55:26-07:00", "text": "Reason: Ventricular fibrillation",
    },
    "servicerequest-bmp.json": {"kind": "procedure", "category": "order", "code": "24321-2"},
    "AHC-HRSN-item-example-68517-2.json": {"category": "survey", "value_text": "Daily or almost daily"},
    "Observation-10-minute-apgar-color.json": {"value_text": "2. Good color all over"},
    "patient-deceased-example.json": {"death_date": "2022-07-22", "race": "White; Asian", "state": "OK"},
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), SAID.items(), ids=SAID)
def test_what_a_resource_says_is_in_its_fields(public_fixtures: Path, name: str, expected: dict[str, str]) -> None:
    path = public_fixtures / "fhir" / "us-core-examples" / name
    (unit,), _ = read_file(source_file(name, path.read_bytes()))
    record: RawRecord = unit.records[0]
    assert {field: getattr(record, field) for field in expected} == expected


def test_findings_say_which_attachments_could_not_be_read(public_fixtures: Path) -> None:
    found: Counter[str] = Counter()
    for path in sorted((public_fixtures / "fhir" / "us-core-examples").glob("*.json")):
        found += read_file(source_file(path.name, path.read_bytes()))[1]
    assert found["attachment_external"] == 5
    assert {finding for finding in found if ":" not in finding} <= {
        "attachment_external", "attachment_unsupported_type", "attachment_pdf_without_text", "medication_not_found",
    }  # fmt: skip
