"""Demographics of a patient, and everyone whom a resource mentions."""

from typing import Any

import pytest

from pipeline.records import Identifier
from tests.ingest.fhir.support import SUBJECT, US_CORE, concept, read, record


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
