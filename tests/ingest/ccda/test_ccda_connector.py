"""Documents as a whole: outcome, patient, versions, and the text that becomes a note."""

from __future__ import annotations

import base64
import io

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.ingest.ccda.connector import CcdaConnector
from pipeline.ingest.connector import SourceFile
from pipeline.normalize.text import clean_text
from pipeline.records import Identifier, Link
from tests.ingest.ccda.conftest import PATIENT, Reads, document, section

WHOLE = document(section())
OTHER_ID = '<id root="1.3.6.1.4.1.77" extension="E-5521"/>'
VISIT = """<componentOf><encompassingEncounter><id root="1.3.6.1.4.1.99.2" extension="V-77120"/>
<code code="AMB" codeSystem="2.16.840.1.113883.5.4"/><effectiveTime><low value="20260115"/></effectiveTime>
<encounterParticipant><assignedEntity><id root="2.16.840.1.113883.4.6" extension="1999999999"/>
<assignedPerson><name><given>Iris</given><family>Marlow</family></name></assignedPerson>
</assignedEntity></encounterParticipant></encompassingEncounter></componentOf>"""


def body(media_type: str, content: str, representation: str = "B64") -> str:
    return f'<nonXMLBody><text mediaType="{media_type}" representation="{representation}">{content}</text></nonXMLBody>'


@pytest.mark.parametrize(
    ("content", "rejected"),
    [
        (WHOLE, ""),
        ("\n\n" + WHOLE, ""),
        (b"\xef\xbb\xbf" + WHOLE.encode(), ""),
        (WHOLE.replace("UTF-8", "UTF-16").encode("utf-16"), ""),
        (WHOLE.replace("UTF-8", "windows-1252").replace("Stable.", "Renée").encode("cp1252"), ""),
        (WHOLE.replace("Stable.", "Renée").encode("cp1252"), "bad_xml"),
        (WHOLE.replace("UTF-8", "no-such-charset"), "bad_xml"),
        (WHOLE[:-30], "truncated"),
        (WHOLE.replace("</title>", "</titel>"), "bad_xml"),
        (WHOLE.replace("<ClinicalDocument", "<!DOCTYPE ClinicalDocument><ClinicalDocument"), "unsafe_xml"),
        (document(patient=""), "no_patient"),
        (document(patient=PATIENT.replace("<id ", '<id nullFlavor="UNK" ')), "no_patient"),
        (document(patient=PATIENT * 2), "several_patients"),
        (WHOLE.replace("Stable.", "<content>" * 300 + "</content>" * 300), "too_deep"),
    ],
)
def test_outcomes(read: Reads, content: bytes | str, rejected: str) -> None:
    unit = read(content).unit
    assert unit.rejected == rejected
    assert bool(unit.records) == (not rejected)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b" \n", "empty"), (b"MSH|^~\\&|", "not_ccda"), (b"<Bundle/>", "not_ccda"), (b"%PDF-1.7", "not_ccda")],
)
def test_files_that_are_none(content: bytes, code: str) -> None:
    connector, file = CcdaConnector({}), SourceFile("a.xml", lambda: io.BytesIO(content))
    for use in (connector.count, lambda file: list(connector.read(file))):
        with pytest.raises(SourceError) as refused:
            use(file)
        assert refused.value.code == code


def test_what_comes_with_a_package_is_left_out(read: Reads) -> None:
    assert read("<?xml version='1.0'?><!-- index --><html><p>Ada Quill</p></html>").unit.excluded == "packaging"


def test_patient(read: Reads) -> None:
    patient = read(WHOLE).one("patient")
    assert (patient.patient_id, patient.patient_authority) == ("700001", "")
    assert (patient.sex, patient.birth_date, patient.state, patient.postal_code) == ("F", "19500314", "OR", "97001")
    assert set(patient.identity) >= {
        Identifier("name", "Quill, Ada B"),
        Identifier("ssn", "987-65-4320"),
        Identifier("id", "700001"),
        Identifier("address", "12 Larch Way"),
        Identifier("city", "Fernvale"),
        Identifier("postal_code", "97001"),
        Identifier("phone", "+1(555)555-0142"),
        Identifier("birth_date", "19500314"),
    }


@pytest.mark.parametrize(
    ("header", "kind", "value"),
    [
        ("<author><assignedAuthor><assignedPerson>{}</assignedPerson></assignedAuthor></author>", "staff", ""),
        (
            "<legalAuthenticator><assignedEntity><assignedPerson>{}</assignedPerson></assignedEntity>"
            "</legalAuthenticator>",
            "staff",
            "",
        ),
        (
            '<participant><associatedEntity classCode="NOK"><associatedPerson>{}</associatedPerson>'
            "</associatedEntity></participant>",
            "relative",
            "",
        ),
        ("<informant><relatedEntity><relatedPerson>{}</relatedPerson></relatedEntity></informant>", "relative", ""),
        (
            "<custodian><assignedCustodian><representedCustodianOrganization><name>Fernvale Clinic</name>"
            "</representedCustodianOrganization></assignedCustodian></custodian>",
            "organization",
            "Fernvale Clinic",
        ),
        ('<author><assignedAuthor><telecom value="mailto:marlow@fernvale.example"/></assignedAuthor></author>',
         "email", "marlow@fernvale.example"),
    ],
)  # fmt: skip
def test_everyone_in_the_header_is_known(read: Reads, header: str, kind: str, value: str) -> None:
    name = "<name><prefix>Dr.</prefix><given>Iris</given><family>Marlow</family></name>"
    found = read(document(section(), header=header.format(name)))
    for record in (found.one("patient"), found.one("note")):
        assert Identifier(kind, value or "Marlow, Iris") in record.identity


@pytest.mark.parametrize(
    ("authorities", "number", "authority", "links"),
    [
        ({}, "700001", "", ()),
        ({"1.3.6.1.4.1.99": "CRMC"}, "700001", "CRMC", ()),
        ({"1.3.6.1.4.1.77": "HIE"}, "E-5521", "HIE", ()),
        (
            {"1.3.6.1.4.1.99": "CRMC", "1.3.6.1.4.1.77": "HIE"},
            "700001",
            "CRMC",
            (Link("700001", "E-5521", "CRMC", "HIE"),),
        ),
    ],
)
def test_patient_id(
    read: Reads, authorities: dict[str, str], number: str, authority: str, links: tuple[Link, ...]
) -> None:
    patient = PATIENT.replace("<addr>", f"{OTHER_ID}<addr>", 1)
    unit = read(document(section(), patient=patient), authorities=authorities).unit
    assert {(record.patient_id, record.patient_authority) for record in unit.records} == {(number, authority)}
    assert unit.links == links


def test_an_ssn_is_the_patient_id_only_where_there_is_no_other(read: Reads) -> None:
    patient = PATIENT.replace('<id root="1.3.6.1.4.1.99" extension="700001"/>', "")
    found = read(document(section(), patient=patient)).one("patient")
    assert (found.patient_id, found.patient_authority) == ("987-65-4320", "2.16.840.1.113883.4.1")


@pytest.mark.parametrize("options", [{"authority": "CRMC"}, {"authorities": "CRMC"}, {"authorities": {"1.2": ""}}])
def test_wrong_options(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="authorities"):
        CcdaConnector(options)


def test_note_is_the_whole_document_under_its_headings(read: Reads) -> None:
    table = (
        "<table><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr><td>Atenolol</td>"
        "<td>25 mg</td></tr></tbody></table><list><item>Rest</item><item>Fluids &amp; salt</item></list>"
        '<paragraph>No <content revised="delete">fever</content><content>cough</content>.</paragraph>'
    )
    found = read(document(section(text=table, title="Plan"), header=VISIT))
    note = found.one("note")
    assert found.findings == {"narrative_deleted": 1}
    assert (note.title, note.code, note.start, note.encounter_id) == (
        "Progress Note", "11506-3", "20260115101500-0500", "V-77120",
    )  # fmt: skip
    lines = [line.strip() for line in clean_text(note.text, note.text_format).splitlines() if line.strip()]
    assert lines == ["Plan", "Drug\tDose", "Atenolol\t25 mg", "- Rest", "- Fluids & salt", "No cough."]


@pytest.mark.parametrize(
    ("content", "text", "finding"),
    [
        (body("text/plain", base64.b64encode(b"Lungs clear.").decode()), "Lungs clear.", ""),
        (body("text/plain", "Lungs clear.", "TXT"), "Lungs clear.", ""),
        (body("image/png", base64.b64encode(b"\x89PNG").decode()), "", "attachment_unsupported_type"),
        (body("text/plain", "***"), "", "attachment_undecodable"),
        ('<nonXMLBody><text mediaType="application/pdf"><reference value="a.pdf"/></text></nonXMLBody>', "",
         "attachment_external"),
    ],
)  # fmt: skip
def test_unstructured_document(read: Reads, content: str, text: str, finding: str) -> None:
    found = read(document(content))
    assert [note.text for note in found.records("note")] == ([text] if text else [])
    assert found.findings == ({finding: 1} if finding else {})


def test_visit(read: Reads) -> None:
    visit = read(document(section(), header=VISIT)).one("encounter")
    assert (visit.encounter_id, visit.category, visit.start) == ("V-77120", "AMB", "20260115")


def test_entries_of_a_summary_belong_to_no_visit(read: Reads) -> None:
    entry = '<observation><code code="8867-4"/></observation>'
    for code, encounter_id in (("11506-3", "V-77120"), ("34133-9", "")):
        found = read(document(section(entry), header=VISIT, code=code))
        assert found.one("observation").encounter_id == encounter_id
        assert found.one("note").encounter_id == "V-77120"


def test_versions_of_a_set_have_one_key(read: Reads) -> None:
    first, second = (
        read(document(section(), set_id=f'<setId root="1.9" extension="S1"/><versionNumber value="{number}"/>'))
        for number in (1, 2)
    )
    assert first.one("note").key == second.one("note").key != ""
    assert first.one("note").version == "20260115101500-0500"


def test_a_replacement_takes_back_what_it_replaces(read: Reads) -> None:
    replaced = read(WHOLE).one("note")
    header = (
        '<relatedDocument typeCode="{}"><parentDocument><id root="1.3.6.1.4.1.99.1" extension="D1"/>'
        "</parentDocument></relatedDocument>"
    )
    new_set = '<setId root="1.9" extension="S2"/>'
    found = read(document(section(), header=header.format("RPLC"), set_id=new_set))
    (note, gone) = found.records("note")
    assert (note.deleted, gone.deleted, gone.key, gone.version) == ("", "record", replaced.key, note.version)
    assert len(read(document(section(), header=header.format("APND"), set_id=new_set)).records("note")) == 1
