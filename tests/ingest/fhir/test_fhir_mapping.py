"""Which element of a resource becomes which field."""

import base64
import io
import json
from typing import Any

import pytest

from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.fhir.connector import FhirConnector
from pipeline.ingest.fhir.extras import flatten
from pipeline.ingest.fhir.references import Scope, Target
from pipeline.records import Identifier, RawRecord

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
        {"code.coding.system": LOCAL, "code.coding.code": "9", "code.coding.display": "L"},
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
        ({"onsetString": "long ago"}, ("", ""), {"onsetString": "long ago"}),
    ],
    "Procedure": [
        ({"performedDateTime": "2026-01"}, ("2026-01", ""), {}),
        ({"performedPeriod": {"start": "2026-01-02"}}, ("2026-01-02", ""), {}),
        ({"performedString": "soon"}, ("", ""), {"performedString": "soon"}),
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
        {"value_text": "2-4 h"},
    ),
    "range without high": ({"valueRange": {"low": {"value": 2, "unit": "h"}}}, {"value_text": "2 h"}),
    "ratio": ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, {"value_text": "1:128"}),
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
    assert found[1].extras["component.dataAbsentReason.text"] == "not asked"


def test_an_observation_with_value_and_components_has_a_record_for_each() -> None:
    found = records(
        "Observation", **SUBJECT, code=concept("1"), valueInteger=9, component=[{"code": concept("2"), "valueInteger": 4}]
    )  # fmt: skip
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
    "Practitioner?identifier=npi|9": Target("Practitioner", ""),
    "#gone": Target("", ""),
    "nonsense": Target("", ""),
    "": Target("", ""),
}


@pytest.mark.parametrize(("reference", "target"), REFERENCES.items(), ids=REFERENCES)
def test_references(reference: str, target: Target) -> None:
    assert Scope().resolve(reference) == target


def test_patient() -> None:
    found = record(
        "Patient",
        gender="female",
        birthDate="1980-02-03",
        deceasedDateTime="2026-01-01",
        extension=[
            {"url": US_CORE + "race", "extension": [
                {"url": "ombCategory", "valueCoding": {"code": "2106-3", "display": "White"}},
                {"url": "text", "valueString": "White"}]},
            {"url": US_CORE + "ethnicity", "extension": [
                {"url": "ombCategory", "valueCoding": {"code": "2186-5"}}]},
            {"url": US_CORE + "birthsex", "valueCode": "F"},
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": "Rae"},
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"city": "Rome"}},
        ],
        name=[{"family": "Doe", "given": ["Jane", "Ann"]}, {"use": "nickname", "given": ["Janey"]},
              {"use": "maiden", "text": "Jane Roe"}],
        telecom=[{"system": "phone", "value": "555-1"}, {"system": "fax", "value": "555-2"},
                 {"system": "email", "value": "j@x.org"}, {"system": "url", "value": "http://j.org"}],
        address=[{"line": ["1 Elm St", "Apt 2"], "city": "Keene", "state": "NH", "postalCode": "03431"}],
        identifier=[{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-1"}, {"value": "MRN1"},
                    {"type": {"coding": [{"code": "SS"}]}, "value": "999-2"}],
        contact=[{"name": {"family": "Doe", "given": ["Bob"]}, "telecom": [{"system": "sms", "value": "555-3"}],
                  "address": {"city": "Troy"}}],
        generalPractitioner=[{"reference": "Practitioner/9", "display": "Dr. Fox"}],
        managingOrganization={"display": "Cedar"},
        deceasedBoolean=True,
    )  # fmt: skip
    assert (found.kind, found.key, found.patient_id) == ("patient", "Patient/r1", "r1")
    assert (found.sex, found.race, found.ethnicity) == ("female", "White", "2186-5")
    assert (found.birth_date, found.death_date) == ("1980-02-03", "2026-01-01")
    assert (found.postal_code, found.state) == ("03431", "NH")
    assert found.extras["extension:us-core-birthsex.valueCode"] == "F"
    assert found.extras["deceasedBoolean"] == "true"
    assert sorted(found.identity) == sorted(
        Identifier(kind, value)
        for kind, value in [
            ("id", "r1"), ("birth_date", "1980-02-03"), ("name", "Doe, Jane Ann"), ("name", "Janey"),
            ("name", "Jane Roe"), ("phone", "555-1"), ("phone", "555-2"), ("email", "j@x.org"),
            ("url", "http://j.org"), ("address", "1 Elm St"), ("address", "Apt 2"), ("city", "Keene"),
            ("postal_code", "03431"), ("relative", "Doe, Bob"), ("phone", "555-3"), ("city", "Troy"),
            ("relative", "Rae"), ("city", "Rome"), ("ssn", "999-1"), ("ssn", "999-2"), ("id", "MRN1"),
            ("staff", "Dr. Fox"), ("organization", "Cedar"),
        ]
    )  # fmt: skip


def test_related_persons_of_the_bundle_are_the_patients_relatives() -> None:
    kin = {"resourceType": "RelatedPerson", "id": "k", "patient": {"reference": "Patient/p1"},
           "name": [{"text": "Bob Doe"}]}  # fmt: skip
    entries = [{"resource": {"resourceType": "Patient", "id": "p1"}}, {"resource": kin}]
    unit, _ = read({"resourceType": "Bundle", "entry": entries})
    assert Identifier("relative", "Bob Doe") in unit.records[0].identity


MENTIONS = {
    "by type": ({"asserter": {"reference": "RelatedPerson/1", "display": "Bob"}}, ("relative", "Bob")),
    "staff": ({"recorder": {"reference": "Practitioner/1", "display": "Dr. Fox"}}, ("staff", "Dr. Fox")),
    "staff by condition": ({"recorder": {"reference": "Practitioner?identifier=1", "display": "F"}}, ("staff", "F")),
    "staff by field": ({"recorder": {"display": "Dr. Fox"}}, ("staff", "Dr. Fox")),
    "patient": ({"subject": {"reference": "Patient/1", "display": "Jane"}}, ("name", "Jane")),
    "contained": (
        {"contained": [{"resourceType": "Practitioner", "id": "x", "name": [{"family": "Fox"}]}]},
        ("staff", "Fox"),
    ),
    "deep down": ({"stage": [{"assessment": [{"reference": "Location/1", "display": "Ward 3"}]}]},
                  ("organization", "Ward 3")),
    "number": ({"identifier": [{"value": "A77"}]}, ("id", "A77")),
    "number within": ({"recorder": {"identifier": {"value": "A77"}}}, ("id", "A77")),
    "author": ({"note": [{"authorString": "Dr. Fox"}]}, ("staff", "Dr. Fox")),
}  # fmt: skip


@pytest.mark.parametrize(("elements", "expected"), MENTIONS.values(), ids=MENTIONS)
def test_everyone_mentioned_is_an_identifier(elements: dict[str, Any], expected: tuple[str, str]) -> None:
    assert Identifier(*expected) in record("Condition", **(SUBJECT | elements)).identity


def test_words_that_name_nobody_are_no_identifier() -> None:
    found = record("DiagnosticReport", **SUBJECT, code=concept("1", "CBC"),
                   result=[{"reference": "Observation/1", "display": "Sodium"}])  # fmt: skip
    assert found.identity == ()
    assert (found.kind, found.category) == ("observation", "report")


def document(*attachments: dict[str, str], **elements: Any) -> Unit:
    content = [{"attachment": one} for one in attachments]
    (unit,) = read({"resourceType": "DocumentReference", "id": "d", **SUBJECT, "content": content, **elements})
    return unit


def test_documents() -> None:
    unit = document(
        attachment(b"<p>Hi</p>", "text/html"),
        attachment("Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        type=concept("1", "Progress note"),
        date="2026",
        context={"encounter": [{"reference": "Encounter/e9"}], "period": {"start": "2025"}},
    )
    (note,) = unit.records
    assert (note.text, note.text_format, note.title) == ("Grüße", "text/plain", "Progress note")
    assert (note.start, note.encounter_id, note.extras["date"]) == ("2025", "e9", "2026")
    assert not any("data" in name for name in note.extras)


ATTACHMENTS = {
    "html": (attachment(b"<p>Hi</p>", "text/html"), "note"),
    "pdf": (attachment(b"%PDF", "application/pdf"), "attachment_not_text:application/pdf"),
    "a name for a type": (attachment(b"x", "Jane Doe"), "attachment_not_text"),
    "nothing": ({}, "attachment_not_text"),
    "url": ({"contentType": "text/plain", "url": "http://x/1"}, "attachment_not_inline:text/plain"),
    "not base64": ({"contentType": "text/plain", "data": "?"}, "undecodable:attachment"),
    "not UTF-8": (attachment(b"\xff"), "undecodable:attachment"),
    "unknown charset": (attachment(b"x", "text/plain; charset=nope"), "undecodable:attachment"),
    "not a text charset": (attachment(b"x", "text/plain; charset=zlib"), "undecodable:attachment"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), ATTACHMENTS.values(), ids=ATTACHMENTS)
def test_attachments(one: dict[str, str], expected: str) -> None:
    unit = document(one)
    assert (unit.rejected or unit.excluded or unit.records[0].kind) == expected


def test_a_binary_of_the_bundle_is_the_attachments_data() -> None:
    binary = {"resourceType": "Binary", "id": "b", "data": attachment(b"Hi")["data"]}
    reference = {"resourceType": "DocumentReference", "id": "d", **SUBJECT,
                 "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/b"}}]}  # fmt: skip
    _, unit = read({"resourceType": "Bundle", "entry": [{"resource": binary}, {"resource": reference}]})
    assert unit.records[0].text == "Hi"


def test_reports() -> None:
    form = {"presentedForm": [attachment(b"Chest clear.")]}
    both = records("DiagnosticReport", **SUBJECT, code=concept("1", "X-ray"), **form, conclusion="Clear")
    assert [(one.kind, one.key, one.text, one.title) for one in both] == [
        ("note", "DiagnosticReport/r1", "Chest clear.", "X-ray"),
        ("note", "DiagnosticReport/r1#conclusion", "Clear", "X-ray"),
    ]
    assert record("DiagnosticReport", **SUBJECT, conclusion="Clear").key == "DiagnosticReport/r1#conclusion"


def test_extras_are_flat() -> None:
    node = {"a": {"b": [1, {"c": True}, None, 2.5]}, "extension": [{"url": "http://x/y", "valueCode": "v"}],
            "photo": [{"contentType": "image/png", "data": "AAAA"}], "empty": {}, "a.b": "clash"}  # fmt: skip
    assert flatten(node) == {
        "a.b": "1", "a.b[1].c": "true", "a.b[3]": "2.5", "extension:y.valueCode": "v",
        "photo.contentType": "image/png", "a.b[1]": "clash",
    }  # fmt: skip
