from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("call (617) 555-0123", ["(617) 555-0123"]),
    ("617.555.0123 ext. 45", ["617.555.0123 ext. 45"]),
    ("+1 617 555 0123", ["+1 617 555 0123"]),
    ("1-800-555-0199", ["1-800-555-0199"]),
    ("345-899-3560x4587", ["345-899-3560x4587"]),
    ("fax 555-0134", ["555-0134"]),
    ("reach me at 555-0134", ["555-0134"]),
    ("Tel: +44 20 7946 0958", ["+44 20 7946 0958"]),
    ("Phone:\n60-56-85-91", ["60-56-85-91"]),
    ("07700 900 966-Fax", ["07700 900 966-Fax"]),
    ("pager 4471", ["4471"]),
    ("ext. 4455", ["4455"]),
    ("x5-1234", ["x5-1234"]),
    # near misses
    ("platelets 150-4000", []),
    ("500-1000 mg", []),
    ("200-1000 range", []),
    ("x3 days", []),
    ("WBC 12 345", []),
    ("Na 140 K 4.0 Cl 101", []),
    ("2.5 mg 100-1250 units", []),
    ("NDC 0002-8215-01", []),
    ("phone call, 3 minutes", []),
    ("03/14/2025", []),
    ("pager on", []),
    ("extension of 5 degrees", []),
    ("LOINC 2160-0", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("phones", text) == taken
