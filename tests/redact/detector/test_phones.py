from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("call (617) 555-0123", ["(617) 555-0123"]),
    ("617.555.0123 ext. 45", ["617.555.0123 ext. 45"]),
    ("+1 617 555 0123", ["+1 617 555 0123"]),
    ("1-800-555-0199", ["1-800-555-0199"]),
    ("345-899-3560x4587", ["345-899-3560x4587"]),
    ("617–555–0123, 617/555-0123", ["617–555–0123", "617/555-0123"]),
    ("Ph617-555-0123", ["Ph617-555-0123"]),
    ("1-800-FLOWERS", ["1-800-FLOWERS"]),
    ("fax 555-0134", ["555-0134"]),
    ("reach me at 555-0134", ["555-0134"]),
    ("wife 555-0134", ["555-0134"]),
    ("Tel: +44 20 7946 0958", ["+44 20 7946 0958"]),
    ("Phone:\n60-56-85-91", ["60-56-85-91"]),
    ("07700 900 966-Fax", ["07700 900 966-Fax"]),
    ("XXX-XXX-0123, 0688 872 49 99", ["XXX-XXX-0123", "0688 872 49 99"]),
    ("pager 4471, beep 99121", ["4471", "99121"]),
    ("ext. 4455", ["4455"]),
    ("x5-1234", ["x5-1234"]),
    ("call x44712 (x4455)", ["x44712", "x4455"]),
    # near misses
    ("platelets 150-4000, 150-4500", []),
    ("B12 450 (232-1245)", []),
    ("500-1000 mg", []),
    ("200-1000 range", []),
    ("x3 days, x1000", []),
    ("WBC 12 345", []),
    ("Na 140 K 4.0 Cl 101", []),
    ("2.5 mg 100-1250 units", []),
    ("NDC 0002-8215-01", []),
    ("phone call, 3 minutes", []),
    ("03/14/2025", []),
    ("pager on", []),
    ("extension of 5 degrees, extension 1000 mg", []),
    ("LOINC 2160-0", []),
    ("1-800 mg", []),
    ("normal 211-9460", []),
    ("10:30-11:45", []),
    ("called at 0830 on 03/14/2025", []),
    ("home O2 2 L, work 40 hours", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("phones", text) == taken
