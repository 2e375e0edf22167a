from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("then Jessica left", ["Jessica"]),
    ("Maria Quistgaard agreed", ["Maria Quistgaard"]),
    ("JESSICA GARCIA SEEN", ["JESSICA GARCIA"]),
    ("follow up with patricia on friday", ["patricia"]),
    ("follow up with patricia quistard in a week", ["patricia quistard"]),
    ("He said so; patricia agreed", ["patricia"]),
    ("Kelly agreed", ["Kelly"]),
    ("the Garcia-Lopez family", ["Garcia-Lopez"]),
    ("Anna Young denies pain", ["Anna Young"]),
    ("Michael and Quist", ["Michael", "Quist"]),
    # near misses
    ("a Kelly clamp", []),
    ("Todd paralysis, Wilson's disease", []),
    ("Jackson-Pratt drain, Jackson-Pratt.", []),
    ("Ross procedure, Clark level", []),
    ("Foley placed", []),
    ("Hope and grace", []),
    ("Pain in Hip", []),
    ("in foster care, a jasmine rash, crystal clear", []),
    ("planned, lidocaine, sleep", []),
    ("Brown sputum, Rose Bengal, Young female", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("common_names", text) == taken
