"""Entries as records: what each column holds, and that nothing denied or planned reads as a fact."""

from __future__ import annotations

import pytest

from pipeline.records import RawRecord
from tests.ingest.ccda.conftest import Reads, document, section

T = "2.16.840.1.113883.10.20.22.4."
SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'
ASSERTED = '<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>'
COUGH = f'<value xsi:type="CD" code="49727002" {SNOMED} displayName="Cough"/>'


def statement(name: str, inside: str, template: int | None = None, attributes: str = 'moodCode="EVN"') -> str:
    known = f'<templateId root="{T}{template}"/>' if template else ""
    return f"<{name} {attributes}>{known}{inside}</{name}>"


def problem(inside: str, attributes: str = "") -> str:
    return statement("observation", f'{ASSERTED}<statusCode code="completed"/>{inside}', 4, attributes)


def concern(inside: str, status: str = "active") -> str:
    code = '<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>'
    link = f"<entryRelationship>{inside}</entryRelationship>"
    return statement("act", f'{code}<statusCode code="{status}"/>{link}', 3)


def one(read: Reads, entry: str, kind: str, **more: str) -> RawRecord:
    return read(document(section(entry, **more))).one(kind)


def columns(record: RawRecord, *names: str) -> tuple[str, ...]:
    return tuple(getattr(record, name) for name in names)


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (concern(problem(COUGH)), "active"),
        (concern(problem(COUGH), "completed"), "inactive"),
        (
            concern(problem(f'<effectiveTime><low value="2024"/><high value="2025"/></effectiveTime>{COUGH}')),
            "resolved",
        ),
        (concern(problem(f'<effectiveTime><high nullFlavor="UNK"/></effectiveTime>{COUGH}')), "resolved"),
        (
            concern(
                problem(
                    COUGH
                    + "<entryRelationship>"
                    + statement("observation", f'<value code="73425007" {SNOMED}/>', 6)
                    + "</entryRelationship>"
                )
            ),
            "inactive",
        ),
        (problem(COUGH), ""),
        (concern(problem(COUGH, 'negationInd="true"')), "refuted"),
    ],
)
def test_status_of_a_condition(read: Reads, entry: str, status: str) -> None:
    found = one(read, entry, "condition", code="11450-4")
    display = "No Cough" if status == "refuted" else "Cough"
    assert columns(found, "code", "display", "status", "category") == (
        "49727002", display, status, "problem-list-item",
    )  # fmt: skip
    # What the observation itself said is not lost.
    assert found.extras["statusCode.code"] == "completed"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<value xsi:type="PQ" value="5.4" unit="mmol/L"/>', ("5.4", "mmol/L", "")),
        ('<value xsi:type="INT" value="7"/>', ("7", "", "")),
        ('<value xsi:type="REAL" value="1.5"/>', ("1.5", "", "")),
        ('<value xsi:type="ST">trace</value>', ("", "", "trace")),
        ('<value xsi:type="ED">trace</value>', ("", "", "trace")),
        ('<value xsi:type="BL" value="false"/>', ("", "", "false")),
        ('<value xsi:type="TS" value="20260115"/>', ("", "", "20260115")),
        (COUGH, ("", "", "Cough")),
        ('<value xsi:type="CD" nullFlavor="OTH"><originalText>odd</originalText></value>', ("", "", "odd")),
        ('<value xsi:type="IVL_PQ"><low value="2" unit="g"/><high value="4" unit="g"/></value>', ("2-4", "g", "")),
        ('<value xsi:type="IVL_PQ"><high value="5" unit="g" inclusive="false"/></value>', ("<5", "g", "")),
        ('<value xsi:type="IVL_PQ"><high value="5" unit="g"/></value>', ("<=5", "g", "")),
        ('<value xsi:type="IVL_PQ"><low value="5" unit="g"/><high nullFlavor="PINF"/></value>', (">=5", "g", "")),
        (
            '<value xsi:type="RTO"><numerator value="1"/><denominator value="80"/></value>',
            ("1:80", "", ""),
        ),
        ('<value xsi:type="PQ" nullFlavor="UNK"/>', ("", "", "")),
        (
            '<value xsi:type="PQ" nullFlavor="OTH"><translation value="152"><originalText>K/mcl</originalText>'
            "</translation></value>",
            ("152", "K/mcl", ""),
        ),
    ],
)
def test_value_of_an_observation(read: Reads, value: str, expected: tuple[str, ...]) -> None:
    entry = statement(
        "observation",
        f'<code code="2823-3" codeSystem="2.16.840.1.113883.6.1" displayName="Potassium"/>{value}'
        '<interpretationCode code="H"/><referenceRange><observationRange><value xsi:type="IVL_PQ">'
        '<low value="3.5"/><high value="5.1"/></value></observationRange></referenceRange>',
        2,
    )
    found = one(read, entry, "observation", code="30954-2")
    assert columns(found, "value_number", "unit", "value_text") == expected
    assert columns(found, "code", "display", "category", "abnormal", "reference_low", "reference_high") == (
        "2823-3", "Potassium", "laboratory", "H", "3.5", "5.1",
    )  # fmt: skip


def test_members_of_a_battery_have_its_time_unless_they_have_their_own(read: Reads) -> None:
    member = '<component><observation><code code="{}"/>{}</observation></component>'
    battery = statement(
        "organizer",
        '<code code="24323-8"/><effectiveTime><low value="20260114"/></effectiveTime>'
        + member.format(1, "")
        + member.format(2, '<effectiveTime value="20260115"/>'),
        1,
    )
    found = read(document(section(battery))).records("observation")
    assert [record.start for record in found] == ["20260114", "20260115"]
    assert {record.extras["organizer.code.code"] for record in found} == {"24323-8"}
    assert {record.extras["organizer.effectiveTime.low.value"] for record in found} == {"20260114"}


def test_allergy(read: Reads) -> None:
    agent = (
        '<participant><participantRole classCode="MANU"><playingEntity>'
        '<code code="70618" codeSystem="2.16.840.1.113883.6.88" displayName="Penicillin"/>'
        "</playingEntity></participantRole></participant>"
    )
    kind = f'<value xsi:type="CD" code="416098002" {SNOMED} displayName="Drug allergy"/>'
    entry = statement("observation", ASSERTED + kind + agent, 7)
    found = one(read, entry, "allergy", code="48765-2")
    assert columns(found, "code", "display", "category") == ("70618", "Penicillin", "medication")
    assert found.extras["value.code"] == "416098002"
    denied = one(read, statement("observation", ASSERTED + kind, 7, 'negationInd="true"'), "allergy")
    assert columns(denied, "display", "status") == ("No Drug allergy", "refuted")


@pytest.mark.parametrize(
    ("around", "found"),
    [
        ('<participant typeCode="CSM"><participantRole>{}</participantRole></participant>', False),
        ('<participant><participantRole classCode="MANU">{}</participantRole></participant>', False),
        ('<participant typeCode="CST"><participantRole>{}</participantRole></participant>', True),
        ('<participant typeCode="LOC"><participantRole classCode="SDLOC">{}</participantRole></participant>', True),
    ],
)
def test_names_of_substances_are_nobodys(read: Reads, around: str, found: bool) -> None:
    entity = "<playingEntity><name>Penicillin</name></playingEntity>"
    patient = one(read, statement("observation", ASSERTED + around.format(entity)), "patient")
    assert ("Penicillin" in {value for _, value in patient.identity}) == found


SUBSTANCE = (
    '<statusCode code="{status}"/><effectiveTime xsi:type="IVL_TS"><low value="20260101"/><high value="20260110"/>'
    '</effectiveTime><effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"/></effectiveTime>'
    '<routeCode code="C38288" displayName="Oral"/><doseQuantity value="2" unit="mL"/><consumable><manufacturedProduct>'
    '<manufacturedMaterial><code code="197380" codeSystem="2.16.840.1.113883.6.88" displayName="Atenolol"/>'
    "</manufacturedMaterial></manufacturedProduct></consumable>"
)


@pytest.mark.parametrize(
    ("template", "attributes", "kind", "status", "display"),
    [
        (16, 'moodCode="EVN"', "medication", "active", "Atenolol"),
        (16, 'moodCode="INT"', "medication", "active", "Atenolol"),
        (42, 'moodCode="INT"', "medication", "planned", "Atenolol"),
        (16, 'moodCode="EVN" negationInd="true"', "medication", "not-done", "Not done: Atenolol"),
        (52, 'moodCode="EVN"', "immunization", "active", "Atenolol"),
        (52, 'moodCode="EVN" negationInd="true"', "immunization", "not-done", "Not done: Atenolol"),
    ],
)
def test_medication(read: Reads, template: int, attributes: str, kind: str, status: str, display: str) -> None:
    entry = statement("substanceAdministration", SUBSTANCE.format(status="active"), template, attributes)
    found = one(read, entry, kind)
    assert columns(found, "status", "display", "start", "end", "value_number", "unit", "value_text") == (
        status, display, "20260101", "20260110", "2", "mL", "Oral, every 12 h",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "status", "display"),
    [
        ('moodCode="EVN"', "completed", "Biopsy"),
        ('moodCode="RQO"', "planned", "Biopsy"),
        ('moodCode="EVN" negationInd="true"', "not-done", "Not done: Biopsy"),
    ],
)
def test_procedure(read: Reads, attributes: str, status: str, display: str) -> None:
    inside = f'<code code="86273004" {SNOMED} displayName="Biopsy"/><statusCode code="completed"/>'
    found = one(read, statement("procedure", inside, attributes=attributes), "procedure")
    assert columns(found, "code", "status", "display") == ("86273004", status, display)


def test_diagnoses_of_an_encounter_belong_to_it(read: Reads) -> None:
    diagnosis = statement("act", f"<entryRelationship>{problem(COUGH)}</entryRelationship>", 80)
    visit = statement(
        "encounter", f'<id root="1.9" extension="V-2"/><entryRelationship>{diagnosis}</entryRelationship>', 49
    )
    found = read(document(section(visit, code="46240-8")))
    assert found.one("encounter").encounter_id == found.one("condition").encounter_id == "V-2"


def test_what_a_relative_had_is_no_condition_of_the_patient(read: Reads) -> None:
    father = '<subject><relatedSubject><code code="FTH" displayName="father"/></relatedSubject></subject>'
    member = f"<component>{statement('observation', ASSERTED + COUGH, 46)}</component>"
    found = read(document(section(statement("organizer", father + member, 45), code="10157-6")))
    record = found.one("observation")
    assert found.records("condition") == []
    assert columns(record, "code", "display", "value_text") == ("10157-6", "Family history: father", "Cough")
    assert record.extras["condition.code"] == "49727002"


def test_translation_in_a_known_code_system_is_taken_first(read: Reads) -> None:
    local = f'<code code="L1" codeSystem="1.9" displayName="Local"><translation code="86273004" {SNOMED}/></code>'
    found = one(read, statement("procedure", local), "procedure")
    assert columns(found, "code", "code_system", "display") == ("86273004", "2.16.840.1.113883.6.96", "Local")
    assert found.extras["code.code"] == "L1"


@pytest.mark.parametrize(
    ("target", "display", "finding"), [("#p1", "Skin biopsy", {}), ("#p9", "", {"dangling_reference": 1})]
)
def test_words_of_the_narrative_where_the_code_has_none(
    read: Reads, target: str, display: str, finding: dict[str, int]
) -> None:
    code = f'<code nullFlavor="UNK"><originalText><reference value="{target}"/></originalText></code>'
    body = section(statement("procedure", code), text='<paragraph ID="p1">Skin biopsy</paragraph>')
    found = read(document(body))
    assert found.one("procedure").display == display
    assert found.findings == finding


def test_statements_that_share_an_id_stay_apart(read: Reads) -> None:
    entry = '<observation><id root="1.9" extension="7"/><code code="{}"/></observation>'
    found = read(document(section(entry.format(1), entry.format(2), entry.format(2)))).records("observation")
    assert len({record.key for record in found}) == 3
    again = read(document(section(entry.format(1)))).one("observation")
    assert again.key == found[0].key


def test_what_no_column_holds_is_in_extras(read: Reads) -> None:
    entry = problem(
        COUGH + "<author><assignedAuthor><assignedPerson><name><family>Marlow</family></name></assignedPerson>"
        "</assignedAuthor></author>"
    )
    found = read(document(section(entry)))
    extras = found.one("condition").extras
    assert extras["author.assignedAuthor.assignedPerson.name.family"] == "Marlow"
    assert extras["templateId.root"] == f"{T}4"
    assert ("staff", "Marlow") in found.one("patient").identity
