from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("seen by Dr. Parkinson today", ["Parkinson"]),
    ("Mr. and Mrs. O'Neil-Brandt", ["O'Neil-Brandt"]),
    ("Dr. X and Dr. Y agree", ["X", "Y"]),
    ("dr. okafor called", ["okafor"]),
    ("Patient: SMITHERS, JOHNNY Q", ["SMITHERS, JOHNNY Q"]),
    ("Pt: Zelda Quist", ["Zelda Quist"]),
    ("Name: Quist, Zelda", ["Quist, Zelda"]),
    ("Patient: Murphy, Zelda", ["Murphy, Zelda"]),
    ("Electronically signed by Zelda Quist, MD", ["Zelda Quist, MD"]),
    ("Attending: Quist", ["Quist"]),
    ("d/w Dr. Quist", ["Quist"]),
    ("d/w Zelda from case management", ["Zelda"]),
    ("cc: Zelda Quist", ["Zelda Quist"]),
    ("Zelda Quist, RN", ["Zelda Quist, RN"]),
    ("her daughter Zelda visited", ["Zelda"]),
    ("wife, Zelda Quist, agrees", ["Zelda Quist"]),
    ("a friend named Zelda", ["Zelda"]),
    ("my name is zelda quist", ["zelda quist"]),
    ("Dear Zelda,", ["Zelda"]),
    ("/s/ Zelda Quist", ["Zelda Quist"]),
    ("done at bedside. -T. Quist", ["T. Quist"]),
    ("CALLED TO THE FLOOR NURSE, T. QUIST, ON THE FLOOR", ["T. QUIST"]),
    ("given by RN D. Quist at 10", ["D. Quist"]),
    ("-- Z. Quist\nnext", ["Z. Quist"]),
    ("Ludwig van Quist, M.D.", ["Ludwig van Quist, M.D."]),
    # near misses
    ("Patient: Denies pain", []),
    ("CC: Chest pain", []),
    ("Mother: Breast cancer. Father: CAD, MI", []),
    ("mother, Diabetes", []),
    ("Parkinson disease, Foley catheter", []),
    ("ALLERGIES, MEDICATIONS", []),
    ("EHL, FHL intact", []),
    ("growing -E. coli", []),
    ("the nurse, E. coli on culture", []),
    ("- S. aureus", []),
    ("Charge RN, Primary MD", []),
    ("seen by Cardiology", []),
    ("Reviewed by Radiology", []),
    ("d/w ICU team", []),
    ("Dear Doctor:", []),
    ("called Pharmacy", []),
    ("son with asthma", []),
    ("dr. appointment", []),
    ("Name: [NAME]", []),
    ("Dr. [NAME], MD", []),
    ("Nurse Practitioner", []),
    ("Patient Education", []),
    ("Home PT, OT", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("names", text) == taken
