"""The text of a document that came inside another format."""

from __future__ import annotations

from typing import NamedTuple

_TEXTS = {"text/plain": "text/plain", "text/html": "text/html", "text/rtf": "text/rtf", "application/rtf": "text/rtf"}


class Attachment(NamedTuple):
    """The text of a document and the media type in which normalize shall read it. PHI."""

    text: str
    text_format: str


class AttachmentError(Exception):
    """A document whose text cannot be had; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_attachment(content: bytes, media_type: str, charset: str = "") -> Attachment:
    """Return the text of a document.

    Raises `AttachmentError`: `empty`, `unsupported_type`, `undecodable`.
    """
    if not content.strip():
        raise AttachmentError("empty")
    text_format = _TEXTS.get(media_type)
    if text_format is None:
        raise AttachmentError("unsupported_type")
    try:
        return Attachment(content.decode(charset or "utf-8-sig"), text_format)
    except (UnicodeDecodeError, LookupError):
        raise AttachmentError("undecodable") from None
