"""What an OBX says: its value, its reference range, its text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.ingest.hl7v2.tokenizer import Segment

TEXT_TYPES = frozenset({"TX", "FT"})
PLAIN_TYPES = frozenset({"ST", "", "TX", "FT"})
CODED_TYPES = frozenset({"CE", "CWE", "CNE", "CF"})

_DATE_TYPES = frozenset({"DT", "TS", "DTM"})

_NUMBER = re.compile(r"[<>=]{0,2}\s*[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_BOUND = r"([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+))"
_RANGE = re.compile(rf"\s*{_BOUND}\s*(?:-|–|to)\s*{_BOUND}\s*")
_LIMIT = re.compile(rf"\s*(<|>|≤|≥)=?\s*{_BOUND}\s*")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d))?(.*)")


class Value(NamedTuple):
    """A value as columns; `kept` says that the field itself is to be kept in `extras` too."""

    number: str = ""
    text: str = ""
    kept: bool = False


def value(obx: Segment) -> Value:
    """Return the value of an OBX that is a measurement or a finding."""
    kind, raw = obx.raw(2), obx.raw(5)
    if not raw:
        return Value()
    if kind == "NM":
        return Value(number=lines(obx).strip(), kept=obx.delimiters.repetition in raw)
    if kind in PLAIN_TYPES:
        text = lines(obx).strip()
        # Many laboratories send numbers as strings; a unit says that it is one.
        return Value(number=text) if obx.raw(6) and _NUMBER.fullmatch(text) else Value(text=text)
    if kind == "SN":
        return _structured(obx)
    read = _coded if kind in CODED_TYPES else _moment if kind in _DATE_TYPES else _first
    found = (read(obx, part) for part in obx.repetitions(5))
    return Value(text="; ".join(filter(None, found)), kept=obx.delimiters.component in raw)


def _structured(obx: Segment) -> Value:
    comparator, low, separator, high = (obx.get(5, component) for component in (1, 2, 3, 4))
    return Value(number=f"{comparator.removeprefix('=')}{low}{separator}{high}")


def _first(obx: Segment, raw: str) -> str:
    return obx.pick(raw, 1)


def _moment(obx: Segment, raw: str) -> str:
    """Return a date as text has it, so that redaction knows it for one."""
    moment = obx.pick(raw, 1)
    if match := _MOMENT.fullmatch(moment):
        year, month, day, hour, minute, rest = match.groups("")
        return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else rest)
    return moment


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


@lru_cache(maxsize=4096)
def reference_range(text: str) -> tuple[str, str] | None:
    """Return the low and high of "4.0-11.0", "<5" or ">90", or None for any other range."""
    if match := _RANGE.fullmatch(text):
        return match[1], match[2]
    if match := _LIMIT.fullmatch(text):
        return ("", match[2]) if match[1] in "<≤" else (match[2], "")
    return None
