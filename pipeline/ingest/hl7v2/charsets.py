"""Character sets as MSH-18 names them (HL7 table 0211), and as senders spell them."""

from __future__ import annotations

# 8859/1 is read as its superset windows-1252: what senders put between 0x80 and 0x9F are quotes and dashes,
# and an apostrophe that turns into a control character would hide a name. ASCII and all of Unicode are read
# as UTF-8, because a file in UTF-16 or UTF-32 has become UTF-8 before its messages are looked at.
_NAMES = {
    "ASCII": "utf-8", "ISO IR6": "utf-8", "US-ASCII": "utf-8",
    "UNICODE": "utf-8", "UNICODE UTF-8": "utf-8", "UNICODE UTF-16": "utf-8", "UNICODE UTF-32": "utf-8",
    "UTF-8": "utf-8", "UTF-16": "utf-8", "UTF-32": "utf-8", "ISO IR192": "utf-8",
    "8859/1": "cp1252", "ISO-8859-1": "cp1252", "ISO IR100": "cp1252", "LATIN1": "cp1252",
    "WINDOWS-1252": "cp1252", "CP1252": "cp1252", "ANSI": "cp1252",
    **{f"8859/{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"ISO-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    "ISO IR14": "iso2022_jp", "ISO IR87": "iso2022_jp", "ISO IR159": "iso2022_jp_1",
    "GB 18030-2000": "gb18030", "GB18030": "gb18030", "KS X 1001": "euc_kr", "BIG-5": "big5",
}  # fmt: skip


def _squash(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))


_CODECS = {_squash(name): codec for name, codec in _NAMES.items()}


def codec_of(name: str) -> str | None:
    """Return Python's codec for a character set of table 0211, or None if it is not known."""
    return _CODECS.get(_squash(name))
