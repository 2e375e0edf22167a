from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("then Zelda Quist left", ["Zelda Quist"]),
    ("Calquín Q. Cazarés agreed", ["Calquín Q. Cazarés"]),
    ("Today Zelda Quist came", ["Zelda Quist"]),
    ("Ludwig van Quist came", ["Ludwig van Quist"]),
    # near misses
    ("Physical Examination", []),
    ("Foley Catheter, Chest Tube", []),
    ("Continue Metoprolol Tartrate", []),
    ("Review Of Systems", []),
    ("zelda quist", []),
    ("NORMAL SINUS", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("full_names", text) == taken
