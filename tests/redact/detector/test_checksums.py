from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.redact.detector.checksums import is_dea, is_luhn, is_npi, is_vin

CASES = [
    ("prescriber AB1234563", ["AB1234563"]),
    ("1234567893", ["1234567893"]),
    ("1EG4-TE5-MK73", ["1EG4-TE5-MK73"]),
    ("1EG4TE5MK73", ["1EG4TE5MK73"]),
    ("1HGCM82633A004352", ["1HGCM82633A004352"]),
    # near misses: a wrong last digit, a letter that is not used, a dose
    ("AB1234564", []),
    ("1234567894", []),
    ("1EG4-TB5-MK73", []),
    ("1HGCM82633A0043", []),
    ("1234567893.5", []),
]
CHECKS = [
    (is_dea, "AB1234563", True), (is_dea, "AB1234560", False),
    (is_luhn, "4111111111111111", True), (is_luhn, "4111111111111112", False),
    (is_npi, "1234567893", True), (is_npi, "1234567890", False),
    (is_vin, "1M8GDM9AXKP042788", True), (is_vin, "1M8GDM9A1KP042788", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("checksums", text) == taken


@pytest.mark.parametrize(("check", "value", "valid"), CHECKS)
def test_check_digits(check: Callable[[str], bool], value: str, valid: bool) -> None:
    assert check(value) is valid
