from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("IP 192.168.11.144", ["192.168.11.144"]),
    ("2001:db8::ff00:42:8329", ["2001:db8::ff00:42:8329"]),
    ("fe80::1", ["fe80::1"]),
    ("10.0.0.1/24", ["10.0.0.1"]),
    # near misses
    ("at 10:30:45", []),
    ("version 1.2.3", []),
    ("firmware 10.2.1.4", []),
    ("300.500.2.1", []),
    ("ratio 1:2:3", []),
    ("2.16.840.1.113883", []),
    ("::", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("ip_addresses", text) == taken
