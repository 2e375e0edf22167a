"""Which element of a resource becomes which field."""

from typing import Any

import pytest

from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.references import Logical, Scope, Target
from tests.ingest.fhir.support import LOCAL, LOINC, SNOMED, SUBJECT, concept, read, record, records


def test_what_every_resource_has() -> None:
    found = record("Condition", **SUBJECT, meta={"lastUpdated": "2026-01-15T03:04:05Z", "versionId": "7"})
    assert (found.kind, found.key, found.version) == ("condition", "Condition/r1", "2026-01-15T03:04:05Z")
    assert (found.patient_id, found.patient_authority, found.encounter_id) == ("p1", "", "e1")
    assert found.extras == {"meta.versionId": "7"}


CODES = {
    "display": (concept("1", "A"), ("1", LOINC, "A"), {}),
    "text": ({"coding": [{"system": SNOMED, "code": "1"}], "text": "A"}, ("1", SNOMED, "A"), {}),
    "text only": ({"text": "A"}, ("", "", "A"), {}),
    "text beside a display": (
        {"coding": [{"system": SNOMED, "code": "1", "display": "A"}], "text": "B"},
        ("1", SNOMED, "A"),
        {"code.text": "B"},
    ),
    "known system first": (
        {"coding": [{"system": LOCAL, "code": "9", "display": "L"}, {"system": LOINC, "code": "1", "display": "A"}]},
        ("1", LOINC, "A"),
        {"code.coding.system": LOCAL, "code.coding.code": "9", "code.coding.display": "L",
         "code.coding[1].system": LOINC, "code.coding[1].code": "1", "code.coding[1].display": "A"},
    ),
    "no known system": (concept("9", "L", LOCAL), ("9", LOCAL, "L"), {}),
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected", "extras"), CODES.values(), ids=CODES)
def test_codes(code: object, expected: tuple[str, str, str], extras: dict[str, str]) -> None:
    found = record("Condition", **SUBJECT, code=code)
    assert (found.code, found.code_system, found.display) == expected
    assert found.extras == extras


TIMES = {
    "Condition": [
        ({"onsetDateTime": "2026", "recordedDate": "2025"}, ("2026", ""), {"recordedDate": "2025"}),
        ({"recordedDate": "2025"}, ("2025", ""), {}),
        ({"onsetPeriod": {"start": "2024", "end": "2025"}}, ("2024", "2025"), {}),
        ({"onsetDateTime": "2024", "abatementDateTime": "2025"}, ("2024", "2025"), {}),
        ({"onsetString": "long ago"}, ("", ""), {}),
    ],
    "Procedure": [
        ({"performedDateTime": "2026-01"}, ("2026-01", ""), {}),
        ({"performedPeriod": {"start": "2026-01-02"}}, ("2026-01-02", ""), {}),
        ({"performedString": "soon"}, ("", ""), {}),
    ],
    "Encounter": [({"period": {"start": "2024", "end": "2025"}}, ("2024", "2025"), {})],
    "Immunization": [({"occurrenceDateTime": "2024"}, ("2024", ""), {})],
    "MedicationRequest": [({"authoredOn": "2024"}, ("2024", ""), {})],
    "MedicationStatement": [({"effectivePeriod": {"end": "2025"}}, ("", "2025"), {})],
    "MedicationAdministration": [({"effectiveDateTime": "2024"}, ("2024", ""), {})],
    "Observation": [({"effectiveInstant": "2024"}, ("2024", ""), {}), ({"issued": "2024"}, ("2024", ""), {})],
    "DiagnosticReport": [({"effectiveDateTime": "2024"}, ("2024", ""), {})],
}


@pytest.mark.parametrize(
    ("kind", "elements", "expected", "extras"),
    [(kind, *case) for kind, cases in TIMES.items() for case in cases],
)
def test_times(kind: str, elements: Any, expected: tuple[str, str], extras: dict[str, str]) -> None:
    patient = {"patient": {"reference": "Patient/p1"}}
    found = record(kind, **(patient if kind == "Immunization" else SUBJECT), **elements)
    assert (found.start, found.end) == expected
    assert {name: value for name, value in found.extras.items() if "category" not in name} == extras


VALUES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "quantity": (
        {"valueQuantity": {"value": 7.25, "unit": "mmol per l", "code": "mmol/L"}},
        {"value_number": "7.25", "unit": "mmol/L"},
    ),
    "quantity without code": ({"valueQuantity": {"value": 7, "unit": "x"}}, {"value_number": "7", "unit": "x"}),
    "comparator": ({"valueQuantity": {"value": 5, "comparator": "<"}}, {"value_number": "<5"}),
    "concept": ({"valueCodeableConcept": concept("1", "Positive")}, {"value_text": "Positive"}),
    "concept's text": ({"valueCodeableConcept": concept("1", "P") | {"text": "Pos"}}, {"value_text": "Pos"}),
    "string": ({"valueString": "yellow"}, {"value_text": "yellow"}),
    "integer": ({"valueInteger": 3}, {"value_number": "3"}),
    "boolean": ({"valueBoolean": False}, {"value_text": "false"}),
    "date": ({"valueDateTime": "2026-01-15"}, {"value_text": "2026-01-15"}),
    "range": (
        {"valueRange": {"low": {"value": 2, "unit": "h"}, "high": {"value": 4, "unit": "h"}}},
        {"value_number": "2-4", "unit": "h"},
    ),
    "range without high": ({"valueRange": {"low": {"value": 2, "unit": "h"}}}, {"value_number": "2", "unit": "h"}),
    "ratio": ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, {"value_number": "1:128"}),
    "ratio of two units": (
        {"valueRatio": {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "mL"}}},
        {"value_text": "5 mg : 1 mL"},
    ),
    "number in a string": ({"valueString": "<0.01"}, {"value_number": "<0.01"}),
    "why there is none": ({"dataAbsentReason": {"text": "Not asked"}}, {"value_text": "Not asked"}),
    "reference": ({"valueReference": {"display": "Scan"}}, {"value_text": "Scan"}),
    "unit that is not UCUM's": (
        {"valueQuantity": {"value": 1, "unit": "tablet", "system": SNOMED, "code": "385055001"}},
        {"value_number": "1", "unit": "tablet"},
    ),
    "reference range": (
        {"referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5}}]},
        {"reference_low": "3.5", "reference_high": "5"},
    ),
    "interpretation": ({"interpretation": [concept("H", "High")]}, {"abnormal": "H"}),
}


@pytest.mark.parametrize(("elements", "expected"), VALUES.values(), ids=VALUES)
def test_observed_values(elements: dict[str, Any], expected: dict[str, str]) -> None:
    found = record("Observation", **SUBJECT, code=concept("1"), **elements)
    fields = ("value_number", "unit", "value_text", "reference_low", "reference_high", "abnormal")
    assert {name: getattr(found, name) for name in fields if getattr(found, name)} == expected


def test_each_component_is_a_record() -> None:
    found = records(
        "Observation",
        **SUBJECT,
        status="final",
        category=[concept("vital-signs")],
        code=concept("85354-9", "Blood pressure"),
        effectiveDateTime="2026-01-15",
        device={"display": "cuff"},
        component=[
            {"code": concept("8480-6", "Systolic"), "valueQuantity": {"value": 120, "code": "mm[Hg]"}},
            {"code": concept("8462-4", "Diastolic"), "dataAbsentReason": {"text": "not asked"}},
        ],
    )
    assert [(one.key, one.code, one.category, one.value_number, one.start) for one in found] == [
        ("Observation/r1#1", "8480-6", "85354-9", "120", "2026-01-15"),
        ("Observation/r1#2", "8462-4", "85354-9", "", "2026-01-15"),
    ]
    assert all(one.extras["device.display"] == "cuff" for one in found)
    assert all(one.extras["panel.display"] == "Blood pressure" for one in found)
    assert found[1].value_text == "not asked"


def test_an_observation_with_value_and_components_has_a_record_for_each() -> None:
    component = [{"code": concept("2"), "valueInteger": 4}]
    found = records("Observation", **SUBJECT, code=concept("1"), valueInteger=9, component=component)
    assert [(one.key, one.code, one.value_number) for one in found] == [
        ("Observation/r1", "1", "9"),
        ("Observation/r1#1", "2", "4"),
    ]


def test_clinical_and_verification_status() -> None:
    active, wrong = concept("active"), concept("entered-in-error")
    assert record("Condition", **SUBJECT, clinicalStatus=active).status == "active"
    assert record("Condition", **SUBJECT, clinicalStatus=active, verificationStatus=wrong).status == "entered-in-error"
    assert record("Condition", **SUBJECT, verificationStatus=concept("confirmed")).status == "confirmed"


def test_encounter_class_and_own_id() -> None:
    found = record("Encounter", subject=SUBJECT["subject"], **{"class": {"code": "AMB"}}, type=[concept("1", "Visit")])
    assert (found.encounter_id, found.category, found.display) == ("r1", "AMB", "Visit")
    assert record("Encounter", subject=SUBJECT["subject"], reasonCode=[{"text": "cough"}]).title == "cough"


def test_medication_of_another_resource() -> None:
    drug = {"resourceType": "Medication", "id": "m1", "code": concept("1", "Aspirin")}
    order = {"resourceType": "MedicationRequest", "id": "o", "medicationReference": {"reference": "Medication/m1"},
             **SUBJECT}  # fmt: skip
    entries = [{"resource": drug}, {"resource": order}, {"resource": order | {"id": "p"}}]
    _, *units = read({"resourceType": "Bundle", "entry": entries})
    assert [unit.records[0].display for unit in units] == ["Aspirin", "Aspirin"]
    contained = record("MedicationStatement", **SUBJECT, contained=[drug | {"id": "x"}],
                       medicationReference={"reference": "#x"}, dosage=[{"text": "daily"}])  # fmt: skip
    assert (contained.code, contained.value_text) == ("1", "daily")
    elsewhere = record("MedicationRequest", **SUBJECT,
                       medicationReference={"reference": "Medication/9", "display": "Iron"})  # fmt: skip
    assert (elsewhere.display, elsewhere.extras["medicationReference.reference"]) == ("Iron", "Medication/9")


def test_urn_references_are_resolved_in_their_bundle() -> None:
    person = {"resourceType": "Patient", "id": "p7"}
    fact = {"resourceType": "Condition", "subject": {"reference": "urn:uuid:aa"}}
    entries = [{"fullUrl": "urn:uuid:aa", "resource": person}, {"fullUrl": "urn:uuid:bb", "resource": fact}]
    _, unit = read({"resourceType": "Bundle", "entry": entries})
    assert (unit.records[0].patient_id, unit.records[0].key) == ("p7", "Condition/bb")


REFERENCES = {
    "Patient/1": Target("Patient", "1"),
    "Patient/1/_history/3": Target("Patient", "1"),
    "https://host/fhir/Patient/1": Target("Patient", "1"),
    "urn:uuid:1-2": Target("", "1-2"),
    "Practitioner?identifier=urn:x|9": Target("Practitioner", logical=Logical("urn:x", "9")),
    "Practitioner?name=x": Target("Practitioner"),
    "#gone": Target(),
    "nonsense": Target(),
    "": Target(),
}


@pytest.mark.parametrize(("reference", "target"), REFERENCES.items(), ids=REFERENCES)
def test_references(reference: str, target: Target) -> None:
    assert Scope().resolve({"reference": reference}) == target


def test_references_by_identifier_are_resolved_in_their_bundle() -> None:
    person = {"resourceType": "Patient", "id": "p7", "identifier": [{"system": "urn:mrn", "value": "A1"}]}
    fact = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"type": "Patient", "identifier": person["identifier"][0]},
    }
    _, unit = read({"resourceType": "Bundle", "entry": [{"resource": person}, {"resource": fact}]})
    assert unit.records[0].patient_id == "p7"
    (alone,) = read(fact)
    assert (alone.records[0].patient_id, alone.records[0].patient_authority) == ("A1", "urn:mrn")


def test_extras_are_flat() -> None:
    node = {"a": {"b": [1, {"c": True}, None, 2.5]}, "extension": [{"url": "http://x/y", "valueCode": "v"}],
            "photo": [{"contentType": "image/png", "data": "AAAA"}], "empty": {}}  # fmt: skip
    found: dict[str, str] = {}
    flatten(node, "", found, lambda name, one: None)
    assert found == {
        "a.b": "1", "a.b[1].c": "true", "a.b[3]": "2.5", "extension:y.url": "http://x/y", "extension:y.valueCode": "v",
        "photo.contentType": "image/png",
    }  # fmt: skip
