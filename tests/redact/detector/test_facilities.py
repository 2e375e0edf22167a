from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("at Mercy General Hospital", ["Mercy General Hospital"]),
    ("AT MERCY GENERAL HOSPITAL", ["MERCY GENERAL HOSPITAL"]),
    ("Quist, Brandt and Holt Hospital", ["Quist, Brandt and Holt Hospital"]),
    ("transferred from Brookline Medical Center today", ["Brookline Medical Center"]),
    ("University of Quist Medical Center", ["University of Quist Medical Center"]),
    ("to Elmwood Nursing Home", ["Elmwood Nursing Home"]),
    ("Riverbend Health System", ["Riverbend Health System"]),
    ("seen at St. Luke's", ["St. Luke's"]),
    ("sent to st. luke's", ["st. luke's"]),
    ("Northbrook clinic", ["Northbrook clinic"]),
    ("at the Northwest clinic", ["Northwest clinic"]),
    ("at quistmoor general hospital", ["quistmoor general hospital"]),
    ("Quist Pharmacy, Quist Diagnostics", ["Quist Pharmacy", "Quist Diagnostics"]),
    ("attends Quist High School", ["Quist High School"]),
    ("Quist Baptist Church", ["Quist Baptist Church"]),
    ("filled at walgreens, seen at Mayo Clinic", ["walgreens", "Mayo Clinic"]),
    ("Facility: Elmwood", ["Elmwood"]),
    ("Insurance: Quist Blue", ["Quist Blue"]),
    ("QUIST MOOR Country Club", ["QUIST MOOR Country Club"]),
    # near misses
    ("the Hospital", []),
    ("at the outside hospital", []),
    ("at our local hospital, a community hospital", []),
    ("Cardiology Clinic", []),
    ("in the diabetes clinic", []),
    ("Pediatric Neurology Clinic", []),
    ("Wound Care Center", []),
    ("Emergency Department", []),
    ("His clinic", []),
    ("Hospital course", []),
    ("Hospital: stable", []),
    ("transferred to Rehab", []),
    ("St. elevations, ST Depression", []),
    ("PHARMACY: called", []),
    ("Home Health Care", []),
    ("to high school, in college, the notion of hospice care", []),
    ("went to the closest hospital, coming to Hospital", []),
    ("Peritoneal dialysis, Visual rehabilitation", []),
    ("Nursing Home", []),
    ("Skin: Pink. Dental: Poor dentition", []),
    ("Insurance: None", []),
    ("[ORGANIZATION] Hospital", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("facilities", text) == taken
