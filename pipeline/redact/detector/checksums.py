"""Numbers that prove themselves: DEA, NPI, Medicare, vehicle identification.

DEA: https://www.deadiversion.usdoj.gov
NPI: https://www.cms.gov/medicare/regulations-guidance/administrative-simplification/npi
MBI: https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf
VIN: 49 CFR 565.15, https://www.ecfr.gov/current/title-49/section-565.15
"""

from __future__ import annotations

import re

from pipeline.redact.detector.base import Rule, RuleRecognizer

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NPI_PREFIX = "80840"
_MBI_LETTER = "[AC-HJKMNP-RT-Y]"


def is_dea(value: str) -> bool:
    """Check the last digit of a DEA registration number."""
    d = [int(c) for c in value[-7:]]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def is_luhn(digits: str) -> bool:
    """Check the last digit by ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_npi(value: str) -> bool:
    """Check the last digit of a National Provider Identifier."""
    return is_luhn(_NPI_PREFIX + value)


def is_vin(value: str) -> bool:
    """Check the ninth character of a vehicle identification number."""
    value = value.upper()
    total = sum(w * (int(c) if c.isdigit() else _VIN_VALUES[c]) for c, w in zip(value, _VIN_WEIGHTS, strict=True))
    return value[8] == "0123456789X"[total % 11]


class ChecksumRecognizer(RuleRecognizer):
    """Numbers whose form or check digit is proof enough."""

    NAME = "checksums"
    ENTITIES = ("ID",)
    RULES = (
        Rule("ID", re.compile(r"\b[ABFGMPRX][A-Z9]\d{7}\b", re.IGNORECASE), lambda match: is_dea(match[0]), 1.0),
        Rule("ID", re.compile(r"(?<![\w.])[12]\d{9}(?!\w|\.\d)"), lambda match: is_npi(match[0]), 1.0),
        Rule("ID", re.compile(
            rf"\b[1-9]{_MBI_LETTER}(?:{_MBI_LETTER}|\d)\d-?{_MBI_LETTER}(?:{_MBI_LETTER}|"
            rf"\d)\d-?{_MBI_LETTER}{{2}}\d\d\b",
            re.IGNORECASE
        ), score=1.0),
        Rule("ID", re.compile(r"\b(?=\w*\d)[A-HJ-NPR-Z0-9]{17}\b", re.IGNORECASE), lambda match: is_vin(match[0]), 1.0),
        # A vehicle's number, check digit or not (outside North America it has none)
        Rule("ID", re.compile(r"\b(?=\w*\d\w*\d\w*\d)(?=\w*[A-Z])[A-HJ-NPR-Z0-9]{13}\d{4}\b"), None, 0.9),
    )  # fmt: skip
