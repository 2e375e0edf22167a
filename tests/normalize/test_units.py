"""Units in UCUM, whoever spells them."""

import subprocess
import sys

import pytest
import yaml

from pipeline.normalize.units import convert, ucum_unit
from pipeline.records import SCHEMAS
from pipeline.ucum import is_ucum, plain_unit

TABLE: dict[str, list[str]] = yaml.safe_load((SCHEMAS / "units.yaml").read_text("utf-8"))

SPELLINGS = [
    ("K/uL", "10*3/uL"), ("x10E3/uL", "10*3/uL"), ("10^3/µL", "10*3/uL"), ("X10(3)/mcL", "10*3/uL"),
    ("10⁹/L", "10*9/L"), ("thou/mm3", "10*3/uL"), ("mcg", "ug"), ("μg/mL", "ug/mL"), ("MCG/KG/HR", "ug/kg/h"),
    ("MG/DL", "mg/dL"), ("G/DL", "g/dL"), ("bpm", "/min"), ("per minute", "/min"), ("lbs", "[lb_av]"),
    ("degrees F", "[degF]"), ("°C", "Cel"), ("mmHg", "mm[Hg]"), ("MM HG", "mm[Hg]"), ("units", "U"), ("IU", "[IU]"),
    ("uIU/mL", "u[IU]/mL"), ("mEq/L", "meq/L"), ("cc", "mL"), ("sec", "s"), ("kg/m²", "kg/m2"),
    ("mL/min/1.73m2", "mL/min/{1.73_m2}"), ("mg/day", "mg/d"), ("mM", "mmol/L"), ("MM", "mm"), ("{score}", "{score}"),
    ("%{HemoglobinA1C}", "%{HemoglobinA1C}"), ("ng/mL/h", "ng/mL/h"), ("mol/m3", "mol/m3"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "ucum"), SPELLINGS)
def test_spellings(written: str, ucum: str) -> None:
    assert ucum_unit(written) == ucum


@pytest.mark.parametrize("text", ["", "Quorbin", "mg per Quorbin", "mg/dL (calc)", "ü", "x" * 99, "/"])
def test_no_units(text: str) -> None:
    assert ucum_unit(text) is None


def test_the_table_holds_ucum_and_each_spelling_once() -> None:
    assert [ucum for ucum in TABLE if not is_ucum(ucum)] == []
    spellings = [word for words in TABLE.values() for word in words]
    assert len(spellings) == len(set(spellings))
    assert not set(spellings) & set(TABLE)


def test_what_normalize_makes_of_a_listed_unit_passes_redaction() -> None:
    assert [ucum for ucum in TABLE if plain_unit(ucum) != ucum] == []
    assert {ucum_unit(word) for words in TABLE.values() for word in words} <= set(TABLE)


def test_a_listed_unit_needs_no_grammar() -> None:
    check = (
        "import sys; from pipeline.normalize.units import ucum_unit as u; assert u('mcg/kg/min'); "
        "sys.exit('lark' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize(
    ("value", "unit", "to", "converted"),
    [
        (98.6, "[degF]", "Cel", 37.0),
        (37.0, "Cel", "[degF]", 98.6),
        (310.15, "K", "Cel", 37.0),
        (150, "[lb_av]", "kg", 68.0388555),
        (16, "[oz_av]", "[lb_av]", 1.0),
        (70, "[in_i]", "cm", 177.8),
        (6, "[ft_i]", "[in_i]", 72.0),
    ],
)
def test_convert(value: float, unit: str, to: str, converted: float) -> None:
    assert convert(value, unit, to) == pytest.approx(converted)


@pytest.mark.parametrize(("unit", "to"), [("kg", "cm"), ("Quorbin", "kg"), ("kg", "Quorbin")])
def test_what_does_not_convert(unit: str, to: str) -> None:
    with pytest.raises(ValueError, match="measure the same"):
        convert(1, unit, to)
