"""Results as senders write them: a number, a number with a comparator, with a unit, or text.

Separators. A point alone is a decimal point. A comma alone is one too, unless exactly three digits follow one to three
that do not begin with 0: `1,234` is 1234, `0,123` and `1,5` are fractions. Of comma and point the last is the decimal
one. Blanks and apostrophes group digits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from pipeline.normalize.units import listed_unit, ucum_unit

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([ '\u00a0\u202f,.])\d{3})(?:\1\d{3})*", re.ASCII)
_NUMBER = r"[+\-−]?(?:\d(?:[\d.,'\u00a0\u202f]|\s(?=\d{3}(?!\d)))*|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
_COMPARATORS = {
    "<": "<", ">": ">", "<=": "<=", ">=": ">=", "=<": "<=", "=>": ">=", "≤": "<=", "≥": ">=", "~": "~", "≈": "~",
    "less than": "<", "greater than": ">", "more than": ">",
}  # fmt: skip
_COMPARATOR = r"(?P<comparator>[<>]=|=[<>]|[<>≤≥~≈]|less than|greater than|more than)"
_MEASURED = re.compile(
    rf"{_COMPARATOR}?\s*(?P<number>{_NUMBER})\s*(?P<unit>(?:[A-Za-zµμ%°\[{{]|/\s?[A-Za-z\[{{]).{{0,30}})?", re.I
)
_RANGE = re.compile(
    rf"[(\[]?\s*(?P<low>{_NUMBER})\s*(?:-|–|—|\bto\b)\s*(?P<high>{_NUMBER})\s*(?P<unit>[^\d\s()\[\]].{{0,30}}?)?\s*[)\]]?"
)
_TITER = re.compile(r"([<>]=?|[≤≥])?\s*(\d{1,6})\s*:\s*(\d{1,9})", re.ASCII)
_LIMITS = {"<": (False, True), "<=": (False, True), ">": (True, False), ">=": (True, False)}


class Value(NamedTuple):
    """A result: a number, with what came with it, or a text."""

    number: float | None = None
    comparator: str | None = None
    unit: str | None = None
    text: str | None = None


class Limits(NamedTuple):
    """A reference range, either end of which may be open."""

    low: float | None
    high: float | None


def parse_number(text: str) -> float | None:
    """Return a number, whatever its separators; `None` if the text is not one, or none that can be told."""
    text = text.strip().replace("−", "-")
    if _PLAIN.fullmatch(text):
        return _finite(text)
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    whole, point, fraction = digits, "", ""
    last = max(digits.rfind(","), digits.rfind("."))
    separators = {char for char in digits if char in ",."}
    if len(separators) == 2 or (separators and digits.count(digits[last]) == 1):
        whole, point, fraction = digits[:last], digits[last], digits[last + 1 :]
    if point == "," and len(separators) == 1 and not whole.startswith("0") and re.fullmatch(r"\d{1,3},\d{3}", digits):
        whole, point, fraction = digits, "", ""
    if point and point in whole:
        return None
    if not whole.isdigit() and whole:
        if not _GROUPED.fullmatch(whole):
            return None
        whole = re.sub(r"\D", "", whole)
    number = f"{sign}{whole}.{fraction}" if point else sign + whole
    return _finite(number) if _PLAIN.fullmatch(number) else None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


@lru_cache(maxsize=65536)
def parse_value(text: str) -> Value:
    """Judge a result. A range or titer is text, in one spelling."""
    text = text.strip()
    if (number := parse_number(text)) is not None:
        return Value(number)
    if titer := _TITER.fullmatch(text):
        return Value(text=f"{_COMPARATORS.get(titer[1], '')}{titer[2]}:{titer[3]}")
    if match := _MEASURED.fullmatch(text):
        number, unit = parse_number(match["number"]), match["unit"]
        found = _unit_beside(unit) if unit else None
        if number is not None and (found or not unit):
            return Value(number, _COMPARATORS.get((match["comparator"] or "").lower()), found)
    if (match := _RANGE.fullmatch(text)) and not match["unit"]:
        return Value(text=f"{match['low']}-{match['high']}")
    return Value(text=text)


def _unit_beside(text: str) -> str | None:
    """Return a unit that stands beside its number: letters that no table of units has may be anything."""
    return listed_unit(text) if text.replace(" ", "").isalpha() else ucum_unit(text)


@lru_cache(maxsize=4096)
def parse_limits(text: str) -> Limits | None:
    """Read a reference range that is written as one: `3.5-5.1`, `<5`, `>=60 mL/min`; `None` if it is none."""
    text = text.strip()
    if match := _RANGE.fullmatch(text):
        low, high = parse_number(match["low"]), parse_number(match["high"])
        return (
            None
            if low is None or high is None or (match["unit"] and not ucum_unit(match["unit"]))
            else Limits(low, high)
        )
    value = parse_value(text)
    if value.number is None or value.comparator not in _LIMITS:
        return None
    is_low, is_high = _LIMITS[value.comparator]
    return Limits(value.number if is_low else None, value.number if is_high else None)
