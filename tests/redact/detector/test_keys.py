from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("sk_test_om312_unique", ["sk_test_om312_unique"]),
    ("AKIAIOSFODNN7EXAMPLE", ["AKIAIOSFODNN7EXAMPLE"]),
    ("550e8400-e29b-41d4-a716-446655440000", ["550e8400-e29b-41d4-a716-446655440000"]),
    ("d41d8cd98f00b204e9800998ecf8427e", ["d41d8cd98f00b204e9800998ecf8427e"]),
    ("api key: 44a7b2c9d0", ["44a7b2c9d0"]),
    ("Bearer abc.def-447120", ["abc.def-447120"]),
    ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln", ["eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2ln"]),
    ("0x52908400098527886E0F7030069857D2E4169EE7", ["0x52908400098527886E0F7030069857D2E4169EE7"]),
    # near misses
    ("key points: 1. rest", []),
    ("access token expired", []),
    ("hf_preserved", []),
    ("methylenetetrahydrofolatereductase", []),
    ("secret is safe", []),
    ("ACCGTTAGGCATTACCGTTAGGCATTACCGTT", []),
    ("pk-pd model", []),
    ("bearer of the 2 genes", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("keys", text) == taken
