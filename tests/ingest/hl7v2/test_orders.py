"""Results, reports, documents, drugs and vaccines."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.ingest.connector import Unit
from pipeline.records import RawRecord
from tests.ingest.hl7v2.conftest import MSH, PID

Read = Callable[..., list[Unit]]
Records = Callable[..., list[RawRecord]]
OBR = "OBR|1|P1^EHR|F1^LAB|24323-8^Metabolic panel^LN|||20260114080000||||||||||||||||||F"


@pytest.mark.parametrize(
    ("type_", "raw", "unit", "number", "text"),
    [
        ("NM", "7.5", "g/dL", "7.5", ""),
        ("NM", "-.5e3", "", "-.5e3", ""),
        ("NM", "<5", "", "<5", ""),
        ("NM", "1,250", "", "1,250", ""),
        ("NM", "Haemolysed", "", "Haemolysed", ""),
        ("NM", "", "", "", ""),
        ("NM", '""', "", "", ""),
        ("SN", "^90", "", "90", ""),
        ("SN", "=^90", "", "90", ""),
        ("SN", ">^90", "", ">90", ""),
        ("SN", "^100^-^200", "", "100-200", ""),
        ("SN", "^1^:^128", "", "1:128", ""),
        ("SN", "^2^+", "", "2+", ""),
        ("ST", "7.5", "g/dL", "7.5", ""),
        ("ST", "<7,5", "g/dL", "<7,5", ""),
        ("ST", "see note", "g/dL", "", "see note"),
        ("ST", "7.5", "", "", "7.5"),
        ("ST", r"A & B ^ C\T\D", "", "", "A & B ^ C&D"),
        ("TX", "Clear", "", "", "Clear"),
        ("", "Clear", "", "", "Clear"),
        ("CE", "1^Positive^L", "", "", "Positive"),
        ("CWE", "1^Positive^L~2^Weak^L", "", "", "Positive; Weak"),
        ("CWE", "^^^^^^^^As told", "", "", "As told"),
        ("CE", "POS", "", "", "POS"),
        ("DT", "20260114", "", "", "2026-01-14"),
        ("DT", "2026", "", "", "2026"),
        ("TM", "0800", "", "", "0800"),
        ("TS", "20260114080000-0500", "", "", "2026-01-14 08:00"),
        ("IS", "Y", "", "", "Y"),
    ],
)
def test_values(records: Records, type_: str, raw: str, unit: str, number: str, text: str) -> None:
    (found,) = records(OBR, f"OBX|1|{type_}|718-7^Hemoglobin^LN||{raw}|{unit}", kind="observation")
    assert (found.value_number, found.value_text, found.unit) == (number, text, unit)


@pytest.mark.parametrize(
    ("written", "low", "high", "kept"),
    [
        ("4.0-11.0", "4.0", "11.0", False),
        (" 4 - 11 ", "4", "11", False),
        ("-2-2", "-2", "2", False),
        ("<200", "", "200", False),
        (">=60", "60", "", False),
        ("≤ 5,5", "", "5,5", False),
        ("4 to 11", "4", "11", False),
        ("Negative", "", "", True),
        ("1.2.3-4", "", "", True),
        (r"\T\lt;5", "", "", True),
    ],
)
def test_reference_ranges(records: Records, written: str, low: str, high: str, kept: bool) -> None:
    (found,) = records(OBR, f"OBX|1|NM|A||1||{written}", kind="observation")
    assert (found.reference_low, found.reference_high) == (low, high)
    assert ("OBX-7" in found.extras) == kept


def test_an_observation(records: Records) -> None:
    obx = "OBX|3|NM|718-7^Hemoglobin^LN^HGB^Hgb^L|1|9.1|g/dL^^UCUM|12-16|L~A|||C|||20260114081500||1^Moss^Kim"
    (found,) = records(OBR, obx, "NTE|1||Repeated.~Called to Dr. Moss.", kind="observation")
    assert found.key == "CRMC|700001|F1|24323-8|718-7|1"
    assert (found.code, found.code_system, found.display) == ("718-7", "LN", "Hemoglobin")
    assert (found.category, found.status, found.abnormal) == ("Metabolic panel", "C", "L")
    assert found.start == "20260114081500"
    assert (found.text, found.text_format) == ("Repeated.\nCalled to Dr. Moss.", "text/plain")
    assert found.extras["OBX-3"] == "718-7^Hemoglobin^LN^HGB^Hgb^L"
    assert {("staff", "Moss, Kim"), ("id", "P1"), ("id", "F1")} <= set(found.identity)


@pytest.mark.parametrize(
    ("heads", "key"),
    [
        (["OBR|1|P1|F1|X"], "F1|X|A|"),
        (["ORC|RE|P9|F9", "OBR|1|P1||X"], "F9|X|A|"),
        (["OBR|1|P1||X"], "P1|X|A|"),
        (["ORC|RE|P9", "OBR|1|||X"], "P9|X|A|"),
        (["OBR|1|||X|||2026"], "|X|A||2026"),
        ([], "||A||20260115101500"),
    ],
)
def test_the_key_of_an_observation(records: Records, heads: list[str], key: str) -> None:
    assert records(*heads, "OBX|1|NM|A||1", kind="observation")[0].key == f"CRMC|700001|{key}"


def test_siblings_that_share_a_key_are_told_apart(records: Records) -> None:
    found = records(OBR, "OBX|1|NM|A||1", "OBX|1|NM|A||2", "OBX||NM|B||3", "OBX||NM|B||4", kind="observation")
    assert len({record.key for record in found}) == 4


@pytest.mark.parametrize(("type_", "value", "kind"), [
    ("XPN", "Quill^Tom", "name"), ("XCN", "1^Moss^Kim", "staff"), ("CX", "A77", "id"), ("XTN", "978-555-0100", "phone"),
])  # fmt: skip
def test_an_identifier_as_a_value_is_no_finding(records: Records, type_: str, value: str, kind: str) -> None:
    (found,) = records(OBR, f"OBX|1|{type_}|X||{value}", kind="observation")
    assert found.value_text == ""
    assert found.extras["OBX-5"] == value
    assert kind in {type_ for type_, _ in found.identity}


def test_lines_under_one_code_are_one_note(records: Records) -> None:
    lines = [f"OBX|{n}|TX|11502-2^Report^LN||{text}" for n, text in enumerate(["Lungs clear.", "", "No mass."], 1)]
    (note,) = records(OBR, *lines, kind="note")
    assert (note.text, note.text_format) == ("Lungs clear.\n\nNo mass.", "text/plain")
    assert (note.key, note.title, note.code) == ("CRMC|700001|F1|24323-8", "Metabolic panel", "24323-8")
    assert (note.start, note.status) == ("20260114080000", "F")


@pytest.mark.parametrize(
    ("lines", "note", "observations"),
    [
        (["OBX|1|FT|A^Text^L||One.\\.br\\Two."], "One.\nTwo.", 0),
        (["OBX|1|TX|A^Text^L||One.~Two."], "One.\nTwo.", 0),
        (["OBX|1|TX|A^Text^L||" + "long " * 20], ("long " * 20).rstrip(), 0),
        (["OBX|1|TX|X&GDT^Findings^L||Clear.", "OBX|2|TX|X&IMP^Impression^L||Normal."],
         "Findings:\nClear.\nImpression:\nNormal.", 0),
        (["OBX|1|TX|A^Colour^L||Yellow", "OBX|2|TX|B^Clarity^L||Clear"], "", 2),
        (["OBX|1|NM|A||1", "OBX|2|TX|B||Haemolysed."], "", 2),
        (["OBX|1|NM|A||1", "OBX|2|TX|B||Haemolysed.", "OBX|3|TX|B||Repeat."], "Haemolysed.\nRepeat.", 1),
        (["OBX|1|ST|A||Positive"], "", 1),
    ],
)  # fmt: skip
def test_reports_and_findings(records: Records, lines: list[str], note: str, observations: int) -> None:
    found = records(OBR, *lines)
    assert [record.text for record in found if record.kind == "note"] == ([note] if note else [])
    assert sum(record.kind == "observation" for record in found) == observations


def test_the_service_tells_a_report(records: Records) -> None:
    heads = "OBR|1|P1|F1|71020^Chest X-ray^L" + "|" * 20 + "RAD"
    assert records(heads, "OBX|1|TX|A^Text^L||Clear.", kind="note")[0].text == "Clear."


def test_a_document(records: Records) -> None:
    txa = "TXA|1|DS^Discharge summary^HL70270|TX|20260112||||||1^Moss^Kim||DOC1^EHR|||||AU"
    found = records("ORC|RE|P1", "OBR|1|P1||X", txa, "OBX|1|TX|A||One", "OBX|2|ST|A||Two", type="MDM^T02")
    assert [record.kind for record in found] == ["patient", "note"]
    note = found[1]
    assert (note.key, note.title, note.code, note.code_system) == (
        "CRMC|700001|document|DOC1",
        "Discharge summary",
        "DS",
        "HL70270",
    )
    assert (note.start, note.status, note.text) == ("20260112", "AU", "One\nTwo")
    assert ("staff", "Moss, Kim") in note.identity


def test_the_type_of_a_document_is_the_one_whose_system_is_named(records: Records) -> None:
    obx = "OBX|1|TX|34117-2^History and physical note^LN||Well."
    (note,) = records("TXA|1|HP|TX|20260112||||||||DOC1", obx, type="MDM^T02", kind="note")
    assert (note.code, note.code_system, note.category) == ("34117-2", "LN", "HP")
    assert note.title == "History and physical note"


def test_a_notice_without_text_makes_no_note_that_could_replace_one(records: Records) -> None:
    (patient,) = records("TXA|1|DS|TX|||||||||DOC1|||||LA", type="MDM^T03")
    assert {"TXA-2": "DS", "TXA-17": "LA"}.items() <= patient.extras.items()
    assert ("id", "DOC1") in patient.identity


@pytest.mark.parametrize(
    ("type_", "encoding", "data", "text", "media"),
    [
        (
            "TEXT^PLAIN",
            "Base64",
            base64.b64encode("Zoë\r\nis well".encode()).decode(),
            "Zoë\nis well",
            "text/plain",
        ),
        ("TEXT^", "A", r"is\.br\well", "is\nwell", "text/plain"),
        ("TEXT^HTML", "Base64", base64.b64encode(b"<p>well</p>").decode(), "<p>well</p>", "text/html"),
        ("Application^RTF", "Hex", b"{\\rtf1 well}".hex(), "{\\rtf1 well}", "text/rtf"),
    ],
)
def test_encapsulated_text_is_a_note(
    records: Records, type_: str, encoding: str, data: str, text: str, media: str
) -> None:
    (note,) = records(OBR, f"OBX|1|ED|X^Report^L||^{type_}^{encoding}^{data}", kind="note")
    assert (note.text, note.text_format) == (text, media)


@pytest.mark.parametrize(
    ("obx", "finding"),
    [
        ("ED|X^Report^L||^Application^PDF^Base64^****", "attachment_undecodable"),
        ("ED|X^Report^L||^TEXT^PLAIN^Base64^", "attachment_empty"),
        ("ED|X^Report^L||^TEXT^PLAIN^Hex^0g", "attachment_undecodable"),
        ("ED|X^Report^L||^IM^JPEG^Base64^/9j/", "attachment_unsupported_type"),
        ("RP|X^Report^L||PTR1^PACS^IM^JPEG", "attachment_external"),
    ],
)
def test_a_document_that_cannot_be_read_is_counted_and_leaves_a_note(read: Read, obx: str, finding: str) -> None:
    counted: Counter[str] = Counter()
    message = "\r".join((MSH.format(type="ORU^R01"), PID, OBR, f"OBX|1|{obx}", "OBX|2|NM|A||1"))
    (unit,) = read(message, findings=counted)
    assert counted == {finding: 1}
    _, note, number = unit.records
    assert (note.kind, note.title, note.start, note.text) == ("note", "Metabolic panel", "20260114080000", "")
    assert ("OBX-5" in note.extras) == obx.startswith("RP")
    assert number.value_number == "1"


def test_a_document_that_cannot_be_read_belongs_to_the_report_beside_it(records: Records) -> None:
    (note,) = records(
        OBR,
        "OBX|1|TX|A^Report^L||Lungs clear.",
        "OBX|2|TX|A^Report^L||No mass.",
        "OBX|3|RP|A^Image^L||PTR1",
        kind="note",
    )
    assert (note.text, note.extras["OBX-5"]) == ("Lungs clear.\nNo mass.", "PTR1")


def test_documents_of_two_formats_and_the_lines_beside_them_are_notes_of_their_own(records: Records) -> None:
    found = records(
        OBR,
        "OBX|1|FT|A^Report^L||One.\\.br\\Two.",
        "OBX|2|ED|B^Letter^L||^TEXT^HTML^A^<p>a ~ b ^ c</p>",
        "OBX|3|ED|B^Letter^L||^text/plain^^^Seen.",
        kind="note",
    )
    assert [(note.text, note.text_format) for note in found] == [
        ("One.\nTwo.", "text/plain"), ("<p>a ~ b ^ c</p>", "text/html"), ("Seen.", "text/plain"),
    ]  # fmt: skip
    assert [note.key.removeprefix("CRMC|700001|F1|24323-8") for note in found] == ["", "|2", "|3"]


def test_an_order_without_results(records: Records) -> None:
    (order,) = records(
        "ORC|NW|P1|||SC||||20260115090000|||3^Vale^Ian", "OBR|1|P1||CBC^Blood count^L", "NTE|1||Fasting.",
        type="ORM^O01", kind="procedure",
    )  # fmt: skip
    assert (order.key, order.code, order.display) == ("CRMC|700001|P1|CBC", "CBC", "Blood count")
    assert (order.start, order.status, order.text) == ("20260115090000", "SC", "Fasting.")
    assert ("staff", "Vale, Ian") in order.identity


@pytest.mark.parametrize(
    ("type_", "segments", "kind", "code", "number", "unit", "start"),
    [
        ("RDE^O11", ["RXE|^^^20260115^20260120|197361^Amoxicillin^RXNORM|2||TAB^tablet"], "medication", "197361", "2",
         "TAB", "20260115"),
        ("RDE^O11", ["RXO|OLD|1||MG", "RXE|1|197361^Amoxicillin|2||TAB"], "medication", "197361", "2", "TAB", ""),
        ("OMP^O09", ["RXO|197361^Amoxicillin|250||MG"], "medication", "197361", "250", "MG", ""),
        ("RDS^O13", ["RXD|1|0093^Amoxicillin^NDC|20260115|30|CAP"], "medication", "0093", "30", "CAP", "20260115"),
        ("RAS^O17", ["RXA|0|1|20260115||197361^Amoxicillin|500|MG"], "medication", "197361", "500", "MG", "20260115"),
        ("VXU^V04", ["RXA|0|1|20260115||115^Tdap^CVX|0.5|mL"], "immunization", "115", "0.5", "mL", "20260115"),
        ("VXU^V04", ["RXA|0|1|2018||03^MMR^CVX|999|||||||||||||CP"], "immunization", "03", "", "", "2018"),
    ],
)  # fmt: skip
def test_drugs(
    records: Records,
    type_: str,
    segments: list[str],
    kind: str,
    code: str,
    number: str,
    unit: str,
    start: str,
) -> None:
    found = records("ORC|RE|P1|F1", *segments, type=type_)
    assert [record.kind for record in found] == ["patient", kind]
    drug = found[1]
    assert (drug.code, drug.value_number, drug.unit, drug.start) == (code, number, unit, start)
    assert "RE" in (drug.status, drug.extras["ORC-1"])


@pytest.mark.parametrize(
    ("segments", "number", "text", "start", "end", "status"),
    [
        (["TQ1|1||Q6H||||20260115|20260120", "RXE||1^Drug|1|2|TAB||Take with food", "RXR|PO^Oral"], "1-2",
         "Take with food; Oral; Q6H", "20260115", "20260120", ""),
        (["RXE|1^Q8H&0800^^20260115|1^Drug|1|1|TAB", "RXR|IV"], "1", "IV; Q8H", "20260115", "", ""),
        (["RXO|1^Drug|5||MG", "RXR|PO^Oral", "RXE||1^Drug|5||MG", "RXR|SC^Subcutaneous|LA^Left arm"], "5",
         "Subcutaneous; Left arm", "", "", ""),
        (["RXG|1||^BID|1^Drug|10||MG"], "10", "BID", "", "", ""),
        (["RXA|0|1|20260115||1^Drug|2|MG", "RXR|IM^Intramuscular|LD^Left deltoid"], "2", "Intramuscular; Left deltoid",
         "20260115", "", ""),
    ],
)  # fmt: skip
def test_how_a_drug_is_taken(
    records: Records, segments: list[str], number: str, text: str, start: str, end: str, status: str
) -> None:
    drug = records("ORC||P1|F1", *segments, type="RDE^O11")[1]
    assert (drug.value_number, drug.value_text, drug.start, drug.end, drug.status) == (number, text, start, end, status)
    assert drug.text == ""


def test_each_vaccine_has_its_findings(records: Records) -> None:
    found = records(
        "ORC|RE||9999", "RXA|0|1|20260115||115^Tdap^CVX|0.5||||8^Moss^Kim", "OBX|1|CE|64994-7||V02^Medicaid",
        "ORC|RE||9999", "RXA|0|1|2018||03^MMR^CVX|999", type="VXU^V04",
    )  # fmt: skip
    assert [record.kind for record in found] == ["patient", "immunization", "observation", "immunization"]
    assert len({record.key for record in found}) == 4
    assert ("staff", "Moss, Kim") in found[1].identity


def test_an_order_of_nothing_is_kept_with_the_patient(records: Records) -> None:
    (patient,) = records("ORC|SN|P1||||||||||7^Moss^Kim", "ZDS|1.2.3", "NTE|1||Call back.", type="ORM^O01")
    assert (patient.extras["ORC-1"], patient.extras["ZDS-1"], patient.text) == ("SN", "1.2.3", "Call back.")
    assert ("staff", "Moss, Kim") in patient.identity


def test_every_name_of_a_record_is_known_to_the_patient(records: Records) -> None:
    patient, *others = records(
        "ORC|RE|P1|F1|||||||1^A^A|2^B^B|3^C^C||(978)555-0100",
        "OBR|1|P1|F1|X||||||4^D^D||||||5^E^E|(978)555-0101|||||||||||6^F^F||||7&G&G^20260101|8^H^H",
        "OBX|1|NM|A||1|||||||||||9^I^I",
    )
    assert {one for record in others for one in record.identity} <= set(patient.identity)
    assert {value for type_, value in patient.identity if type_ == "staff"} == {
        "A, A", "B, B", "C, C", "D, D", "E, E", "F, F", "G, G", "H, H", "I, I",
    }  # fmt: skip
