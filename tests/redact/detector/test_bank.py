from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("routing 011000015", ["011000015"]),
    ("BIC DEUTDEFF", ["DEUTDEFF"]),
    ("card 4111 1111 1111 1112", ["4111 1111 1111 1112"]),
    ("3782 822463 10005", ["3782 822463 10005"]),
    ("XXXX-XXXX-XXXX-4242", ["XXXX-XXXX-XXXX-4242"]),
    ("****4242", ["****4242"]),
    ("card ending in 4242", ["4242"]),
    ("Visa 4242, CVV 123", ["4242", "123"]),
    ("check #4471, savings 44712099", ["4471", "44712099"]),
    # near misses
    ("will check 3 times", []),
    ("card 2 of 3", []),
    ("xxx 200", []),
    ("pain ending in 2019", []),
    ("discover 2 lesions", []),
    ("checking glucose 120", []),
    ("check 1000 mL residual", []),
    ("0.5 mg", []),
    ("BIC of the radius", []),
    ("CVC 7 Fr", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("bank", text) == taken
