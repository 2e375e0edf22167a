"""Character sets as MSH-18 names them (HL7 table 0211), as senders spell them, and as a file shows them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from functools import lru_cache

# 8859/1 is read as its superset windows-1252: what senders put between 0x80 and 0x9F are quotes and dashes,
# and an apostrophe that turns into a control character would hide a name. ASCII and all of Unicode are read
# as UTF-8, because a file in UTF-16 or UTF-32 has become UTF-8 before its messages are looked at.
_PARTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)
_REGISTERED = {
    101: 2, 109: 3, 110: 4, 144: 5, 127: 6, 126: 7, 138: 8, 148: 9, 157: 10, 166: 11, 179: 13, 199: 14, 203: 15,
    226: 16,
}  # fmt: skip
_NAMES = {
    "ASCII": "utf-8", "ISO IR6": "utf-8", "US-ASCII": "utf-8", "ANSI X3.4": "utf-8",
    "UNICODE": "utf-8", "UNICODE UTF-8": "utf-8", "UNICODE UTF-16": "utf-8", "UNICODE UTF-32": "utf-8",
    "UTF-8": "utf-8", "UTF-16": "utf-8", "UTF-32": "utf-8", "ISO IR192": "utf-8", "ISO 10646": "utf-8",
    "8859/1": "cp1252", "ISO-8859-1": "cp1252", "ISO IR100": "cp1252", "LATIN1": "cp1252", "ISO LATIN-1": "cp1252",
    "WINDOWS-1252": "cp1252", "CP1252": "cp1252", "ANSI": "cp1252",
    **{f"8859/{part}": f"iso8859-{part}" for part in _PARTS},
    **{f"ISO-8859-{part}": f"iso8859-{part}" for part in _PARTS},
    **{f"ISO IR{number}": f"iso8859-{part}" for number, part in _REGISTERED.items()},
    **{f"WINDOWS-125{last}": f"cp125{last}" for last in (0, 1, 3, 4, 5, 6, 7, 8)},
    **{f"CP125{last}": f"cp125{last}" for last in (0, 1, 3, 4, 5, 6, 7, 8)},
    "CP437": "cp437", "CP850": "cp850", "KOI8-R": "koi8-r",
    "ISO IR13": "shift_jis", "ISO IR14": "iso2022_jp_ext", "ISO IR87": "iso2022_jp_ext", "ISO IR159": "iso2022_jp_ext",
    "ISO-2022-JP": "iso2022_jp_ext", "SHIFT_JIS": "cp932", "SJIS": "cp932", "WINDOWS-31J": "cp932", "EUC-JP": "euc_jp",
    "GB 18030-2000": "gb18030", "GB18030": "gb18030", "GBK": "gb18030", "GB2312": "gb18030", "ISO IR58": "gb18030",
    "KS X 1001": "cp949", "ISO IR149": "cp949", "EUC-KR": "cp949", "BIG-5": "cp950",
}  # fmt: skip
_SWITCHED = "iso2022_jp_ext"  # reads ASCII until an escape sequence switches to a Japanese set

# How the first characters of a file show its encoding. The marks of UTF-32 first: they start like those of UTF-16.
_WIDE = tuple(
    (re.compile(pattern, re.DOTALL), codec)
    for pattern, codec in (
        (re.escape(codecs.BOM_UTF32_LE) + b"|" + re.escape(codecs.BOM_UTF32_BE), "utf-32"),
        (re.escape(codecs.BOM_UTF16_LE) + b"|" + re.escape(codecs.BOM_UTF16_BE), "utf-16"),
        (rb"(?:[^\0]\0\0\0){2}", "utf-32-le"),
        (rb"(?:\0\0\0[^\0]){2}", "utf-32-be"),
        (rb"(?:[^\0]\0){3}", "utf-16-le"),
        (rb"(?:\0[^\0]){3}", "utf-16-be"),
    )
)


def _squash(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))


_CODECS = {_squash(name): codec for name, codec in _NAMES.items()}


def codec_of(name: str) -> str | None:
    """Return Python's codec for a character set of table 0211, or None if it is not known."""
    return _CODECS.get(_squash(name))


def codec_of_all(names: Sequence[str], default: str) -> str | None:
    """Return the codec for the repetitions of MSH-18, or None if the first is not known.

    The first is the set in which a message starts, `default` if it is empty. Others are those to which escape
    sequences may switch, of which the Japanese ones are read where the first is ASCII.
    """
    first = codec_of(names[0]) if names and names[0] else default
    if first == "utf-8" and any(codec_of(name) == _SWITCHED for name in names[1:]):
        return _SWITCHED
    return first


@lru_cache(maxsize=1024)
def switched(escape_sequence: bytes, text: str) -> str | None:
    """Return the text that stands after an ISO 2022 escape sequence (without its ESC), or None if it cannot be read."""
    try:
        read = (b"\x1b" + escape_sequence + text.encode("ascii")).decode("iso2022_jp_2")
    except UnicodeError:
        return None
    return None if "\x1b" in read else read  # the codec leaves a sequence that it does not know


def wide_codec(start: bytes) -> str | None:
    """Return the codec of a file that starts with these bytes if it is UTF-16 or UTF-32, else None."""
    return next((codec for pattern, codec in _WIDE if pattern.match(start)), None)
