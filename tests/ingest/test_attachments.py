"""The text of documents inside other formats, and what they are refused for."""

from __future__ import annotations

import base64
import io
import logging
import re

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from pipeline.ingest import attachments
from pipeline.ingest.attachments import Attachment, AttachmentError, read_attachment

RTF = rb"{\rtf1\ansi\ansicpg1252 Afebrile. Ren\'e9e slept well.}"
PAGE = "<html><body><p>Lungs clear.</p></body></html>"
CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><component>{body}</component></ClinicalDocument>"""
BODY = """<structuredBody><component><section><title>Plan &amp; goals</title>
<text><paragraph>Walk <content styleCode="Bold">daily</content>.</paragraph></text>
<component><section><title>Diet</title><text>Low salt</text></section></component>
</section></component></structuredBody>"""
DOCUMENT = CDA.format(body=BODY).encode()


def make_pdf(*pages: str, password: str = "", owner: str = "") -> bytes:
    """Return a PDF with a line of text a page, encrypted if there is a password of user or owner."""
    writer = PdfWriter()
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"),
        NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    for words in pages:
        page = writer.add_blank_page(300, 300)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 200 Td ({words}) Tj ET".encode() if words else b"")
        page[NameObject("/Contents")] = writer._add_object(content)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password or owner:
        writer.encrypt(password, owner or None, algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def nested(levels: int) -> bytes:
    return b"<ClinicalDocument>" + b"<a>" * levels + b"</a>" * levels + b"</ClinicalDocument>"


@pytest.mark.parametrize(
    ("content", "media_type", "charset", "text", "text_format"),
    [
        (b"Lungs clear.", "text/plain", "", "Lungs clear.", "text/plain"),
        ("Renée".encode("utf-16"), "text/plain", "", "Renée", "text/plain"),
        ("Renée".encode("utf-8-sig"), "text/plain; charset=UTF-8", "", "Renée", "text/plain"),
        ("Renée".encode("cp1252"), "text/plain", "", "Renée", "text/plain"),
        ("Łucja".encode("iso8859-2"), 'text/plain;charset="iso-8859-2"', "utf-8", "Łucja", "text/plain"),
        ("Łucja".encode("cp1250"), "TEXT/PLAIN", "windows-1250", "Łucja", "text/plain"),
        ("“clear”".encode("cp1252"), "text/plain; charset=iso-8859-1", "", "“clear”", "text/plain"),
        ("Renée".encode("cp1252"), "text/plain; charset=utf-8", "", "Renée", "text/plain"),
        ("Renée".encode(), "text/plain; charset=no-such", "bad\0name", "Renée", "text/plain"),
        (b"Lungs clear.", "", "", "Lungs clear.", "text/plain"),
        (b"# Plan", "text/markdown", "", "# Plan", "text/plain"),
        (PAGE.encode(), "text/html", "", PAGE, "text/html"),
        (PAGE.encode(), "application/xhtml+xml", "", PAGE, "application/xhtml+xml"),
        (b"<!DOCTYPE html>\n" + PAGE.encode(), "", "", "<!DOCTYPE html>\n" + PAGE, "text/html"),
        (PAGE.encode(), "text/plain", "", PAGE, "text/html"),
        (
            "<html><meta charset='iso-8859-2'>Łucja</html>".encode("iso8859-2"),
            "text/html",
            "",
            "<html><meta charset='iso-8859-2'>Łucja</html>",
            "text/html",
        ),
        (RTF, "text/rtf", "", RTF.decode(), "text/rtf"),
        (RTF, "application/rtf", "", RTF.decode(), "text/rtf"),
        (RTF, "application/octet-stream", "", RTF.decode(), "text/rtf"),
        (RTF, "text/plain", "", RTF.decode(), "text/rtf"),
        (rb"{\rtf1\ansicpg1250 " + "Łucja}".encode("cp1250"), "text/rtf", "", r"{\rtf1\ansicpg1250 Łucja}", "text/rtf"),
        (RTF + b"\r\n\0", "text/rtf", "", RTF.decode() + "\r\n", "text/rtf"),
        (b"not rtf after all", "text/rtf", "", "not rtf after all", "text/plain"),
    ],
)
def test_text_as_its_charset_says(content: bytes, media_type: str, charset: str, text: str, text_format: str) -> None:
    assert read_attachment(content, media_type, charset) == Attachment(text, text_format)


@pytest.mark.parametrize("media_type", ["application/pdf", "", "application/octet-stream", "text/plain"])
def test_pdf_pages_in_order(media_type: str) -> None:
    found = read_attachment(make_pdf("First page.", "", "Second page."), media_type)
    assert found == Attachment("First page.\n\nSecond page.", "text/plain")


def test_pdf_that_only_its_owner_may_change_is_read() -> None:
    assert read_attachment(make_pdf("Lungs clear.", owner="secret"), "application/pdf").text == "Lungs clear."


@pytest.mark.parametrize("media_type", ["application/hl7-v3+xml", "text/xml", "application/cda+xml", "", "text/plain"])
def test_narrative_of_a_clinical_document(media_type: str) -> None:
    found = read_attachment(DOCUMENT, media_type)
    assert found.text_format == "text/html"
    assert found.text == (
        "<h2>Plan &amp; goals</h2>\n<div><p>Walk <span>daily</span>.</p></div>\n<h3>Diet</h3>\n<p>Low salt</p>"
    )


def test_document_within_a_clinical_document() -> None:
    data = base64.b64encode(RTF).decode()
    body = f'<nonXMLBody><text mediaType="text/rtf" representation="B64">\n{data}\n</text></nonXMLBody>'
    assert read_attachment(CDA.format(body=body).encode(), "text/xml") == Attachment(RTF.decode(), "text/rtf")


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"", "text/plain", "empty"),
        (b" \r\n ", "application/pdf", "empty"),
        (CDA.format(body="").encode(), "text/xml", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png", "unsupported_type"),
        (b"\x89PNG\r\n\x1a\n\0\0", "", "unsupported_type"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0", "text/plain", "undecodable"),
        (b"<Observation/>", "text/xml", "unsupported_type"),
        (DOCUMENT[:-20], "text/xml", "undecodable"),
        (b"<ClinicalDocument><component><text>a < b", "text/xml", "undecodable"),
        (nested(250), "text/xml", "undecodable"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument>&b;</ClinicalDocument>', "text/xml", "unsafe_xml"),
        (
            CDA.format(body='<nonXMLBody><text mediaType="text/plain" representation="B64">?</text></nonXMLBody>')
            .encode(),
            "text/xml",
            "undecodable",
        ),
        (make_pdf("", ""), "application/pdf", "pdf_without_text"),
        (make_pdf("Lungs clear.", password="secret"), "application/pdf", "pdf_encrypted"),
        (make_pdf("Lungs clear.")[:200], "application/pdf", "pdf_unreadable"),
        (b"%PDF-1.7\nnothing of the kind", "application/pdf", "pdf_unreadable"),
        (b"words of another kind", "application/pdf", "pdf_unreadable"),
    ],
)  # fmt: skip
def test_refusals(content: bytes, media_type: str, code: str) -> None:
    with pytest.raises(AttachmentError) as refused:
        read_attachment(content, media_type)
    assert refused.value.code == str(refused.value) == code
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_content_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_BYTES", 10)
    with pytest.raises(AttachmentError) as refused:
        read_attachment(b"eleven byte", "text/plain")
    assert refused.value.code == "too_large"


def test_a_pdf_that_is_only_odd_writes_no_log(caplog: pytest.LogCaptureFixture) -> None:
    # A cross-reference table that points nowhere: pypdf complains, with what it found there, and repairs it.
    odd = re.sub(rb"(startxref\s+)\d+", rb"\g<1>7", make_pdf("Lungs clear."))
    logging.getLogger("pypdf").setLevel(logging.NOTSET)
    assert PdfReader(io.BytesIO(odd)).pages[0].extract_text() == "Lungs clear."
    assert caplog.records, "pypdf has nothing to say of this PDF: the test needs another"
    caplog.clear()
    assert read_attachment(odd, "application/pdf").text == "Lungs clear."
    assert caplog.records == []


def outcome(content: bytes) -> str:
    try:
        return read_attachment(content, "application/pdf").text_format
    except AttachmentError as error:
        return error.code


@pytest.mark.parametrize("seed", range(40))
def test_damaged_pdfs_have_a_code(seed: int) -> None:
    whole = bytearray(make_pdf("Lungs clear.", "Walk daily."))
    for step in range(12):
        whole[(seed * 97 + step * 131) % len(whole)] = (seed * 31 + step * 17) % 256
    assert outcome(bytes(whole)) in ("text/plain", "pdf_unreadable", "pdf_without_text", "pdf_encrypted")
