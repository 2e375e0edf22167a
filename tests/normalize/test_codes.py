"""Code systems, codes, races and other words by their one name."""

import pytest

from pipeline.vocabulary import (
    canonical_category,
    canonical_code,
    canonical_ethnicity,
    canonical_race,
    canonical_sex,
    canonical_status,
    canonical_system,
    code_systems,
    hispanic,
    is_code,
    synonyms,
    vocabulary,
)

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
ICD9_PROCEDURES = "http://hl7.org/fhir/sid/icd-9-cm/procedure"
ICDO = "http://terminology.hl7.org/CodeSystem/icd-o-3"

SYSTEMS = [
    ("LN", "http://loinc.org"), ("https://loinc.org/", "http://loinc.org"), ("SCT", "http://snomed.info/sct"),
    ("http://snomed.info/sct/731000124108/version/20230901", "http://snomed.info/sct"),
    ("http://snomed.info/sct|20230901", "http://snomed.info/sct"), ("I10C", ICD10), ("I10", ICD10),
    ("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10"), ("I9CDX", ICD9), ("I9CP", ICD9_PROCEDURES),
    ("ICD9Proc", ICD9_PROCEDURES), ("urn:oid:2.16.840.1.113883.6.104", ICD9_PROCEDURES), ("ICDO3", ICDO),
    ("HL70004", "http://terminology.hl7.org/CodeSystem/v2-0004"),
    ("http://hl7.org/fhir/v2/0004", "http://terminology.hl7.org/CodeSystem/v2-0004"),
    ("2.16.840.1.113883.12.4", "http://terminology.hl7.org/CodeSystem/v2-0004"),
    ("HL70292", "http://hl7.org/fhir/sid/cvx"), ("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
    ("2.16.840.1.113883.5.4", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
    ("http://hl7.org/fhir/v3/RoleCode", "http://terminology.hl7.org/CodeSystem/v3-RoleCode"),
    ("99LOCAL", "99LOCAL"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "uri"), SYSTEMS)
def test_systems(name: str, uri: str) -> None:
    assert canonical_system(name) == uri


def test_no_name_means_two_systems() -> None:
    assert all(canonical_system(name) == uri for uri, system in code_systems().items() for name in system["names"])


CODES = [
    (ICD10, "e119", "E11.9"), (ICD10, "E11.9", "E11.9"), (ICD10, "I10", "I10"), (ICD10, "s72001a", "S72.001A"),
    (ICD9, "25000", "250.00"), (ICD9, "v1582", "V15.82"), (ICD9, "E8495", "E849.5"), (ICD9, "401", "401"),
    (ICD9_PROCEDURES, "3722", "37.22"), (ICDO, "C509", "C50.9"), (ICDO, "8140/3", "8140/3"),
    (ICD10, "Quorbin", "Quorbin"), ("http://loinc.org", " 2345-7 ", "2345-7"), ("LOCAL", "abc", "abc"),
]  # fmt: skip


@pytest.mark.parametrize(("system", "written", "code"), CODES)
def test_codes(system: str, written: str, code: str) -> None:
    assert canonical_code(system, written) == code


@pytest.mark.parametrize(
    ("system", "code"),
    [(ICD10, "Quorbin"), (ICD9, "1234567"), ("http://fdasis.nlm.nih.gov", "6175550123"), ("LOCAL", "I10")],
)
def test_what_has_not_the_form_of_a_code(system: str, code: str) -> None:
    assert not is_code(system, code)


RACES = [
    ("2106-3", "White", False), ("1004-1", "American Indian or Alaska Native", False), ("2029-7", "Asian", False),
    ("2500-7", "Native Hawaiian or Other Pacific Islander", False), ("2135-2", "Unknown", True),
    ("White, Black", "Multiple", False), ("2106-3;2054-5", "Multiple", False), ("White~Unknown", "White", False),
    ("WHITE - RUSSIAN", "White", False), ("BLACK/CAPE VERDEAN", "Black or African American", False),
    ("BLACK/AFRICAN AMERICAN", "Black or African American", False), ("White, Not Hispanic", "White", False),
    ("HISPANIC/LATINO - PUERTO RICAN", "Unknown", True), ("Hispanic or Latino; White", "White", True),
    ("White (Hispanic)", "White", True), ("AMERICAN INDIAN/ALASKA NATIVE", "American Indian or Alaska Native", False),
    ("MULTIPLE RACE/ETHNICITY", "Multiple", False), ("Asian/Pacific Islander", "Other", False),
    ("PATIENT DECLINED TO ANSWER", "Declined", False), ("Quorbin", "Quorbin", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "race", "is_hispanic"), RACES)
def test_races(text: str, race: str, is_hispanic: bool) -> None:
    assert (canonical_race(text), hispanic(text)) == (race, is_hispanic)


@pytest.mark.parametrize(
    ("text", "ethnicity"),
    [
        ("2137-8", "Hispanic or Latino"),
        ("Hispanic/Latino", "Hispanic or Latino"),
        ("NON-HISPANIC", "Not Hispanic or Latino"),
        ("2186-5", "Not Hispanic or Latino"),
        ("UNK", "Unknown"),
    ],
)
def test_ethnicities(text: str, ethnicity: str) -> None:
    assert canonical_ethnicity(text) == ethnicity


@pytest.mark.parametrize(
    ("kind", "written", "status"),
    [
        ("observation", "F", "final"),
        ("observation", "D", "deleted"),
        ("note", "AU", "final"),
        ("note", "D", "deleted"),
        ("medication", "CM", "completed"),
        ("condition", "F", "F"),
        ("encounter", "In Progress", "in-progress"),
        ("procedure", "COMPLETE", "completed"),
        ("note", "Quorbin", "Quorbin"),
    ],
)
def test_statuses(kind: str, written: str, status: str) -> None:
    assert canonical_status(kind, written) == status


@pytest.mark.parametrize(
    ("kind", "written", "category"),
    [
        ("encounter", "E", "emergency"),
        ("encounter", "IMP", "inpatient"),
        ("encounter", "urgentcare", "urgent-care"),
        ("observation", "E", "E"),
        ("encounter", "Quorbin", "Quorbin"),
    ],
)
def test_categories(kind: str, written: str, category: str) -> None:
    assert canonical_category(kind, written) == category


@pytest.mark.parametrize(("text", "sex"), [("F", "female"), ("Male", "male"), ("X", "other"), ("Quorbin", "unknown")])
def test_sexes(text: str, sex: str) -> None:
    assert canonical_sex(text) == sex


CLOSED = {"sex": "sex", "race": "race", "ethnicity": "ethnicity", "encounter": "category", "status": "status"}


@pytest.mark.parametrize("name", [*CLOSED, "result_status", "note_status", "order_status"])
def test_what_normalize_writes_passes_redaction(name: str) -> None:
    allowed = vocabulary(CLOSED.get(name, "status")).values()
    assert set(synonyms(name).values()) <= set(allowed)
