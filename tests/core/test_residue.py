"""The last look sees the forms that must not leave, and reads any text in time in step with its length."""

import pytest

from pipeline.residue import residue_free

CASES = [
    ("SSN 123-45-6789", False), ("call (617) 555-0123", False), ("617.555.0123", False), ("a.b+c@mill.example", False),
    ("(a@b.org)", False), ("12 @ 3 mL/h", True), ("a@b", True), ("2025-03-14", True), ("BP 120/80", True), ("", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "free"), CASES)
def test_forms(text: str, free: bool) -> None:
    assert residue_free(text) is free


@pytest.mark.parametrize("unit", ["a", "a.", "1-", "@", "a@", "617-555-"])
def test_a_megabyte_without_a_blank(unit: str) -> None:
    # With a pattern that is tried anew at each letter of the run this would take hours.
    assert residue_free(unit * (1_000_000 // len(unit)))
