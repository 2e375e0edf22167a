from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("a 92-year-old woman", ["92-year-old"]),
    ("93 y/o male", ["93 y/o"]),
    ("95yo M", ["95yo"]),
    ("92 y.o. F", ["92 y.o."]),
    ("a 97 yrs old", ["97 yrs old"]),
    ("Pt, 94y, rm 4", ["94y"]),
    ("94 y", ["94 y"]),
    ("aged 94", ["94"]),
    ("Age: 97", ["97"]),
    ("age 101", ["101"]),
    ("AGE 92", ["92"]),
    ("age ninety-two", ["ninety-two"]),
    ("(Age: 87+)", ["87+"]),
    ("101 years of age", ["101 years of age"]),
    ("ninety-two year old", ["ninety-two year old"]),
    ("she is ninety-two and well", ["ninety-two"]),
    ("a hundred and one years old", ["a hundred and one years old"]),
    ("mother died at 96", ["96"]),
    ("father died at the age of ninety-one", ["ninety-one"]),
    ("he is 93.", ["93"]),
    ("i'm 91 now", ["91"]),
    ("she turned 90 last week", ["90"]),
    ("a woman in her 90s", ["90s"]),
    ("in her nineties", ["nineties"]),
    ("her 95th birthday", ["95th"]),
    ("93M with chest pain", ["93M"]),
    ("92F presents", ["92F"]),
    ("a 92F, fell", ["92F"]),
    ("HPI: 97M.", ["97M"]),
    ("a nonagenarian", ["nonagenarian"]),
    ("born in 1931", ["1931"]),
    ("YOB: 1929", ["1929"]),
    # near misses
    ("an 89-year-old man", []),
    ("65 yo F", []),
    ("26y, rm 4", []),
    ("95y ago", []),
    ("90 years ago, 95 years later", []),
    ("age 47", []),
    ("SpO2 is 94.", []),
    ("saturation in the 90s", []),
    ("98F, HR 92", []),
    ("temp of 98 F", []),
    ("a 98 F", []),
    ("she is 92% on room air", []),
    ("he was 95 kg", []),
    ("HR was 92.", []),
    ("190 lb", []),
    ("90 days", []),
    ("ninety percent, one hundred units", []),
    ("100 m walk, 120 M", []),
    ("stage 90", []),
    ("born in 1962", []),
    ("founded in 1931", []),
    ("age 65+ should be vaccinated", []),
    ("average 95, dosage: 100", []),
    ("a 40 pack 100 year smoker", []),
    ("5th birthday", []),
    ("92nd percentile", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("ages", text) == taken
