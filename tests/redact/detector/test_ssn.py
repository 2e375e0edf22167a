from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("SSN 123-45-6789", ["123-45-6789"]),
    ("000-00-0000 on file", ["000-00-0000"]),
    ("123 45 6789", ["123 45 6789"]),
    ("123–45–6789, 123 - 45 - 6789", ["123–45–6789", "123 - 45 - 6789"]),
    ("Social Security number: 123456789", ["123456789"]),
    ("ssn#123456789", ["123456789"]),
    ("SS# 1 2 3 4 5 6 7 8 9", ["1 2 3 4 5 6 7 8 9"]),
    ("soc. sec. no. 123/45/6789", ["123/45/6789"]),
    ("SSN ending in 6789, SSN last4 4471", ["6789", "4471"]),
    ("SSN (last 4): 6789", ["6789"]),
    ("last four of her social 6789", ["6789"]),
    ("xxx-xx-6789", ["xxx-xx-6789"]),
    ("***-**-6789", ["***-**-6789"]),
    ("SSN XXXXX6789", ["XXXXX6789"]),
    # near misses
    ("123456789 cells", []),
    ("617-555-0123", []),
    ("ZIP 02139-4307", []),
    ("12-34-5678", []),
    ("1234-56-7890", []),
    ("140 10 1000 20", []),
    ("last 4 days", []),
    ("last 4 visits in 2019", []),
    ("social smoker", []),
    ("Social history: quit smoking in 2015", []),
    ("social work consult 2019", []),
    ("SS enema 1000 mL", []),
    ("class 1200", []),
    ("insulin SSI 1000", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("ssn", text) == taken
