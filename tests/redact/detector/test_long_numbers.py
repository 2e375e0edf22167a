from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("number 48127733 on file", ["48127733"]),
    ("9664 8088 5109", ["9664 8088 5109"]),
    ("456.378.921-64", ["456.378.921-64"]),
    ("699 956 915", ["699 956 915"]),
    ("WI-4811786", ["WI-4811786"]),
    ("A1234567", ["A1234567"]),
    ("12345-AB", ["12345-AB"]),
    ("4a71b20c9912d4471", ["4a71b20c9912d4471"]),
    # near misses
    ("12000000 copies/mL", []),
    ("1500000 units of penicillin, 50000IU", []),
    ("1,500,000 and 2000000.5", []),
    ("SNOMED CT 73211009, 44054006", []),
    ("(SNOMED: 73211009)", []),
    ("RxNorm 1049221 tablet, RxCUI: 860975", []),
    ("NDC 0002-8215-01, NDC 00002821501", []),
    ("LOINC 2160-0, CPT 99213", []),
    ("variant rs1801133, c.1234567A>G, chr7:140453136", []),
    ("trial NCT01234567, PMID: 12345678", []),
    ("A1c 7.2, CYP2D6, BRCA1, H1N1, T4N1M0", []),
    ("120 80 60 72", []),
    ("145 160 182 210", []),
    ("at 0800 1200 1600", []),
    ("2018-2019-2020", []),
    ("100-200-300", []),
    ("150-400, 4500-11000", []),
    ("HP:0001250, HP_0001250", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("long_numbers", text) == taken
