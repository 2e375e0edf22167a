from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.check_digits import is_luhn
from pipeline.redact.detector.checksums import is_dea, is_nhs, is_npi, is_routing, is_vin

CHECKS = [
    (is_dea, "AB1234563", True), (is_dea, "AB1234560", False),
    (is_luhn, "4111111111111111", True), (is_luhn, "4111111111111112", False),
    (is_nhs, "9434765919", True), (is_nhs, "9434765918", False),
    (is_npi, "1234567893", True), (is_npi, "1234567890", False),
    (is_routing, "011000015", True), (is_routing, "011000016", False),
    (is_vin, "1M8GDM9AXKP042788", True), (is_vin, "1M8GDM9A1KP042788", False),
]  # fmt: skip


@pytest.mark.parametrize(("check", "value", "valid"), CHECKS)
def test_check_digits(check: Callable[[str], bool], value: str, valid: bool) -> None:
    assert check(value) is valid
