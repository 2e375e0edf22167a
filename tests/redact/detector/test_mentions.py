from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("a friend named Zelda", ["Zelda"]),
    ("the child, named zelda, or named maria", ["maria"]),
    ("Dear Zelda,", ["Zelda"]),
    ("[doctor] hi , zelda . how are you", ["zelda"]),
    ("[doctor] hi there martha how are you", ["martha"]),
    ("good morning , maria quist", ["maria quist"]),
    ("This is Zelda Quist calling", ["Zelda Quist"]),
    ("also known as Zelda Brandt", ["Zelda Brandt"]),
    ("Zelda Quist née Brandt", ["Brandt"]),
    ("d/w Zelda from case management", ["Zelda"]),
    ("d/w jessica from case management", ["jessica"]),
    ("pt is Zelda Quist", ["Zelda Quist"]),
    ("follow up with Quist in a week", ["Quist"]),
    ("spoke with Zelda and Mark Holt", ["Zelda", "Mark Holt"]),
    ("discussed with her nurse Zelda", ["Zelda"]),
    ("per Zelda Quist", ["Zelda Quist"]),
    ("The patient, Zelda Quist, is", ["Zelda Quist"]),
    ("Patient Zelda B. Quist", ["Zelda B. Quist"]),
    ("Zelda Quist is a 45-year-old", ["Zelda Quist"]),
    ("ZELDA QUIST, A 45 Y.O. MALE", []),
    ("martha quist is a pleasant 50 year old", ["martha quist"]),
    ("Quist is a very pleasant fifty-year-old", ["Quist"]),
    ("under the care of Zelda Quist", ["Zelda Quist"]),
    # near misses
    ("hi , how are you ? hello there . hey , okay .", []),
    ("called Pharmacy", []),
    ("also called Hodgkin lymphoma", []),
    ("d/w ICU team", []),
    ("d/w ortho, spoke with family", []),
    ("paged Surgery, notified Radiology", []),
    ("per Protocol, via Foley, via PEG tube", []),
    ("This is a pleasant woman. This is Normal.", []),
    ("I am Concerned that", []),
    ("The patient is a 45-year-old", []),
    ("She is a 45-year-old", []),
    ("This is a 45-year-old", []),
    ("Caucasian male is a 45-year-old", []),
    ("Patient Denies Pain", []),
    ("the patient, Metoprolol Tartrate", []),
    ("followed by Cardiology and Nephrology", []),
    ("thanks for the consult", []),
    ("follow up with Cardiology, appointment with PCP", []),
    ("known as Bell's palsy", []),
    ("AKA Stump", []),
    ("regarding Lasix", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("mentions", text) == taken
