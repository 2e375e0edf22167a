from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("policy XJ-99121", ["XJ-99121"]),
    ("Member ID: W12345678", ["W12345678"]),
    ("HPBN503731", ["HPBN503731"]),
    ("1EG4-TE5-MK73", ["1EG4-TE5-MK73"]),
    ("MBI 1eg4te5mk73", ["1eg4te5mk73"]),
    ("HICN 123-45-6789A", ["123-45-6789A"]),
    ("123456789C1 on file", ["123456789C1"]),
    ("Medicaid # AB12345C", ["AB12345C"]),
    ("Group number: 0044712", ["0044712"]),
    ("claim 2024-0044712", ["2024-0044712"]),
    ("Subscriber: YRP 447 120 988", ["YRP 447 120 988"]),
    ("auth #A44712", ["A44712"]),
    ("insurance card 44712-01", ["44712-01"]),
    # near misses
    ("policy of no lifting over 20 lb", []),
    ("1EG4-TB5-MK73", []),
    ("group 120 patients", []),
    ("Medicare since 2019, Medicare 80%", []),
    ("claims pain 5/10", []),
    ("group A strep, group B 2 of 3", []),
    ("member of a family of 5", []),
    ("authorization for 10 days", []),
    ("certification in 2019", []),
    ("coverage 24/7", []),
    ("Plan: 1000 mL NS", []),
    ("vitamins A 123-45 B", []),
    ("insurance: none", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("health_plans", text) == taken
