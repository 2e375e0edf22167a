from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("1HGCM82633A004352", ["1HGCM82633A004352"]),
    ("VIN: WDB12345678901234", ["WDB12345678901234"]),
    ("Serial VIN275580XYZ", ["VIN275580XYZ"]),
    ("Plate OH-1126", ["OH-1126"]),
    ("license plate ABC 1234", ["ABC 1234"]),
    ("tag # 7XYZ123", ["7XYZ123"]),
    ("License plate: ZELDAQ", ["ZELDAQ"]),
    ("plate number 8ABC123", ["8ABC123"]),
    # near misses
    ("1HGCM82633A0043", []),
    ("growth plate 3 mm", []),
    ("skin tag 4 mm", []),
    ("plate and 6 screws", []),
    ("vinyl 300", []),
    ("a plate with 12 holes", []),
    ("tag team of 2", []),
    ("tibial plate T10-L2", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("vehicles", text) == taken
