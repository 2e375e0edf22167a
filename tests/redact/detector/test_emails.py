from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("mail ann.lee@example.org.", ["ann.lee@example.org"]),
    ("ann_lee+x@mail.example.co.uk", ["ann_lee+x@mail.example.co.uk"]),
    ("ann.lee @ example.org", ["ann.lee @ example.org"]),
    ("ann dot lee at example dot org", ["ann dot lee at example dot org"]),
    ("ann[at]example[dot]org", ["ann[at]example[dot]org"]),
    ("ann.lee at gmail.com", ["ann.lee at gmail.com"]),
    ("Mail:annlee@example", ["annlee@example"]),
    # near misses
    ("5 mg @ bedtime", []),
    ("seen @ home", []),
    ("looked at a dot on the skin", []),
    ("at 10 dot", []),
    ("pain @ 5/10. Org chart", []),
    ("arrived at noon", []),
    ("HR 80 @ 10:30", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("emails", text) == taken
