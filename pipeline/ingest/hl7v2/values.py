"""What an OBX says: its value, its reference range, its text."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.ingest.hl7v2.tokenizer import Segment

TEXT_TYPES = frozenset({"TX", "FT"})
PLAIN_TYPES = frozenset({"ST", "", "TX", "FT"})
CODED_TYPES = frozenset({"CE", "CWE", "CNE", "CF"})

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_RANGE = re.compile(r"\s*(-?[\d.]+)\s*-\s*(-?[\d.]+)\s*")
_BOUND = re.compile(r"\s*(<|>)=?\s*(-?[\d.]+)\s*")
_MEDIA = {
    ("TEXT", ""): "text/plain", ("TEXT", "PLAIN"): "text/plain", ("TEXT", "TEXT"): "text/plain",
    ("TEXT", "HTML"): "text/html", ("TEXT", "RTF"): "text/rtf", ("APPLICATION", "RTF"): "text/rtf",
}  # fmt: skip


class Value(NamedTuple):
    """A value as columns; `kept` says that the field itself is to be kept in `extras` too."""

    number: str = ""
    text: str = ""
    kept: bool = False


class Document(NamedTuple):
    """The text that an OBX of type ED carries."""

    text: str
    media_type: str


def is_number(text: str) -> bool:
    """Tell whether a value is a plain number."""
    return text.isascii() and _NUMBER.fullmatch(text) is not None


def value(obx: Segment) -> Value:
    """Return the value of an OBX that is a measurement or a finding."""
    kind, raw = obx.raw(2), obx.raw(5)
    if not raw:
        return Value()
    if kind == "NM":
        return _number(obx)
    if kind in PLAIN_TYPES:
        text = lines(obx).strip()
        # Many laboratories send numbers as strings; a unit says that it is one.
        return Value(number=text) if obx.raw(6) and is_number(text) else Value(text=text)
    if kind == "SN":
        return _structured(obx)
    if kind in CODED_TYPES:
        found = (_coded(obx, part) for part in obx.repetitions(5))
        return Value(text="; ".join(filter(None, found)), kept=obx.delimiters.component in raw)
    found = (obx.pick(part, 1) for part in obx.repetitions(5))
    return Value(text="; ".join(filter(None, found)), kept=obx.delimiters.component in raw)


def _number(obx: Segment) -> Value:
    text = obx.get(5)
    if is_number(text):
        return Value(number=text, kept=obx.delimiters.repetition in obx.raw(5))
    return Value(text=lines(obx).strip())


def _structured(obx: Segment) -> Value:
    comparator, low, separator, high = (obx.get(5, component) for component in (1, 2, 3, 4))
    if comparator in ("", "=") and not separator and not high and is_number(low):
        return Value(number=low)
    return Value(text=f"{comparator}{low}{separator}{high}")


def _coded(obx: Segment, raw: str) -> str:
    for component in (2, 9, 5, 1, 4):
        if text := obx.pick(raw, component):
            return text
    return ""


def lines(obx: Segment) -> str:
    """Return the whole text of OBX-5, a line each repetition."""
    raw = obx.raw(5)
    repetition = obx.delimiters.repetition
    if repetition in raw:
        return "\n".join(obx.text(part) for part in raw.split(repetition))
    return obx.text(raw)


def document(obx: Segment) -> Document | None:
    """Return the text in an OBX of type ED, or None if it holds something else, or not what it says."""
    media = _MEDIA.get((obx.get(5, 2).upper(), obx.get(5, 3).upper()))
    if media is None:
        return None
    encoding, data = obx.get(5, 4).upper(), obx.get(5, 5)
    if not data:
        return None
    try:
        if encoding == "BASE64":
            content = base64.b64decode("".join(data.split()), validate=True)
        elif encoding == "HEX":
            content = bytes.fromhex(data)
        else:
            return Document(data, media)
        text = _decode(content, obx.delimiters.codec)
    except (binascii.Error, ValueError):
        return None
    return Document(text.replace("\r\n", "\n").replace("\r", "\n"), media)


def _decode(content: bytes, codec: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(codec)


@lru_cache(maxsize=4096)
def reference_range(text: str) -> tuple[str, str] | None:
    """Return the low and high of "4.0-11.0", "<5" or ">90", or None for any other range."""
    if match := _RANGE.fullmatch(text):
        low, high = match.groups()
    elif match := _BOUND.fullmatch(text):
        low, high = ("", match[2]) if match[1] == "<" else (match[2], "")
    else:
        return None
    return (low, high) if all(not bound or is_number(bound) for bound in (low, high)) else None
