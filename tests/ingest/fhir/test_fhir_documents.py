"""The text of documents and reports."""

import gzip
import json
from typing import Any

import pytest

from pipeline.ingest.connector import Unit
from pipeline.ingest.fhir import lookups
from tests.ingest.fhir.support import SUBJECT, attachment, concept, read, read_file, record, records, source_file


def document(*attachments: dict[str, str], **elements: Any) -> Unit:
    content = [{"attachment": one} for one in attachments]
    (unit,) = read(
        {"resourceType": "DocumentReference", "id": "d", "subject": SUBJECT["subject"], "content": content, **elements}
    )
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


# What an attachment gives: its text, or the finding that says why there is none.
ATTACHMENTS = {
    "html": (attachment(b"<p>Hi</p>", "text/html"), "<p>Hi</p>", ""),
    "no text in it": ({"contentType": "image/png", "data": "aGk="}, "", "attachment_unsupported_type"),
    "a name for a type": (attachment(b"x", "Jane Doe"), "", "attachment_unsupported_type"),
    "nothing": ({}, "", "attachment_empty"),
    "url elsewhere": ({"contentType": "text/plain", "url": "http://x/1"}, "", "attachment_external"),
    "url of a Binary that did not come": ({"contentType": "text/plain", "url": "Binary/9"}, "", "attachment_external"),
    "not base64": ({"contentType": "text/plain", "data": "?"}, "", "attachment_undecodable"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "text", "finding"), ATTACHMENTS.values(), ids=ATTACHMENTS)
def test_an_attachment_that_cannot_be_read_leaves_a_note_without_text(
    one: dict[str, str], text: str, finding: str
) -> None:
    content = [{"attachment": one}]
    (unit,), findings = read_file(
        source_file("x", [{"resourceType": "DocumentReference", "id": "d", **SUBJECT, "content": content}])
    )
    assert (unit.records[0].kind, unit.records[0].text) == ("note", text)
    assert dict(findings) == ({finding: 1} if finding else {})


BINARY = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": attachment(b"Hi")["data"]}
POINTER = {"resourceType": "DocumentReference", "id": "d", **SUBJECT,
           "content": [{"attachment": {"url": "https://host/fhir/Binary/b"}}]}  # fmt: skip
LINES = b"\xef\xbb\xbf\n" + json.dumps(BINARY | {"id": "a"}).encode() + b"\n" + json.dumps(BINARY).encode()


@pytest.mark.parametrize("content", [LINES, gzip.compress(LINES)], ids=["plain", "gzip"])
def test_a_binary_of_another_file_is_the_attachments_data(content: bytes) -> None:
    other = source_file("Binary.000.ndjson", content)
    (unit,), findings = read_file(source_file("DocumentReference.000.ndjson", [POINTER], (other,)))
    assert (unit.records[0].text, dict(findings)) == ("Hi", {})


def test_binaries_that_would_take_too_much_memory_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "MOST_BYTES", 10)
    other = source_file("Binary.ndjson.gz", gzip.compress(LINES))
    (unit,), findings = read_file(source_file("DocumentReference.ndjson", [POINTER], (other,)))
    assert unit.records[0].text == ""
    assert dict(findings) == {"lookup_too_large:Binary": 1, "attachment_external": 1}


def test_a_binary_of_the_bundle_is_the_attachments_data() -> None:
    binary = {"resourceType": "Binary", "id": "b", "data": attachment(b"Hi")["data"]}
    reference = {"resourceType": "DocumentReference", "id": "d", **SUBJECT,
                 "content": [{"attachment": {"contentType": "text/plain", "url": "Binary/b"}}]}  # fmt: skip
    kept, unit = read({"resourceType": "Bundle", "entry": [{"resource": binary}, {"resource": reference}]})
    assert (kept.excluded, unit.records[0].text) == ("attachment_content", "Hi")


def test_reports() -> None:
    form = {"presentedForm": [attachment(b"Chest clear.")]}
    both = records("DiagnosticReport", **SUBJECT, code=concept("1", "X-ray"), **form, conclusion="Clear")
    assert [(one.kind, one.key, one.text, one.title) for one in both] == [
        ("note", "DiagnosticReport/r1", "Chest clear.", "X-ray"),
        ("note", "DiagnosticReport/r1#conclusion", "Clear", "X-ray"),
    ]
    assert record("DiagnosticReport", **SUBJECT, conclusion="Clear").key == "DiagnosticReport/r1#conclusion"


def test_a_composition_is_one_note_of_its_sections() -> None:
    nested = {"title": "Allergies", "text": {"status": "generated", "div": "<div>None</div>"}}
    note = record(
        "Composition", **SUBJECT, title="Discharge", date="2026-01-15", type=concept("18842-5", "Discharge summary"),
        section=[{"title": "History & course", "text": {"div": "<div>Fell.</div>"}, "section": [nested]}],
    )  # fmt: skip
    assert (note.kind, note.title, note.start, note.text_format) == (
        "note", "Discharge", "2026-01-15", "application/xhtml+xml",
    )  # fmt: skip
    assert note.text == "<h2>History &amp; course</h2>\n<div>Fell.</div>\n<h2>Allergies</h2>\n<div>None</div>"


def test_a_questionnaire_is_one_note_of_questions_and_answers() -> None:
    note = record(
        "QuestionnaireResponse", **SUBJECT, authored="2026-01-15",
        item=[
            {"text": "Smoking", "item": [
                {"text": "Ever?", "answer": [{"valueBoolean": True, "item": [
                    {"text": "Packs", "answer": [{"valueDecimal": 1.5}]}]}]},
                {"text": "What", "answer": [{"valueCoding": concept("1", "Pipe")["coding"][0]},
                                            {"valueString": "cigars"}]}]},
            {"linkId": "x9"},
        ],
    )  # fmt: skip
    assert note.text == "Smoking\nEver?: true\nPacks: 1.5\nWhat: Pipe; cigars"
    assert (note.kind, note.start) == ("note", "2026-01-15")


def test_a_care_plan_is_a_note_of_what_is_planned() -> None:
    note = record(
        "CarePlan", **SUBJECT, category=[{"text": "Diabetes self management plan"}], period={"start": "2026"},
        activity=[{"detail": {"code": {"text": "Diabetic diet"}, "status": "in-progress"}}],
    )  # fmt: skip
    assert note.text == "Category: Diabetes self management plan\nActivity: Diabetic diet (in-progress)"
    said = record("CarePlan", **SUBJECT, text={"status": "additional", "div": "<div>Rest.</div>"})
    assert (said.text, said.text_format) == ("<div>Rest.</div>", "application/xhtml+xml")


def test_the_narrative_is_a_note_where_it_is_asked_for() -> None:
    resource = {"resourceType": "Condition", "id": "c", **SUBJECT, "code": concept("1", "Asthma"),
                "text": {"status": "additional", "div": "<div>Since childhood.</div>"}}  # fmt: skip
    assert [one.kind for unit in read(resource) for one in unit.records] == ["condition"]
    (unit,) = read(resource, narrative=True)
    assert [(one.kind, one.key, one.text, one.title) for one in unit.records] == [
        ("condition", "Condition/c", "", ""),
        ("note", "Condition/c#narrative", "<div>Since childhood.</div>", "Asthma"),
    ]
