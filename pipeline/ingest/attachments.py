"""The text of a document that came inside another format: plain text, HTML, RTF, C-CDA, or PDF with a text layer."""

from __future__ import annotations

import base64
import binascii
import codecs
import io
import logging
import re
import struct
import warnings
import zlib
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pipeline.ingest.ccda.narrative import document_html
from pipeline.ingest.ccda.xml import XmlError, parse_xml

MAX_BYTES = 50 * 1024 * 1024

PLAIN, HTML, XHTML, RTF = "text/plain", "text/html", "application/xhtml+xml", "text/rtf"
_PDF, _XML = "application/pdf", "text/xml"
# Media type → how it is read. Other kinds of `text/` are read as plain text.
_READ_AS = {
    **{name: name for name in (PLAIN, HTML, XHTML, RTF, _PDF, _XML)},
    "application/xhtml": XHTML,
    **dict.fromkeys(("application/rtf", "application/x-rtf", "text/richtext"), RTF),
    "application/x-pdf": _PDF,
    **dict.fromkeys(("application/xml", "application/hl7-v3+xml", "application/cda+xml"), _XML),
    **dict.fromkeys(("application/hl7-cda+xml", "application/hl7-sda+xml", "text/x-hl7-text+xml"), _XML),
}
_UNKNOWN = ("", "application/octet-stream", "binary/octet-stream")

_MAGIC = (
    (re.compile(r"%PDF-"), _PDF),
    (re.compile(r"\{\\rtf"), RTF),
    (re.compile(r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+)?html\b", re.DOTALL | re.IGNORECASE), HTML),
    (re.compile(r"<\?xml\b|<(?:\w+:)?ClinicalDocument\b"), _XML),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_HTML = re.compile(rb"(?:charset|<\?xml[^>]*encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_RTF = re.compile(rb"\\ansicpg(\d{3,5})")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Attachment(NamedTuple):
    """The text of a document and the media type in which normalize shall read it. PHI."""

    text: str
    text_format: str


class AttachmentError(Exception):
    """A document whose text cannot be had.

    `code` is one of `empty`, `too_large`, `unsupported_type`, `undecodable`, `unsafe_xml`, `pdf_encrypted`,
    `pdf_unreadable`, `pdf_without_text`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_attachment(content: bytes, media_type: str, charset: str = "") -> Attachment:
    """Return the text of a document.

    What it starts with outweighs `media_type`, which senders get wrong. The charset is, in this order: the
    parameter of the media type, `charset`, a byte order mark, what the document says, UTF-8, Windows-1252. A PDF's
    pages are separated by a blank line; pages that are images alone are missing.
    Raises `AttachmentError`.
    """
    if len(content) > MAX_BYTES:
        raise AttachmentError("too_large")
    if not content.strip():
        raise AttachmentError("empty")
    parameter = _CHARSET.search(media_type)
    declared = (parameter[1] if parameter else "", charset.strip())
    kind = _kind(content, media_type.partition(";")[0].strip().lower())
    if kind == _PDF:
        return _filled(Attachment(_pdf_text(content), PLAIN))
    if kind == _XML:
        return _filled(_read_xml(content))
    return _filled(Attachment(_decoded(content, kind, declared), kind))


def _filled(attachment: Attachment) -> Attachment:
    if not attachment.text.strip():
        raise AttachmentError("empty")
    return attachment


def _kind(content: bytes, declared: str) -> str:
    head = _head(content)
    for magic, kind in _MAGIC:
        if magic.match(head):
            return XHTML if kind == HTML and declared in (XHTML, "application/xhtml") else kind
    if declared in _UNKNOWN:
        if _is_text(content):
            return PLAIN
        raise AttachmentError("unsupported_type")
    if declared not in _READ_AS and not declared.startswith("text/"):
        raise AttachmentError("unsupported_type")
    kind = _READ_AS.get(declared, PLAIN)
    # Without its signature RTF is the plain text that it would have been; a PDF may have some bytes before it.
    return PLAIN if kind == RTF else kind


def _head(content: bytes) -> str:
    start = content[:2048]
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "latin-1")
    return start.decode(encoding, "ignore").lstrip()


def _is_text(content: bytes) -> bool:
    try:
        return not _CONTROL.search(content.decode(next((n for mark, n in _BOMS if content.startswith(mark)), "utf-8")))
    except UnicodeDecodeError:
        return False


def _decoded(content: bytes, kind: str, declared: tuple[str, ...]) -> str:
    marked = [name for mark, name in _BOMS if content.startswith(mark)]
    for name in (*declared, *marked, _own_charset(content, kind), "utf-8", "cp1252"):
        try:
            # What is called Latin-1 is Windows-1252 nearly always, and the same where it is not.
            codec = {"iso8859-1": "cp1252", "utf-8": "utf-8-sig"}.get(codecs.lookup(name).name, name) if name else ""
            text = content.decode(codec) if codec else "\0"
        except (LookupError, ValueError):
            continue
        text = text.rstrip("\0")  # some senders end a text as C does
        if text and "\0" not in text:
            return text
    raise AttachmentError("undecodable")


def _own_charset(content: bytes, kind: str) -> str:
    if kind == RTF:
        found = _IN_RTF.search(content[:1024])
        return f"cp{found[1].decode()}" if found else ""
    found = _IN_HTML.search(content[:1024]) if kind in (HTML, XHTML) else None
    return found[1].decode() if found else ""


def _read_xml(content: bytes) -> Attachment:
    try:
        root = parse_xml(content)
    except XmlError as error:
        raise AttachmentError("unsafe_xml" if error.code == "unsafe_xml" else "undecodable") from None
    if root.tag != "ClinicalDocument":
        raise AttachmentError("unsupported_type")
    body = root.find("component/nonXMLBody/text")
    return Attachment(document_html(root), HTML) if body is None else embedded(body)


def embedded(node: Element) -> Attachment:
    """Return the text of a document that an element holds: `mediaType`, and Base64 or the words themselves.

    Raises `AttachmentError`.
    """
    words, media_type = node.text or "", node.get("mediaType", "")
    if node.get("compression"):
        raise AttachmentError("unsupported_type")
    if node.get("representation", "").upper() != "B64":
        return read_attachment(words.encode(), media_type, "utf-8")
    return read_attachment(decode_base64(words), media_type)


def decode_base64(text: str) -> bytes:
    """Return what Base64 stands for, whatever blanks and line ends are in it.

    Raises `AttachmentError`.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise AttachmentError("undecodable") from None


# What pypdf raises on PDFs that are damaged or made to do damage, beside its own errors.
_DAMAGED = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError, ArithmeticError,
    NotImplementedError, struct.error, zlib.error, OSError,
)  # fmt: skip


def _pdf_text(content: bytes) -> str:
    """Return the text layer of a PDF.

    pypdf writes what it finds odd into its log and into warnings, with parts of the content: both are silenced.
    """
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
                raise AttachmentError("pdf_encrypted")
            pages = [page.extract_text().strip() for page in reader.pages]
    except (FileNotDecryptedError, DependencyError):
        raise AttachmentError("pdf_encrypted") from None
    except (PyPdfError, *_DAMAGED):
        raise AttachmentError("pdf_unreadable") from None
    text = "\n\n".join(filter(None, pages))
    if not any(map(str.isalnum, text)):
        raise AttachmentError("pdf_without_text")
    return text
