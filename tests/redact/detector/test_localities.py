from __future__ import annotations

from collections.abc import Callable

import pytest

CASES = [
    ("from Springfield, IL", ["Springfield, IL"]),
    ("Portland, OR 97201", ["Portland, OR 97201"]),
    ("moved from Portland, OR", ["Portland, OR"]),
    ("Springfield, Massachusetts", ["Springfield, Massachusetts"]),
    ("lives in quistville, ohio", ["quistville, ohio"]),
    ("ZIP 02139", ["02139"]),
    ("postal code: K1A 0B1", ["K1A 0B1"]),
    ("IL 62704", ["IL 62704"]),
    ("grew up in Elmwood", ["Elmwood"]),
    ("moved to New Quistville. He", ["New Quistville"]),
    ("lives alone in Springfield.", ["Springfield"]),
    ("she lives in quistville with her cat", ["quistville"]),
    ("City: Springfield", ["Springfield"]),
    ("Place of birth: Quistville", ["Quistville"]),
    ("Home address: Quist Manor, flat by the church Phone: 1", ["Quist Manor, flat by the church"]),
    ("Quist County", ["Quist County"]),
    # near misses
    ("Pain, OR as needed", []),
    ("Insulin, IN the morning", []),
    ("lives in Assisted Living", []),
    ("lives in apartment with wife", []),
    ("lives in a house", []),
    ("lives in California.", []),
    ("moved to Radiology", []),
    ("transferred to ICU", []),
    ("returned to Baseline", []),
    ("Address: unknown", []),
    ("address: same as above", []),
    ("IP address: x", []),
    ("e-mail address: zelda@example.org", []),
    ("Oxygen, CO 5", []),
    ("City: Unknown", []),
    ("county hospital", []),
    ("PA 12345678", []),
    ("where: left arm", []),
]


@pytest.mark.parametrize(("text", "taken"), CASES)
def test_takes(text: str, taken: list[str], take: Callable[[str, str], list[str]]) -> None:
    assert take("localities", text) == taken
