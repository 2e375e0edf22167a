from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("her daughter Zelda visited", ["Zelda"]),
    ("his wife Jane", ["Jane"]),
    ("wife, Zelda Quist, agrees", ["Zelda Quist"]),
    ("son, Mark, at bedside", ["Mark"]),
    ("daughter (Ann)", ["Ann"]),
    ("mother Mary Quist", ["Mary Quist"]),
    ("Mother: Zelda Quist", ["Zelda Quist"]),
    ("wife's name is Zelda", ["Zelda"]),
    ("his sons Mark and Zeb", ["Mark", "Zeb"]),
    ("children: Ann, Zeb, and Cy", ["Ann", "Zeb", "Cy"]),
    ("HIS WIFE ZELDA QUIST", ["ZELDA QUIST"]),
    ("her sister-in-law, Zelda", ["Zelda"]),
    ("lives with daughter maria", ["maria"]),
    ("your friend , marcus", ["marcus"]),
    ("Jane Quist, his wife, called", ["Jane Quist"]),
    ("Zelda Quist (daughter)", ["Zelda Quist"]),
    ('husband "Zeb" Quist', ["Zeb"]),
    # near misses
    ("Mother: Breast cancer. Father: CAD, MI", []),
    ("mother, Diabetes", []),
    ("MOTHER: HYPERTENSION, DIABETES", []),
    ("son with asthma", []),
    ("her daughter Denies", []),
    ("lives with wife. Denies alcohol", []),
    ("Brother: Alive and well", []),
    ("sister had Hodgkin lymphoma", []),
    ("grandmother: Alzheimer", []),
    ("father - Parkinson", []),
    ("twins, Born at 36 weeks", []),
    ("Lesson, Person, Season Quist", []),
    ("Hypertension (mother), Asthma (son)", []),
    ("child abuse, child Psychiatry", []),
    ("Mother: Well. Father: Deceased", []),
    ("partner violence", []),
    ("mother is Rh negative", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("relatives", text) == taken
