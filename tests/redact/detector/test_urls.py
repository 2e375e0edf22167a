from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("see https://portal.example.org/p/83463?x=1.", ["https://portal.example.org/p/83463?x=1"]),
    ("www.example.com/ann", ["www.example.com/ann"]),
    ("portal.example.org", ["portal.example.org"]),
    ("hxxp://example.test/a", ["hxxp://example.test/a"]),
    ("ftp://example.org/x", ["ftp://example.org/x"]),
    ("mail.example.in", ["mail.example.in"]),
    ("website: quist.me", ["quist.me"]),
    ("example.com, bit.ly/3xYz", ["example.com", "bit.ly/3xYz"]),
    # near misses
    ("take b.i.d. p.o.", []),
    ("in pain.in the morning", []),
    ("breast.CA, daily.no", []),
    ("e.g. aspirin, i.e. ASA", []),
    ("version 1.2.3", []),
    ("S.aureus, E.coli", []),
    ("q.d., h.s.", []),
    ("well.Is stable", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("urls", text) == taken
