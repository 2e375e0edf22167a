"""Check digits of code systems: a number that is a code proves it, and a record number or telephone seldom does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The dihedral group of order 10: the place of a digit turns it, then the digits are multiplied.
_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def is_luhn(code: str) -> bool:
    """Check the last digit by ISO/IEC 7812-1, hyphens left out; LOINC and CDC's race codes have one.

    https://loinc.org/kb/users-guide/
    """
    total = 0
    for place, digit in enumerate(int(c) for c in reversed(code) if c != "-"):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_verhoeff(code: str) -> bool:
    """Check the last digit by Verhoeff's scheme, as SNOMED CT identifiers have it.

    https://docs.snomed.org, release file specifications, "Check-digit"
    """
    checked = 0
    for place, digit in enumerate(map(int, reversed(code))):
        for _ in range(place % 8):
            digit = _TURN[digit]
        checked = _times(checked, digit)
    return checked == 0


def _times(one: int, other: int) -> int:
    """Multiply in the dihedral group of order 10: 0 to 4 are rotations, 5 to 9 reflections."""
    if one < 5:
        return (one + other) % 5 if other < 5 else (one + other) % 5 + 5
    return (one - other) % 5 + 5 if other < 5 else (one - other) % 5


def is_base36_sum(code: str) -> bool:
    """Check the last character as the sum of those before it, digits and letters counted to base 36, as of a UNII.

    https://precision.fda.gov/uniisearch
    """
    *values, last = map(_BASE_36.index, code)
    return sum(values) % 36 == last


def is_loinc(code: str) -> bool:
    """Check the last digit of a LOINC code; of answers and parts (LA6576-8) the letters are proof enough."""
    return code.startswith("L") or is_luhn(code)


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "base36_sum": is_base36_sum,
    "loinc": is_loinc,
    "luhn": is_luhn,
    "verhoeff": is_verhoeff,
}
