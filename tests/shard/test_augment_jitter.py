"""Measurements move a little: within limits, on their side of them, in their order; nothing else moves."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.keys import Keys
from pipeline.shard.augment.analytes import Analyte, Range, analyte_named, analytes
from pipeline.shard.augment.jitter import jittered

KEYS = Keys(b"k" * 32)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SHARES = [step / 20 for step in range(20)]


def moves(text: str, said: str = "") -> list[set[str]]:
    """Return, for each number of a text, the ways in which it is ever written."""
    ways: list[set[str]] = [set() for _ in NUMBER.findall(text)]
    for share in SHARES:
        other = jittered(text, said, lambda _, share=share: share)
        assert NUMBER.sub("#", other) == NUMBER.sub("#", text)
        for place, number in enumerate(NUMBER.findall(other)):
            ways[place].add(number)
    return ways


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("HR 74", 70, 78),
        ("heart rate: 74 /min", 70, 78),
        ("- Heart rate: 118 /min (H)", 118, 119),
        ("T 38.15 C", "38.01", "38.29"),
        ("Temp 98.2F", "97.8", "98.6"),
        ("SpO2 97% on room air", 96, 99),
        ("Hgb 8.4 (L)", "8.2", "8.4"),
        ("- Hemoglobin [Mass/volume] in Blood: 8.4 g/dL (L)", "8.2", "8.4"),
        ("- Leukocytes [#/volume] in Blood by Automated count: 16.5 10*3/uL (H)", "16.5", "17.3"),
        ("K 5.8 H", "5.8", "5.9"),
        ("BNP 1885 (H)", 1885, 1960),
        ("glucose 482 mg/dL", 468, 496),
        ("glucose 12.2 mmol/L", "11.9", "12.5"),
        # No reference limit is known better than by the flag: towards the middle of what is normal in the table.
        ("Na 139 (N)", 139, 140),
        ("lactate was 3.1", "2.9", "3.3"),
    ],
)
def test_a_measurement_moves_within(text: str, low: Any, high: Any) -> None:
    place = [i for i, ways in enumerate(moves(text)) if len(ways) > 1]
    assert len(place) == 1
    ways = {Decimal(way) for way in moves(text)[place[0]]}
    assert min(ways) >= Decimal(low)
    assert max(ways) <= Decimal(high)


@pytest.mark.parametrize(
    "text",
    [
        "HR < 74", "hold if HR 54", "goal INR 2.2", "keep SpO2 93%", "K 4.2-4.8", "HR 74 or less", "replete K to 4.4",
        "K 20 mEq daily", "calcium 600 mg", "potassium chloride 20 mEq", "vitamin K 5", "T 11 lesion", "T11",
        "glucose 50 g", "HR 300", "WBC 12,300", "WBC 12K", "platelets 210 to 180", "MRN 74, room 74", "age 74",
        "74 y/o", "pain 4/10", "GCS 14, PRAM 6", "01/15/2026 08:30", "I21.4, J45.41", "[NAME] 74", "BP 142",
        "eGFR 54, Cr 1.45", "AG 27, Na 138",
        "HR: 74 (A)", "HR 74 (L) and HR 74 (H)", "Hgb 8.4 -> 7.8", "SpO2 100%", "HR 100", "temperature 37.0 C (98.7 F)",
        "Temp 37.6 C, Temp 99.7 F", "Leukocytes in Urine sediment by Microscopy: 12 /[HPF]", "CRP 149 g/L",
    ],
)  # fmt: skip
def test_near_misses_stay(text: str) -> None:
    assert jittered(text, "", lambda _: 0.999) == text
    assert jittered(text, "", lambda _: 0.0) == text


@pytest.mark.parametrize(
    ("text", "said", "most"),
    [
        ("HR 74, call above 76", "", 75),
        ("Hgb 8.3, was 8.4", "", "8.3"),
        ("K 4.4 (3.5-4.5)", "", "4.4"),
        ("HR 74", "Heart rate of 76", 75),
        ("HR 74", "Heart rate of 74", 74),
    ],
)
def test_no_value_crosses_another_number_of_text_or_answer(text: str, said: str, most: Any) -> None:
    assert max(Decimal(way) for way in moves(text, said)[0]) == Decimal(most)


def test_all_values_of_an_analyte_move_together() -> None:
    text = "Cr 1.56 today. Creatinine [Mass/volume] in Serum or Plasma: 1.56 mg/dL. Cr was 1.72 before. Cr 1.5 then"
    for first, second, third, _ in {tuple(NUMBER.findall(jittered(text, "", lambda _, s=s: s))) for s in SHARES}:
        assert first == second
        assert Decimal(first) < Decimal(third)


@given(
    st.integers(70, 250), st.integers(30, 140), st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True),
    st.sampled_from(["BP {}/{}", "SBP {}, DBP {}", "Systolic blood pressure: {} mm[Hg]\nDiastolic blood pressure: {}"]),
)  # fmt: skip
def test_systolic_pressure_stays_above_diastolic(top: int, low: int, up: float, down: float, form: str) -> None:
    draws = {"systolic": up, "diastolic": down}
    new_top, new_low = map(int, NUMBER.findall(jittered(form.format(top, low), "", draws.__getitem__)))
    assert new_top - new_low >= min(10, top - low)


CASES = [(name, entry, one) for name, entry in analytes().items() for one in entry.ranges]


@given(st.sampled_from(CASES), st.data())
def test_no_value_leaves_its_limits_or_its_side(case: tuple[str, Analyte, Range], data: st.DataObject) -> None:
    _, entry, one = case
    low, high = one.limits
    value = data.draw(st.decimals(low, high, places=data.draw(st.integers(0, 2)), allow_nan=False))
    flag = data.draw(st.sampled_from(["", " (H)", " (L)", " (N)", " H"]))
    text = f"{entry.names[0]} {value} {one.units[0]}{flag}"
    start = len(entry.names[0]) + 1
    other = jittered(text, "", lambda _: data.draw(st.floats(0, 1, exclude_max=True)))
    new = Decimal(other[start:].split()[0])
    assert other[start:].split()[1:] == text[start:].split()[1:]
    assert low <= new <= high
    assert abs(new - value) <= max(one.most(value), Decimal(1).scaleb(int(value.as_tuple().exponent)))
    for cut in one.cuts:
        assert (new > cut, new < cut) == (value > cut, value < cut)
    if flag.strip(" ()") == "H":
        assert new >= value
    if flag.strip(" ()") == "L":
        assert new <= value


@pytest.mark.parametrize(
    ("display", "analyte"),
    [
        ("Systolic blood pressure", "systolic"),
        ("Hemoglobin [Mass/volume] in Blood", "hemoglobin"),
        ("Hemoglobin A1c/Hemoglobin.total in Blood", "hemoglobin_a1c"),
        ("Hemoglobin.gastrointestinal [Presence] in Stool", None),
        ("Furosemide 40 mg", None),
    ],
)
def test_a_display_text_names_its_analyte(display: str, analyte: str | None) -> None:
    assert analyte_named(display) == analyte
