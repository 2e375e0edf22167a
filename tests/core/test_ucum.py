"""Any unit of UCUM passes; no name, number or date that stands where a unit should."""

import pytest

from pipeline.ucum import plain_unit

UNITS = [
    ("mg/dL", "mg/dL"), ("MG/DL", "mg/dL"), ("kat/L", "kat/L"), ("MBq", "MBq"), ("dyn.s/cm5", "dyn.s/cm5"),
    ("mm[Hg]", "mm[Hg]"), ("10*12/L", "10*12/L"), ("ug/kg/(24.h)", "ug/kg/(24.h)"), ("L/min/m2", "L/min/m2"),
    ("/100{WBC}", "/100{WBC}"), ("10*3{cells}/uL", "10*3{cells}/uL"), ("{score}", "{score}"), ("1", "1"),
    ("ng/mL{FEU}", "ng/mL{FEU}"), ("%{HemoglobinA1C}", "%{HemoglobinA1C}"),
    # Remarks that are on no list are left out.
    ("mg{Quorbington}", "mg"), ("{Zyx}/mL", "/mL"), ("10*3{MRN 48213377}/uL", "10*3/uL"),
    ("mL/min/{1.73_m2}", "mL/min/{1.73_m2}"),
    # Near misses: what the grammar of UCUM takes, and what looks like a unit.
    ("{Quorbington}", None), ("{Quorbington, Zyx}{1949}", None), ("48213377", None), ("m48213377", None),
    ("10*48213377", None), ("617.555.0134", None), ("1.15.26", None), ("12.3.45.d", None), ("2026", None),
    ("Tim", None), ("Kim", None), ("Quorbington", None), ("mg per Zyx", None), ("1/Zyx", None), ("03/17/1949", None),
    ("mg.mg.mg.mg.mg.mg.mg.mg", None), ("", None), ("zyx@example.org", None), ("{", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit"), UNITS)
def test_units(text: str, unit: str | None) -> None:
    assert plain_unit(text) == unit
