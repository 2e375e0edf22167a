from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("prescriber AB1234563", ["AB1234563"]),
    ("DEA# ab1234563-012", ["ab1234563-012"]),
    ("1234567893", ["1234567893"]),
    ("NPI: 1234567890", ["1234567890"]),
    ("UPIN A12345", ["A12345"]),
    # near misses
    ("AB1234564", []),
    ("1234567894", []),
    ("1234567893.5", []),
    ("provider 2 of 3", []),
    ("DEA schedule 2", []),
    ("provider notified x 2", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("providers", text) == taken
