"""Results: numbers with any separators, comparators, units beside them, and text."""

import pytest

from pipeline.normalize.values import Limits, Value, parse_limits, parse_number, parse_value

NUMBERS = [
    ("5", 5), ("-5.5", -5.5), ("−5", -5), ("+3", 3), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1.5E-3", 0.0015),
    ("1,234", 1234), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1 234.5", 1234.5), ("1\u202f234,5", 1234.5),
    ("1'234.5", 1234.5), ("1,234,567", 1234567), ("1.234.567", 1234567), ("1.234", 1.234), ("0,123", 0.123),
    ("1,5", 1.5), ("12,34", 12.34), ("1234,567", 1234.567), (" 7 ", 7),
]  # fmt: skip
NO_NUMBERS = [
    "",
    " ",
    "1.2.3",
    "1,2,3",
    "12,34,5",
    "1,23.4",
    "nan",
    "inf",
    "1e400",
    "٣",
    "5 6",
    "5x",
    "+",
    ".",
    ",",
    "-",
    "1 23",
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_numbers(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_no_numbers(text: str) -> None:
    assert parse_number(text) is None


VALUES = [
    ("<5", Value(5, "<")), ("< 5", Value(5, "<")), ("≥ 60", Value(60, ">=")), ("=<1,5", Value(1.5, "<=")),
    ("~3", Value(3, "~")), ("less than 5", Value(5, "<")), ("Greater than 9", Value(9, ">")),
    ("45 %", Value(45, None, "%")), ("45%", Value(45, None, "%")), ("5.4 mg/dL", Value(5.4, None, "mg/dL")),
    ("<5 mg/dL", Value(5, "<", "mg/dL")), ("98.6F", Value(98.6, None, "[degF]")), ("5 K/uL", Value(5, None, "10*3/uL")),
    ("10-20", Value(text="10-20")), ("10 – 20", Value(text="10-20")), ("10 to 20", Value(text="10-20")),
    ("1:80", Value(text="1:80")), ("< 1 : 80", Value(text="<1:80")), ("POSITIVE", Value(text="POSITIVE")),
    ("+", Value(text="+")), ("++", Value(text="++")), ("3+", Value(text="3+")), ("120/80", Value(text="120/80")),
    ("3 PM", Value(text="3 PM")), ("5 of 7", Value(text="5 of 7")), ("5 Quorbin", Value(text="5 Quorbin")),
    ("2026-01-15", Value(text="2026-01-15")), ("<", Value(text="<")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_values(text: str, value: Value) -> None:
    assert parse_value(text) == value


LIMITS = [
    ("3.5-5.1", Limits(3.5, 5.1)), ("(3.5 - 5.1)", Limits(3.5, 5.1)), ("3.5-5.1 mmol/L", Limits(3.5, 5.1)),
    ("-2 - -1", Limits(-2, -1)), ("<5", Limits(None, 5)), (">=60", Limits(60, None)), ("≤ 5 mg/dL", Limits(None, 5)),
    ("neg", None), ("5", None), ("~5", None), ("3.5-5.1 Quorbin", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "limits"), LIMITS)
def test_reference_ranges(text: str, limits: Limits | None) -> None:
    assert parse_limits(text) == limits
