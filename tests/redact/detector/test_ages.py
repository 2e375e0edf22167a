from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("a 92-year-old woman", ["92-year-old"]),
    ("93 y/o male", ["93 y/o"]),
    ("95yo M", ["95yo"]),
    ("Pt, 94y, rm 4", ["94y"]),
    ("94 y", ["94 y"]),
    ("aged 94", ["94"]),
    ("Age: 97", ["97"]),
    ("(Age: 87+)", ["87+"]),
    ("101 years of age", ["101 years of age"]),
    ("ninety-two year old", ["ninety-two year old"]),
    ("mother died at 96", ["96"]),
    ("he is 93.", ["93"]),
    ("a woman in her 90s", ["90s"]),
    ("93M with chest pain", ["93M"]),
    ("a nonagenarian", ["nonagenarian"]),
    ("born in 1931", ["1931"]),
    # near misses
    ("an 89-year-old man", []),
    ("65 yo F", []),
    ("26y, rm 4", []),
    ("95y ago", []),
    ("age 47", []),
    ("SpO2 is 94.", []),
    ("saturation in the 90s", []),
    ("98F, HR 92", []),
    ("she is 92% on room air", []),
    ("he was 95 kg", []),
    ("190 lb", []),
    ("90 days", []),
    ("born in 1962", []),
    ("founded in 1931", []),
    ("age 65+ should be vaccinated", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("ages", text) == taken
