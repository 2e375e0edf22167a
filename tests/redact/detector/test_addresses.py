from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("lives at 42 N. Cedar Ave., Apt 3B, Springfield, IL 62704.", ["42 N. Cedar Ave., Apt 3B, Springfield, IL 62704"]),
    (
        "5083 Christina Cliff Apt. 163, Lake Johnview, RI 64766",
        ["5083 Christina Cliff Apt. 163, Lake Johnview, RI 64766"],
    ),
    ("17 oak street", ["17 oak street"]),
    ("P.O. Box 471", ["P.O. Box 471"]),
    ("PSC 0413, Box 8144\nAPO AA 42323", ["PSC 0413, Box 8144\nAPO AA 42323"]),
    ("from Springfield, IL", ["Springfield, IL"]),
    ("Portland, OR 97201", ["Portland, OR 97201"]),
    ("moved from Portland, OR", ["Portland, OR"]),
    ("Springfield, Massachusetts", ["Springfield, Massachusetts"]),
    ("ZIP 02139", ["02139"]),
    ("postal code: K1A 0B1", ["K1A 0B1"]),
    ("on Villacher Strasse 89", ["Villacher Strasse 89"]),
    ("corner of Elm Street and 3rd Avenue", ["Elm Street and 3rd Avenue"]),
    ("grew up in Elmwood", ["Elmwood"]),
    ("Room 412, Bed B", ["412", "B"]),
    # near misses
    ("room air, bed rest", []),
    ("3 Chest CT scans", []),
    ("at 10 AM Dr. Jones came", []),
    ("Pain, OR as needed", []),
    ("25 mg p.o. #30", []),
    ("Insulin, IN the morning", []),
    ("unit 2 of PRBC", []),
    ("12 as well as tooth #21", []),
    ("5 Fr catheter", []),
    ("lives in Assisted Living", []),
    ("room 2 L nasal cannula", []),
    ("2 days of Drive", []),
    ("moved to Radiology", []),
    ("10 units per hour", []),
    ("[ADDRESS], room air", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("addresses", text) == taken
