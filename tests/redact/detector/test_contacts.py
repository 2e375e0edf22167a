from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("mail ann.lee@example.org.", ["ann.lee@example.org"]),
    ("ann_lee+x@mail.example.co.uk", ["ann_lee+x@mail.example.co.uk"]),
    ("ann dot lee at example dot org", ["ann dot lee at example dot org"]),
    ("see https://portal.example.org/p/83463?x=1.", ["https://portal.example.org/p/83463?x=1"]),
    ("www.example.com/ann", ["www.example.com/ann"]),
    ("portal.example.org", ["portal.example.org"]),
    ("instagram: @ann_lee", ["@ann_lee"]),
    ("IP 192.168.11.144", ["192.168.11.144"]),
    ("2001:db8::ff00:42:8329", ["2001:db8::ff00:42:8329"]),
    # near misses
    ("take b.i.d. p.o.", []),
    ("in pain.in the morning", []),
    ("at 10:30:45", []),
    ("version 1.2.3", []),
    ("300.500.2.1", []),
    ("e.g. aspirin, i.e. ASA", []),
    ("5 mg @ bedtime", []),
    ("ratio 1:2:3", []),
    ("looked at a dot on the skin", []),
    ("facebook use denied", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("contacts", text) == taken
