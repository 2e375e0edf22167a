from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("then Jessica left", ["Jessica"]),
    ("Maria Quistgaard agreed", ["Maria Quistgaard"]),
    ("JESSICA GARCIA SEEN", ["JESSICA GARCIA"]),
    ("follow up with patricia on friday", ["patricia"]),
    ("Kelly agreed", ["Kelly"]),
    ("the Garcia-Lopez family", ["Garcia-Lopez"]),
    # near misses
    ("a Kelly clamp", []),
    ("Todd paralysis, Wilson's disease", []),
    ("Jackson-Pratt drain", []),
    ("Foley placed", []),
    ("Hope and grace", []),
    ("Pain in Hip", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("common_names", text) == taken
