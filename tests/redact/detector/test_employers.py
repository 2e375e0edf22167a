from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("works at Quistgaard Plumbing", ["Quistgaard Plumbing"]),
    ("Quist & Brandt LLC", ["Quist & Brandt LLC"]),
    ("I work for Aunt Quist Inc", ["Aunt Quist Inc"]),
    ("works as a plumber for Quist", ["Quist"]),
    ("retired from Quist Motors", ["Quist Motors"]),
    ("Employer: Quist Foods", ["Quist Foods"]),
    ("he works at quistmart.", ["quistmart"]),
    ("Quist GmbH", ["Quist GmbH"]),
    # near misses
    ("works at night", []),
    ("works for himself", []),
    ("works at a bank", []),
    ("works at home, working from home", []),
    ("Employer: None", []),
    ("works as a nurse", []),
    ("Focus Group, Control Group", []),
    ("worked with Physical Therapy", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("employers", text) == taken
