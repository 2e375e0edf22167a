"""STU3, R4 and R5 name things differently; the record is the same."""

from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.ingest.fhir.versions import version_of
from tests.ingest.fhir.support import SUBJECT, concept, read, read_file, record, records, source_file

ASTHMA = concept("195967001", "Asthma")
DRUG = concept("1191", "Aspirin")
# The same fact as several versions say it, and the fields that it has in all of them.
SAME: dict[str, tuple[str, list[dict[str, Any]], dict[str, str]]] = {
    "encounter": (
        "Encounter",
        [
            {"class": {"code": "AMB"}, "period": {"start": "2025", "end": "2026"}, "reason": [{"text": "cough"}]},
            {"class": {"code": "AMB"}, "period": {"start": "2025", "end": "2026"}, "reasonCode": [{"text": "cough"}]},
            {"class": [concept("AMB")], "actualPeriod": {"start": "2025", "end": "2026"},
             "reason": [{"value": [{"concept": {"text": "cough"}}]}]},
        ],
        {"category": "AMB", "start": "2025", "end": "2026", "title": "cough", "encounter_id": "r1"},
    ),
    "condition": (
        "Condition",
        [
            {"clinicalStatus": "active", "context": SUBJECT["encounter"], "code": ASTHMA, "assertedDate": "2025"},
            {"clinicalStatus": concept("active"), "code": ASTHMA, "recordedDate": "2025"},
        ],
        {"status": "active", "code": "195967001", "start": "2025", "encounter_id": "e1"},
    ),
    "order": (
        "MedicationRequest",
        [
            {"medicationCodeableConcept": DRUG, "dosageInstruction": [{"text": "daily", "doseQuantity": {"value": 2}}]},
            {"medicationCodeableConcept": DRUG,
             "dosageInstruction": [{"text": "daily", "doseAndRate": [{"doseQuantity": {"value": 2}}]}]},
            {"medication": {"concept": DRUG}, "dosageInstruction": [{"text": "daily", "doseAndRate": [
                {"doseQuantity": {"value": 2}}]}]},
            {"contained": [{"resourceType": "Medication", "id": "m", "code": DRUG}],
             "medication": {"reference": {"reference": "#m"}}, "dosageInstruction": [{"text": "daily", "doseAndRate": [
                {"doseQuantity": {"value": 2}}]}]},
        ],
        {"code": "1191", "display": "Aspirin", "value_text": "daily", "value_number": "2"},
    ),
    "procedure": (
        "Procedure",
        [{"performedDateTime": "2025", "reasonCode": [{"text": "pain"}]},
         {"occurrenceDateTime": "2025", "reason": [{"concept": {"text": "pain"}}]}],
        {"start": "2025", "text": "Reason: pain"},
    ),
    "immunization": (
        "Immunization",
        [{"vaccineCode": concept("08"), "date": "2025", "notGiven": True},
         {"vaccineCode": concept("08"), "occurrenceDateTime": "2025", "status": "not-done"}],
        {"code": "08", "start": "2025", "status": "not-done"},
    ),
    "document": (
        "DocumentReference",
        [{"context": {"encounter": {"reference": "Encounter/e1"}}, "indexed": "2025", "class": concept("x")},
         {"context": {"encounter": [{"reference": "Encounter/e1"}]}, "date": "2025", "category": [concept("x")]},
         {"context": [{"reference": "Encounter/e1"}], "date": "2025", "category": [concept("x")]}],
        {"encounter_id": "e1", "start": "2025", "category": "x"},
    ),
    "observation": (
        "Observation",
        [{"comment": "fasting", "valueString": "pale"}, {"note": [{"text": "fasting"}], "valueString": "pale"}],
        {"value_text": "pale", "text": "Note: fasting"},
    ),
    "statement": (
        "MedicationStatement",
        [{"taken": "n", "status": "active", "medicationCodeableConcept": DRUG, "dosage": [{"text": "daily"}]}],
        {"status": "not-done", "value_text": "daily"},
    ),
    "service": (
        "ServiceRequest",
        [{"code": concept("80053"), "intent": "order"}, {"code": {"concept": concept("80053")}, "intent": "order"}],
        {"kind": "procedure", "code": "80053", "category": "order"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "elements", "expected"),
    [(kind, elements, expected) for kind, versions, expected in SAME.values() for elements in versions],
)
def test_versions_say_the_same(kind: str, elements: dict[str, Any], expected: dict[str, str]) -> None:
    found = record(kind, **(SUBJECT if kind != "DocumentReference" else {"subject": SUBJECT["subject"]}), **elements)
    assert {field: getattr(found, field) for field in expected} == expected


def test_an_order_of_stu3_is_a_procedure_that_was_ordered() -> None:
    found = record("ProcedureRequest", **SUBJECT, intent="plan", code=concept("80053"), doNotPerform=True)
    assert (found.kind, found.category, found.status) == ("procedure", "plan", "not-done")
    assert record("ReferralRequest", **SUBJECT, serviceRequested=[concept("1", "Eye")]).display == "Eye"


def profiled(profile: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "meta": {"profile": [profile]}}


VERSIONS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"resourceType": "Patient"}, {}, "R4"),
    ({"resourceType": "Patient"}, {"fhirVersion": "3.0.2"}, "STU3"),
    ({"resourceType": "Patient"}, {"fhirVersion": "R5"}, "R5"),
    ({"resourceType": "Patient"}, {"fhirVersion": "4.3.0"}, "R4B"),
    (profiled("http://hl7.org/fhir/StructureDefinition/Patient|5.0.0"), {}, "R5"),
    (profiled("http://hl7.org/fhir/3.0/StructureDefinition/Patient"), {}, "STU3"),
    (profiled("http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|3.1.1"), {}, "R4"),
    ({"resourceType": "Condition", "clinicalStatus": "active"}, {}, "STU3"),
    ({"resourceType": "Observation", "related": []}, {"fhirVersion": "4.0.1"}, "STU3"),
    ({"resourceType": "Encounter", "reason": [{"text": "cough"}]}, {}, "STU3"),
    ({"resourceType": "Encounter", "reason": [{"value": []}]}, {}, "R5"),
    ({"resourceType": "Encounter", "class": [{}]}, {}, "R5"),
    ({"resourceType": "ProcedureRequest"}, {}, "STU3"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "manifest", "expected"), VERSIONS)
def test_the_version_is_told_by_itself(resource: dict[str, Any], manifest: dict[str, Any], expected: str) -> None:
    assert version_of(resource, manifest) == expected


CODE = {"coding": [{"system": "http://loinc.org", "code": "1-8"}]}
GOOD: dict[str, dict[str, Any]] = {
    "STU3": {"resourceType": "Condition", "id": "c", "clinicalStatus": "active", "code": CODE, **SUBJECT} | {},
    "R4": {"resourceType": "Procedure", "id": "c", "status": "completed", "performedDateTime": "2025", **SUBJECT},
    "R5": {"resourceType": "Encounter", "id": "c", "status": "completed", "actualPeriod": {"start": "2025"},
           "subject": SUBJECT["subject"]},
}  # fmt: skip
del GOOD["STU3"]["encounter"]


@pytest.mark.parametrize("version", GOOD)
def test_each_version_is_judged_by_its_own_models(version: str) -> None:
    (_,), findings = read_file(source_file("x", GOOD[version]), conformance="all")
    assert dict(findings) == {}
    wrong = GOOD[version] | {"oops": "Jane"}
    (_,), findings = read_file(source_file("x", wrong), conformance="all")
    assert dict(findings) == {f"extra_forbidden:{wrong['resourceType']}.*": 1}


def test_conformance_rejects_where_that_is_asked_for() -> None:
    wrong = GOOD["R4"] | {"oops": "Jane"}
    options = {"conformance": "all", "conformance_rejects": True}
    assert [unit.rejected for unit in read([wrong, GOOD["R4"]], **options)] == ["nonconformant:Procedure", ""]
    assert read(wrong, conformance="all")[0].rejected == ""
    with pytest.raises(ConfigError, match="conformance: all"):
        FhirConnector({"conformance_rejects": True})


DOSAGES: dict[str, tuple[dict[str, Any], str]] = {
    "patient's words": ({"patientInstruction": "with food"}, "with food"),
    "structure": (
        {"doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg"}}], "route": {"text": "oral"},
         "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}, "asNeededBoolean": True},
        "5 mg, oral, 2 times every 1 days, as needed",
    ),
    "code of the timing": ({"timing": {"code": {"text": "BID"}}, "asNeededCodeableConcept": {"text": "pain"}},
                           "BID, as needed for pain"),
    "range": ({"doseRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "tab"}}}, "1-2 tab"),
}  # fmt: skip


@pytest.mark.parametrize(("dosage", "expected"), DOSAGES.values(), ids=DOSAGES)
def test_dosages_in_words(dosage: dict[str, Any], expected: str) -> None:
    found = record("MedicationRequest", **SUBJECT, medicationCodeableConcept=DRUG, dosageInstruction=[dosage])
    assert found.value_text == expected


def test_an_allergy_says_what_happened_and_how_bad_it_was() -> None:
    found = record(
        "AllergyIntolerance", patient=SUBJECT["subject"], code=concept("1", "Peanut"), criticality="high",
        reaction=[{"manifestation": [{"text": "Hives"}], "severity": "mild"},
                  {"manifestation": [{"concept": {"text": "Wheeze"}}], "severity": "severe"}],
    )  # fmt: skip
    assert (found.value_text, found.abnormal, found.text) == ("Hives; Wheeze", "severe", "Criticality: high")


def test_a_relatives_condition_is_told_apart() -> None:
    found = records(
        "FamilyMemberHistory", patient=SUBJECT["subject"], name="Bob Doe", relationship={"text": "Father"},
        condition=[{"code": ASTHMA, "onsetString": "childhood"}, {"code": {"text": "Gout"}}],
    )  # fmt: skip
    assert [(one.kind, one.category, one.title, one.display, one.text) for one in found] == [
        ("condition", "family-history", "Father", "Asthma", "Onset: childhood"),
        ("condition", "family-history", "Father", "Gout", ""),
    ]
    assert ("relative", "Bob Doe") in found[0].identity
