"""Text of any format to plain text with its lines kept."""

from __future__ import annotations

import re
import unicodedata

from pipeline.normalize.markup import html_to_text, rtf_to_text

_RTF = re.compile(r"\s*\{\\rtf\d?")
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|body|div|table)\b", re.IGNORECASE)
# Control characters but tab and newline; zero-width and direction marks, in which a name could hide.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANKS = re.compile(r"[ \t]+(?=\n|$)")
_GAPS = re.compile(r"\n{3,}")
# UTF-8 read as Latin-1 or Windows-1252: the lead byte of a sequence, then a continuation byte. Letters do not meet so.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
    "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
)


def repair(text: str) -> str:
    """Return the text as it was before a wrong encoding was read into it; a text that is well stays as it is."""
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    import ftfy

    return str(ftfy.fix_encoding(text))


def clean_text(text: str, text_format: str = "") -> str:
    """Return plain text in Unicode NFC with `\\n` line ends, and without characters that nobody can see.

    `text_format` is a media type. A text that begins as HTML or RTF does is taken as such whatever its type.
    """
    if text.isascii() and text.isprintable() and not text_format and text[:1] not in "<{ ":
        return text.rstrip()
    if "rtf" in text_format or _RTF.match(text):
        text = rtf_to_text(text)
    elif "html" in text_format or "xml" in text_format or _HTML.match(text):
        text = html_to_text(text)
    text = unicodedata.normalize("NFC", _BREAKS.sub("\n", text).replace("\u00a0", " "))
    text = _BLANKS.sub("", _INVISIBLE.sub("", text))
    return _GAPS.sub("\n\n", text).strip("\n")
