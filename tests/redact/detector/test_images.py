from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("photo IMG_9108.jpg", ["IMG_9108.jpg"]),
    ("Full-face photo IMG_9108", ["IMG_9108"]),
    ("see scan_zquist-2.pdf", ["scan_zquist-2.pdf"]),
    ("Fingerprint ID 9453", ["9453"]),
    ("retina scan no. 44712", ["44712"]),
    ("photo #9108", ["9108"]),
    ("bio-9453", ["bio-9453"]),
    ("UID 1.2.840.113619.2.55.3.604688119", ["1.2.840.113619.2.55.3.604688119"]),
    ("video: 44712a", ["44712a"]),
    # near misses
    ("image 45 of 120", []),
    ("Figure 12, Fig. 3, Table 120", []),
    ("2.16.840.1.113883.6.96", []),
    ("retina attached 360 degrees", []),
    ("photo taken x3", []),
    ("biopsy 3 cores, bio 12", []),
    ("1.2.3 and 1.2.3.4", []),
    ("IMG", []),
    ("picture: 10 days of fever", []),
    ("video 20 minutes", []),
    ("e.g. aspirin", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("images", text) == taken
