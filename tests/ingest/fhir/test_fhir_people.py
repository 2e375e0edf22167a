"""Demographics of a patient, and everyone whom a resource mentions."""

from typing import Any

import pytest

from pipeline.records import Identifier, Link, Person
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
    assert (found.status, found.extras["deceasedBoolean"]) == ("deceased", "true")
    assert sorted(found.identity) == sorted(
        Identifier(kind, value)
        for kind, value in [
            ("id", "r1"), ("birth_date", "1980-02-03"), ("name", "Doe, Jane Ann"), ("name", "Janey"),
            ("name", "Jane Roe"), ("phone", "555-1"), ("phone", "555-2"), ("email", "j@x.org"),
            ("url", "http://j.org"), ("address", "1 Elm St"), ("address", "Apt 2"), ("city", "Keene"),
            ("postal_code", "03431"), ("relative", "Doe, Bob"), ("phone", "555-3"), ("city", "Troy"),
            ("relative", "Rae"), ("city", "Rome"), ("ssn", "999-1"), ("ssn", "999-2"), ("id", "MRN1"),
            ("staff", "Dr. Fox"), ("reference", "Practitioner/9"), ("organization", "Cedar"),
        ]
    )  # fmt: skip


FOX = Identifier("staff", "Fox")
DIRECTORY: dict[str, tuple[dict[str, Any], list[Person]]] = {
    "a practitioner, by id and by number": (
        {"resourceType": "Practitioner", "name": [{"family": "Fox"}], "identifier": [{"system": "npi", "value": "99"}]},
        [Person((Identifier("id", "99"), FOX), reference="Practitioner/k"),
         Person((Identifier("reference", "Practitioner/k"),), reference="Practitioner?identifier=npi|99")],
    ),
    "a role names its practitioner": (
        {"resourceType": "PractitionerRole", "practitioner": {"reference": "Practitioner/17", "display": "Fox"}},
        [Person((FOX, Identifier("reference", "Practitioner/17")), reference="PractitionerRole/k")],
    ),
    "an organization": (
        {"resourceType": "Organization", "name": "Cedar", "alias": ["CRMC"], "address": [{"city": "Keene"}]},
        [Person((Identifier("organization", "Cedar"), Identifier("organization", "CRMC"), Identifier("city", "Keene")),
                reference="Organization/k")],
    ),
    "a relative is the patient's own": (
        {"resourceType": "RelatedPerson", "patient": {"reference": "Patient/p1"}, "name": [{"text": "Bob Doe"}]},
        [Person((Identifier("relative", "Bob Doe"),), patient_id="p1"),
         Person((Identifier("relative", "Bob Doe"),), reference="RelatedPerson/k")],
    ),
    "an implant": (
        {"resourceType": "Device", "patient": {"reference": "Patient/p1"}, "serialNumber": "SN-7"},
        [Person((Identifier("id", "SN-7"),), patient_id="p1")],
    ),
    "an insurance card": (
        {"resourceType": "Coverage", "beneficiary": {"reference": "Patient/p1"}, "subscriberId": "S-8"},
        [Person((Identifier("id", "S-8"),), patient_id="p1")],
    ),
    "a device that is nobody's": ({"resourceType": "Device", "serialNumber": "SN-7"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("resource", "expected"), DIRECTORY.values(), ids=DIRECTORY)
def test_people_who_are_no_records_go_to_the_vault(resource: dict[str, Any], expected: list[Person]) -> None:
    (unit,) = read(resource | {"id": "k"})
    assert unit.excluded == f"directory:{resource['resourceType']}"
    assert list(unit.people) == expected


def test_the_same_person_has_the_same_address_inside_a_bundle() -> None:
    fox = {"resourceType": "Practitioner", "id": "17", "name": [{"family": "Fox"}]}
    fact = {"resourceType": "Condition", "id": "c", **SUBJECT, "recorder": {"reference": "urn:uuid:aa"}}
    person, unit = read(
        {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:aa", "resource": fox}, {"resource": fact}]}
    )
    assert person.people[0].reference == "Practitioner/17"
    assert Identifier("reference", "Practitioner/17") in unit.records[0].identity


NUMBERED = {"resourceType": "Patient", "id": "p1", "link": [{"other": {"reference": "Patient/p0"}, "type": "replaces"}],
            "identifier": [{"system": "urn:mrn", "value": "A1"}, {"system": "urn:other", "value": "B2"},
                           {"type": {"coding": [{"code": "MR"}]}, "value": "C3"}]}  # fmt: skip
REPLACED = {"": Link("p1", "p0"), "CRMC/fhir": Link("p1", "p0", "CRMC/fhir", "CRMC/fhir")}
LINKS: dict[str, tuple[dict[str, Any], list[Link]]] = {
    "no number": ({}, [REPLACED[""]]),
    "system": ({"patient_identifier": "urn:mrn"}, [Link("p1", "A1", "CRMC/fhir"), REPLACED["CRMC/fhir"]]),
    "type": ({"patient_identifier": {"type": "MR"}}, [Link("p1", "C3", "CRMC/fhir"), REPLACED["CRMC/fhir"]]),
    "authority of ids": (
        {"patient_identifier": "urn:mrn", "id_authority": "EPIC"},
        [Link("p1", "A1", "EPIC"), Link("p1", "p0", "EPIC", "EPIC")],
    ),
}


@pytest.mark.parametrize(("options", "expected"), LINKS.values(), ids=LINKS)
def test_a_patient_joins_its_id_with_the_number_that_other_feeds_have(
    options: dict[str, Any], expected: list[Link]
) -> None:
    (unit,) = read(NUMBERED, **options)
    (fact,) = read({"resourceType": "Condition", "id": "c", **SUBJECT}, **options)
    assert list(unit.links) == expected
    assert {unit.records[0].patient_authority, fact.records[0].patient_authority} == {expected[0].patient_authority}


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
