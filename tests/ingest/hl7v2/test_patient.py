"""Patients, visits, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.ingest.connector import Unit
from pipeline.records import RawRecord
from tests.ingest.hl7v2.conftest import MSH

Read = Callable[..., list[Unit]]
Records = Callable[..., list[RawRecord]]


def _segment(name: str, **fields: str) -> str:
    """Write a segment by the numbers of its fields: `_segment("PV1", f2="I")`."""
    numbered = {int(key[1:]): value for key, value in fields.items()}
    return "|".join((name, *(numbered.get(number, "") for number in range(1, max(numbered) + 1))))


def _identity(record: RawRecord, kind: str) -> list[str]:
    return [value for type_, value in record.identity if type_ == kind]


@pytest.mark.parametrize(
    ("pid", "patient_id", "authority"),
    [
        ("PID|1||7^^^CRMC^MR", "7", "CRMC"),
        ("PID|1||123-45-6789^^^USA^SS~8^^^LAB^PI~7^^^CRMC^MR", "7", "CRMC"),
        ("PID|1||123-45-6789^^^USA^SS~8^^^LAB^PI", "8", "LAB"),
        ("PID|1||123-45-6789^^^USA^SS~8", "8", ""),
        ("PID|1||7^^^&2.16.840.1&ISO^MR", "7", "2.16.840.1"),
        ("PID|1||7^^^CRMC&2.16.840.1&ISO^MR", "7", "CRMC"),
        ("PID|1|5^^^OLD", "5", "OLD"),
        ('PID|1|""|""|6', "6", ""),
        ("PID|1|||||||||||||||||A9^^^CRMC^AN|123456789", "A9", "CRMC"),
        ("PID|1||||||||||||||||||123456789", "123456789", ""),
    ],
)
def test_the_best_id_identifies_the_patient(records: Records, pid: str, patient_id: str, authority: str) -> None:
    (patient,) = records(type="ADT^A01", pid=pid)
    assert (patient.patient_id, patient.patient_authority) == (patient_id, authority)


@pytest.mark.parametrize(
    ("authorities", "patient_id"),
    [([], "7"), (["LAB"], "8"), (["NONE", "EPI", "LAB"], "9"), (["USA"], "7")],
)
def test_the_authorities_of_a_source_outweigh_the_types(read: Read, authorities: list[str], patient_id: str) -> None:
    pid = "PID|1||123-45-6789^^^USA^SS~8^^^LAB^PI~7^^^CRMC^MR~9^^^EPI"
    (unit,) = read(f"{MSH.format(type='ADT^A08')}\r{pid}", authorities=authorities)
    assert unit.records[0].patient_id == patient_id


def test_demographics_are_as_written(records: Records) -> None:
    pid = _segment(
        "PID", f3="7^^^CRMC^MR", f7="195003", f8="F", f10="2106-3^White^CDCREC", f11="^^^^~9 Elm St^^Salem^MA^01970",
        f22="2186-5^Not Hispanic^CDCREC", f29="20260101",
    )  # fmt: skip
    (patient,) = records(type="ADT^A08", pid=pid)
    assert (patient.sex, patient.race, patient.ethnicity) == ("F", "2106-3", "2186-5")
    assert (patient.birth_date, patient.death_date) == ("195003", "20260101")
    assert (patient.postal_code, patient.state) == ("01970", "MA")
    assert (patient.version, patient.encounter_id) == ("20260115101500", "")


def test_race_is_text_where_there_is_no_code(records: Records) -> None:
    assert records(pid="PID|1||7|||||||^Other")[0].race == "Other"


def test_what_is_not_mapped_is_kept(records: Records) -> None:
    (patient,) = records("ZXX|1|a|b^c", "ZXX|2|d", type="ADT^A01", pid='PID|1||7||Quill^Ada|||||||""||||S|C')
    assert {"ZXX-3": "b^c", "ZXX[2]-2": "d", "PID-16": "S", "PID-17": "C"}.items() <= patient.extras.items()
    assert patient.extras["MSH-9"] == "ADT^A01"
    assert patient.extras["PID-12"] == '""'


def test_a_null_in_a_mapped_field_is_empty_and_says_delete(records: Records) -> None:
    (patient,) = records(type="ADT^A08", pid='PID|1||7||||""')
    assert patient.birth_date == ""
    assert patient.extras["PID-7"] == '""'


def test_a_null_in_a_visit_is_empty_and_says_delete(records: Records) -> None:
    visit = _segment("PV1", f2="I", f19="V1", f36='""', f44="20260101", f45='""')
    (encounter,) = records(visit, type="ADT^A08", kind="encounter")
    assert (encounter.end, encounter.value_text, encounter.status) == ("", "", "in-progress")
    assert {"PV1-36": '""', "PV1-45": '""'}.items() <= encounter.extras.items()


def test_everyone_named_is_known(records: Records) -> None:
    pid = _segment(
        "PID", f2="2", f3="7^^^CRMC^MR~123-45-6789^^^USA^SS", f4="4", f5="Quill^Ada^B~van Dyk&van&Dyk&de&Boer^Ada",
        f6="Rook^Eva", f7="19500314", f9="Ace^Ada", f11="9 Elm St^Apt 4^Salem^MA^01970",
        f13="(978)555-0100^PRN^PH^ada@example.org", f14="^WPN^PH^^^978^5550101", f18="A18", f19="987-65-4321",
        f20="D20",
    )  # fmt: skip
    patient = records(
        _segment("PD1", f4="55^Vale^Ian"),
        _segment("NK1", f2="Quill^Tom", f4="9 Elm St", f5="(978)555-0102", f6="(978)555-0103"),
        _segment("PV1", f3="ICU^1^A^Harbor Hospital", f7="77^Moss^Kim^L", f19="V900"),
        _segment(
            "GT1", f3="Quill^Una", f5="1 Oak Rd^^Lynn^MA^01901", f6="978-555-0104", f8="19480101", f12="111-22-3333",
            f16="Acme Works",
        ),
        _segment("IN1", f4="Granite Mutual", f16="Quill^Tom", f36="POL36", f49="I49"),
        "MRG|6^^^CRMC^MR||||||Quill^Addie",
        type="ADT^A08",
        pid=pid,
    )[0]  # fmt: skip
    assert _identity(patient, "name") == [
        "Quill, Ada B", "van Dyk, Ada", "Dyk, Ada", "Boer, Ada", "Ace, Ada", "Quill, Addie",
    ]  # fmt: skip
    assert set(_identity(patient, "relative")) == {"Rook, Eva", "Quill, Tom", "Quill, Una"}
    assert set(_identity(patient, "staff")) == {"Vale, Ian", "Moss, Kim L"}
    assert set(_identity(patient, "ssn")) == {"123-45-6789", "987-65-4321", "111-22-3333"}
    assert {"2", "4", "7", "A18", "D20", "55", "77", "V900", "POL36", "I49", "6"} <= set(_identity(patient, "id"))
    assert set(_identity(patient, "phone")) == {
        "(978)555-0100", "978-555-0101", "(978)555-0102", "(978)555-0103", "978-555-0104",
    }  # fmt: skip
    assert _identity(patient, "email") == ["ada@example.org"]
    assert set(_identity(patient, "address")) == {"9 Elm St", "Apt 4", "1 Oak Rd"}
    assert set(_identity(patient, "city")) == {"Salem", "Lynn"}
    assert set(_identity(patient, "postal_code")) == {"01970", "01901"}
    assert set(_identity(patient, "birth_date")) == {"19500314", "19480101"}
    assert set(_identity(patient, "organization")) == {
        "CRMC",
        "Harbor Hospital",
        "Acme Works",
        "Granite Mutual",
    }
    assert patient.extras["MRG-1"] == "6^^^CRMC^MR"


@pytest.mark.parametrize(
    ("field", "staff", "ids"),
    [
        ("1234^Moss^Kim^L^^^MD", ["Moss, Kim L"], ["1234"]),
        ("KMOSS^Moss^Kim", ["Moss, Kim"], ["KMOSS"]),
        ("ATTEND^Moss^Kim", ["Moss, Kim"], []),
        ("Moss, Kim", ["Moss, Kim"], []),
        ("1^Moss^Kim~2^Vale", ["Moss, Kim", "Vale"], ["1", "2"]),
        ("ATTEND", [], []),
        ('""', [], []),
    ],
)
def test_staff(records: Records, field: str, staff: list[str], ids: list[str]) -> None:
    encounter = records(f"PV1|1|I|||||{field}||||||||||||V1", type="ADT^A01", kind="encounter")[0]
    assert _identity(encounter, "staff") == staff
    assert _identity(encounter, "id") == [*ids, "V1"]


@pytest.mark.parametrize(
    ("event", "dates", "status"),
    [
        ("A01", "", "in-progress"),
        ("A03", "20260101|20260104", "finished"),
        ("A05", "", "planned"),
        ("A08", "", ""),
        ("A08", "20260101", "in-progress"),
        ("A08", "20260101|20260104", "finished"),
        ("A13", "20260101|20260104", "in-progress"),
        ("A21", "20260101", "onleave"),
        ("A13", "20260101", "in-progress"),
    ],
)
def test_encounters(records: Records, event: str, dates: str, status: str) -> None:
    visit = "PV1|1|I" + "|" * 17 + "V1^^^CRMC" + "|" * 25 + dates
    encounter = records(visit, "PV2|||C^Chest pain", type=f"ADT^{event}", kind="encounter")[0]
    start, _, end = dates.partition("|")
    assert (encounter.key, encounter.encounter_id, encounter.category) == ("CRMC|700001|V1|ADT", "V1", "I")
    assert (encounter.status, encounter.start) == (status, start)
    assert encounter.end == ("" if event == "A13" else end)
    assert encounter.title == "Chest pain"


@pytest.mark.parametrize(
    ("visit", "pid", "number"),
    [
        ("PV1|1|I" + "|" * 48 + "ALT50", "PID|1||7", "ALT50"),
        ("PV1|1|I", "PID|1||7" + "|" * 15 + "ACC18", "ACC18"),
    ],
)
def test_other_visit_numbers(records: Records, visit: str, pid: str, number: str) -> None:
    assert records(visit, type="ADT^A01", pid=pid, kind="encounter")[0].encounter_id == number


def test_a_visit_without_a_number_is_kept_with_the_patient(records: Records) -> None:
    (patient,) = records("PV1|1|I|ICU||||1^Moss^Kim|||MED", type="ADT^A01")
    assert {"PV1-2": "I", "PV1-10": "MED"}.items() <= patient.extras.items()
    assert ("staff", "Moss, Kim") in patient.identity


def test_facts(records: Records) -> None:
    visit = "PV1|1|I" + "|" * 17 + "V1"
    found = records(
        visit,
        _segment("DG1", f1="1", f3="I10^Hypertension^I10C", f5="20260110", f6="A", f16="1^Moss^Kim"),
        "AL1|1|DA|70618^Penicillin^RXNORM|SV|Hives~Rash|2019",
        "PR1|1||0DTJ4ZZ^Appendectomy^I10P||20260111|P|||||2^Vale^Ian",
        "NTE|1||No complications.",
        type="ADT^A01",
    )
    condition, allergy, procedure = found[2:]
    assert (condition.kind, condition.code, condition.code_system) == ("condition", "I10", "I10C")
    assert (condition.display, condition.start, condition.category) == ("Hypertension", "20260110", "A")
    assert (condition.key, condition.identity) == (
        "CRMC|700001|V1|condition|I10|A",
        (("staff", "Moss, Kim"), ("id", "1")),
    )
    assert (allergy.kind, allergy.code, allergy.abnormal, allergy.start) == ("allergy", "70618", "SV", "2019")
    assert (allergy.value_text, allergy.extras["AL1-5"]) == ("Hives", "Hives~Rash")
    assert allergy.key == "CRMC|700001|allergy|70618|"
    assert (procedure.kind, procedure.code, procedure.start) == ("procedure", "0DTJ4ZZ", "20260111")
    assert (procedure.text, procedure.text_format) == ("No complications.", "text/plain")
    assert {record.encounter_id for record in found[1:]} == {"V1"}


def test_each_patient_of_a_message_has_its_own_records(records: Records) -> None:
    found = records("OBR|1|P1|F1|X", "OBX|1|NM|A||1", "PID|2||8^^^CRMC^MR||Rook^Ben", "OBR|1|P2|F2|X", "OBX|1|NM|A||2")
    assert [(record.kind, record.patient_id) for record in found] == [
        ("patient", "700001"), ("observation", "700001"), ("patient", "8"), ("observation", "8"),
    ]  # fmt: skip
    assert ("name", "Rook, Ben") not in found[0].identity


def test_a_visit_says_where_and_whereto(records: Records) -> None:
    visit = _segment("PV1", f2="I", f10="MED^Medicine", f19="V1", f36="01^Home", f44="20260101", f45="20260104")
    (encounter,) = records(visit, "PV2||||||||20260102||||Fall at home", type="ADT^A03", kind="encounter")
    assert (encounter.display, encounter.value_text, encounter.title) == ("Medicine", "Home", "Fall at home")


def test_a_planned_visit_starts_when_it_is_expected(records: Records) -> None:
    visit = _segment("PV1", f2="P", f19="V1")
    (encounter,) = records(visit, "PV2||||||||20260202", type="ADT^A05", kind="encounter")
    assert (encounter.status, encounter.start) == ("planned", "20260202")


def test_a_problem(records: Records) -> None:
    problem = "PRB|AD|20260101|I10^Hypertension^I10C|PR7^EHR|||20250505||20260101|||||ACTIVE||20240101"
    (condition,) = records(problem, type="PPR^PC1", kind="condition")
    assert (condition.key, condition.code, condition.start, condition.end, condition.status) == (
        "CRMC|700001|condition|PR7|", "I10", "20240101", "20260101", "ACTIVE",
    )  # fmt: skip
    assert condition.extras["PRB-2"] == "20260101"


@pytest.mark.parametrize(
    ("segment", "types"),
    [
        ("ROL|1|AD|AT|5^Moss^Kim", {"staff", "id"}),
        ("PRT|1|AD||ATND|5^Moss^Kim", {"staff", "id"}),
        ("STF||5^^^CRMC|Moss^Kim|||19700101||||978-555-0100", {"staff", "id", "birth_date", "phone"}),
        ("PRD|RP|Moss^Kim|1 Oak Rd^^Salem", {"staff", "address", "city"}),
        ("PDA|||||5^Moss^Kim", {"staff", "id"}),
        ("IN3|1||5^Moss^Kim", {"staff", "id"}),
        ("CSR|1|||7^^^TRIAL||||5^Moss^Kim", {"staff", "id"}),
    ],
)
def test_people_stand_in_many_segments(records: Records, segment: str, types: set[str]) -> None:
    bare = records(type="ADT^A08")[0]
    (patient,) = records(segment, type="ADT^A08")
    more = set(patient.identity) - set(bare.identity)
    assert {kind for kind, _ in more} == types
    assert types.isdisjoint({"staff"}) or ("staff", "Moss, Kim") in more


def test_a_comment_before_the_patient_is_the_patients(read: Read) -> None:
    (unit,) = read(f"{MSH.format(type='ADT^A08')}\rNTE|1||Deaf.\rPID|1||7")
    assert unit.records[0].text == "Deaf."


def test_trailing_fields_are_kept(records: Records) -> None:
    encounter = records(_segment("PV1", f2="I", f19="V1", f77="more"), type="ADT^A01", kind="encounter")[0]
    assert encounter.extras["PV1-77"] == "more"
