from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("driver's license WI-4811786", ["WI-4811786"]),
    ("Driver WI-4811786", ["WI-4811786"]),
    ("DL PA 12345678, DL4471203", ["PA 12345678", "DL4471203"]),
    ("DL# D447-1203", ["D447-1203"]),
    ("Passport no. C01234567", ["C01234567"]),
    ("passport C 1234567", ["C 1234567"]),
    ("RN license #44712, lic. 99121", ["44712", "99121"]),
    ("birth certificate 123-44-5566", ["123-44-5566"]),
    ("P<UTOQUIST<<ZELDA<<<<<<<<<<<", ["P<UTOQUIST<<ZELDA<<<<<<<<<<<"]),
    ("A-number A044712099", ["A044712099"]),
    # near misses
    ("glucose 120 mg/dL 140 at noon", []),
    ("HDL 45 mg/dl, LDL 123", []),
    ("DL 4 ports", []),
    ("driver 2 weeks ago", []),
    ("licensed since 2015", []),
    ("p<0.05 and n<20", []),
    ("passport lost", []),
    ("registration at 10:30", []),
    ("certificate given 3 days ago", []),
    ("permitted 20 lb", []),
    ("visa", []),
    ("HbA1c<7.0, LDL<100<130", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("licences", text) == taken
