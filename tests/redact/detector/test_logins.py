from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("username: zquist", ["zquist"]),
    ("user id zquist44", ["zquist44"]),
    ("login is z.quist@portal", ["z.quist@portal"]),
    ("instagram: @zelda_q", ["@zelda_q"]),
    ("Venmo @zelda-quist", ["@zelda-quist"]),
    ("on facebook as zelda.quist7", ["zelda.quist7"]),
    ("follows @zelda_quist", ["@zelda_quist"]),
    ("discord: zelda#4471", ["zelda#4471"]),
    ("password: hunter2!", ["hunter2!"]),
    ("PIN 4471, passcode 998877", ["4471", "998877"]),
    ("pin number is 447120", ["447120"]),
    # near misses
    ("facebook use denied", []),
    ("login daily, login time 10:30", []),
    ("username: unknown", []),
    ("password: none", []),
    ("5 mg @ bedtime, @home", []),
    ("pin site clean, pin 3.5 mm", []),
    ("K-wire pin 1200 mm", []),
    ("pinpoint 2 mm pupils", []),
    ("handle: metal", []),
    ("password was reset", []),
    ("twitter", []),
    ("IG 1200 mg/dL", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("logins", text) == taken
