"""Check digits: NPI, DEA, payment cards, vehicle identification, bank routing, NHS.

DEA: https://www.deadiversion.usdoj.gov
NPI: https://www.cms.gov/medicare/regulations-guidance/administrative-simplification/npi
VIN: 49 CFR 565.15, https://www.ecfr.gov/current/title-49/section-565.15
Routing numbers: https://www.aba.com/about-us/routing-number
NHS: https://www.datadictionary.nhs.uk/attributes/nhs_number.html
"""

from __future__ import annotations

from pipeline.check_digits import is_luhn

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NPI_PREFIX = "80840"


def is_dea(value: str) -> bool:
    """Check the last digit of a DEA registration number."""
    d = [int(c) for c in value[-7:]]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def is_npi(value: str) -> bool:
    """Check the last digit of a National Provider Identifier."""
    return is_luhn(_NPI_PREFIX + value)


def is_vin(value: str) -> bool:
    """Check the ninth character of a vehicle identification number."""
    value = value.upper()
    total = sum(w * (int(c) if c.isdigit() else _VIN_VALUES[c]) for c, w in zip(value, _VIN_WEIGHTS, strict=True))
    return value[8] == "0123456789X"[total % 11]


def is_routing(digits: str) -> bool:
    """Check the last digit of a bank's routing number."""
    return sum(int(c) * w for c, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0


def is_nhs(digits: str) -> bool:
    """Check the last digit of an NHS number."""
    check = 11 - sum(int(c) * w for c, w in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == int(digits[9])
