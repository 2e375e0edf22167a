from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("at Mercy General Hospital", ["Mercy General Hospital"]),
    ("Valentine, Bush and Jones Hospital", ["Valentine, Bush and Jones Hospital"]),
    ("transferred from Brookline Medical Center today", ["Brookline Medical Center"]),
    ("University of Quist Medical Center", ["University of Quist Medical Center"]),
    ("to Elmwood Nursing Home", ["Elmwood Nursing Home"]),
    ("Riverbend Health System", ["Riverbend Health System"]),
    ("seen at St. Luke's", ["St. Luke's"]),
    ("works at Quistgaard Plumbing", ["Quistgaard Plumbing"]),
    ("Quist & Brandt LLC", ["Quist & Brandt LLC"]),
    ("Northbrook clinic", ["Northbrook clinic"]),
    # near misses
    ("the Hospital", []),
    ("Cardiology Clinic", []),
    ("Pediatric Neurology Clinic", []),
    ("Wound Care Center", []),
    ("Emergency Department", []),
    ("His clinic", []),
    ("works at night", []),
    ("Hospital course", []),
    ("transferred to Rehab", []),
    ("[ORGANIZATION] Hospital", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("facilities", text) == taken
