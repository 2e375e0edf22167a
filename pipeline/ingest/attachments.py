"""Text of attachments: plain, HTML and RTF pass as they are; other types cannot be read here yet."""

from __future__ import annotations

from typing import NamedTuple


class Attachment(NamedTuple):
    """The text of an attachment, and its media type. PHI."""

    text: str
    text_format: str


class AttachmentError(Exception):
    """An attachment cannot be read: `undecodable`, `pdf_*`, `unsupported_type` or `empty`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"attachment: {code}")
        self.code = code


_TEXTUAL = frozenset(("text/plain", "text/html", "application/xhtml+xml", "text/rtf", "application/rtf"))


def read_attachment(content: bytes, media_type: str, charset: str = "") -> Attachment:
    """Return the text of an attachment.

    Raises `AttachmentError`.
    """
    if not content.strip():
        raise AttachmentError("empty")
    if media_type not in _TEXTUAL:
        raise AttachmentError("unsupported_type")
    try:
        return Attachment(content.decode(charset or "utf-8"), media_type)
    except (UnicodeDecodeError, LookupError, ValueError):
        raise AttachmentError("undecodable") from None
