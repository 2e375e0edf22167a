from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("CPF 456.378.921-64", ["456.378.921-64"]),
    ("Aadhaar: 9664 8088 5109", ["9664 8088 5109"]),
    ("PAN=ABCDE1234F", ["ABCDE1234F"]),
    ("943 476 5919", ["943 476 5919"]),
    ("NI number AB 12 34 56 C", ["AB 12 34 56 C"]),
    ("EIN 12-3456789", ["12-3456789"]),
    ("QUZE520314MDFXXX09", ["QUZE520314MDFXXX09"]),
    ("health card 4471 209 912", ["4471 209 912"]),
    # near misses
    ("943 476 5918", []),
    ("pan CT, pancytopenia", []),
    ("tin 3 cans", []),
    ("NSS 1000 mL", []),
    ("nie 2", []),
    ("RFC 2019", []),
    ("chi square 12.5", []),
    ("120 130 1400", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("national_ids", text) == taken
