from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("Room 412, Bed B", ["412", "B"]),
    ("Rm# 4-12B", ["4-12B"]),
    ("in bed 12", ["12"]),
    ("ROOM: 7W", ["7W"]),
    ("ward 4B", ["4B"]),
    ("unit 5 West", ["5 West"]),
    ("admitted to 5 West for", ["5 West"]),
    ("on 4N.", ["4N"]),
    ("West Wing 3", ["West Wing 3"]),
    # near misses
    ("room air", []),
    ("bed rest", []),
    ("room 2 L nasal cannula", []),
    ("unit 2 of PRBC", []),
    ("10 units", []),
    ("to 5 West Elm", []),
    ("rated 5 on 10", []),
    ("at 5 W/kg", []),
    ("bed 30 minutes", []),
    ("up to 4 L", []),
    ("a bed is", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("rooms", text) == taken
