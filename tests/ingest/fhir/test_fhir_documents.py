"""The text of documents and reports."""

from typing import Any

import pytest

from pipeline.ingest.connector import Unit
from tests.ingest.fhir.support import SUBJECT, attachment, concept, read, record, records


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
