"""Read the documents that an OBX carries (type ED) or points to (RP)."""

from __future__ import annotations

from collections import Counter

from pipeline.ingest.attachments import Attachment, AttachmentError, decode_base64, read_attachment
from pipeline.ingest.hl7v2.tokenizer import Segment

DOCUMENT_TYPES = frozenset({"ED", "RP"})

# HL7 tables 0191 and 0291, and what senders write instead: a type alone, or the subtype in its place.
_TYPES = {
    "": "application", "AP": "application", "AU": "audio", "IM": "image", "TX": "text", "FT": "text", "NS": "image",
    "SD": "text", "SI": "image",
}  # fmt: skip
_MEDIA_TYPES = {
    **dict.fromkeys(("TEXT", "TXT", "PLAIN", "TX", "FT"), "text/plain"),
    **dict.fromkeys(("HTML", "HTM"), "text/html"),
    **dict.fromkeys(("XML", "CDA", "X-HL7-CDA-LEVEL-ONE"), "text/xml"),
    "RTF": "text/rtf",
    "PDF": "application/pdf",
}


def documents(obx: Segment, findings: Counter[str]) -> list[Attachment]:
    """Return the text of the documents in OBX-5; those that cannot be read are counted, and are not among them."""
    if obx.raw(2) == "RP":
        findings["attachment_external"] += 1
        return []
    found: list[Attachment] = []
    for raw in _fields(obx):
        try:
            found.append(_read(obx, raw))
        except AttachmentError as error:
            findings[f"attachment_{error.code}"] += 1
    return found


def _fields(obx: Segment) -> list[str]:
    """Return the documents as they stand: text that was not escaped may hold a repetition separator."""
    repeated = obx.repetitions(5)
    encoded = all(obx.pick(raw, 4).upper() in ("BASE64", "HEX") for raw in repeated)
    return repeated if encoded and repeated else [obx.raw(5)]


def _read(obx: Segment, raw: str) -> Attachment:
    """Decode a document: source, type, subtype, encoding, and the rest of the field is data."""
    _, kind, subtype, encoding, data = (*raw.split(obx.delimiters.component, 4), "", "", "", "")[:5]
    content = _decode(obx.text(data), encoding.strip().upper())
    if not content.strip():
        raise AttachmentError("empty")
    read = read_attachment(content, _media_type(kind.strip().upper(), subtype.strip().upper()), _charset(obx, content))
    return Attachment(read.text.replace("\r\n", "\n").replace("\r", "\n"), read.text_format)


def _decode(data: str, encoding: str) -> bytes:
    if encoding not in ("BASE64", "HEX"):
        return data.encode()
    packed = "".join(data.split())
    if encoding == "BASE64":
        unpadded = packed.rstrip("=")
        return decode_base64(unpadded + "=" * (-len(unpadded) % 4))
    try:
        return bytes.fromhex(packed)
    except ValueError:
        raise AttachmentError("undecodable") from None


def _media_type(kind: str, subtype: str) -> str:
    if "/" in kind:
        return kind.lower()
    for name in (subtype, kind):
        if name in _MEDIA_TYPES:
            return _MEDIA_TYPES[name]
    return f"{_TYPES.get(kind, kind.lower())}/{subtype.lower() or 'octet-stream'}"


def _charset(obx: Segment, content: bytes) -> str:
    """Return the message's character set for a document that is not UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return "" if obx.delimiters.codec == "utf-8" else obx.delimiters.codec
    return ""
