"""Strings become typed values; what cannot be typed is kept as text, or the row is rejected with its reason."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from pipeline.normalize.records import Rejected, normalize_table
from pipeline.records import RawTable, RecordTable
from tests.normalize.rows import DAY, KEYS, SOURCE, normalized, raw

CASES = [
    ({"start": "20260115103000"}, "start", datetime(2026, 1, 15, 10, 30)),
    ({"start": "20260115103000"}, "start_offset", "-05:00"),
    ({"start": "01/15/2026"}, "start_precision", "day"),
    ({"birth_date": "19500314"}, "birth_date", "1950-03-14"),
    ({"birth_date": "1950-03"}, "birth_date", "1950-03"),
    ({"version": "20260115100000-0500"}, "version", datetime(2026, 1, 15, 15)),
    ({"version": "20260115"}, "version", datetime(2026, 1, 15)),
    ({"version": "not a time"}, "version", datetime(2026, 1, 16, 4, 59, 59, 999999)),
    ({}, "patient_id", "CRMC|7"),
    ({"patient_authority": "LAB"}, "patient_id", "LAB|7"),
    ({"encounter_id": "V1"}, "encounter_id", "CRMC|V1"),
    ({"code_system": "LN"}, "code_system", "http://loinc.org"),
    ({"code_system": "urn:oid:2.16.840.1.113883.6.96"}, "code_system", "http://snomed.info/sct"),
    ({"code_system": "LOCAL"}, "code_system", "LOCAL"),
    ({"sex": "F"}, "sex", "female"),
    ({"sex": ""}, "sex", None),
    ({"race": "2106-3"}, "race", "White"),
    ({"value_number": "1,204.5"}, "value_number", 1204.5),
    ({"value_number": "<5"}, "value_number", 5.0),
    ({"value_number": "<5"}, "comparator", "<"),
    ({"value_number": "<5"}, "value_text", None),
    ({"value_number": "10 - 20"}, "value_text", "10-20"),
    ({"value_number": "POSITIVE", "value_text": "see note"}, "extras", [("value_number", "POSITIVE")]),
    ({"value_number": "5.4 mg/dL"}, "unit", "mg/dL"),
    ({"value_number": "5.4 mg/dL", "unit": "MG/DL"}, "value_number", 5.4),
    ({"value_number": "5.4 mg/dL", "unit": "mmol/L"}, "value_text", "5.4 mg/dL"),
    ({"value_number": "5.4 mg/dL", "unit": "mmol/L"}, "value_number", None),
    ({"value_number": "45 %"}, "value_number", 45.0),
    ({"unit": "x10E3/uL"}, "unit", "10*3/uL"),
    ({"unit": "x10E3/uL"}, "extras", [("unit", "x10E3/uL")]),
    ({"unit": "mg/dL"}, "extras", []),
    ({"unit": "furlongs per moon"}, "flags", ["unknown_unit"]),
    ({"unit": "furlongs per moon"}, "unit", "furlongs per moon"),
    ({"unit": "null"}, "unit", None),
    ({"reference_low": "3.5-5.1"}, "reference_high", 5.1),
    ({"reference_low": "3.5", "reference_high": "5.1"}, "extras", []),
    ({"reference_high": ">=60"}, "reference_low", 60.0),
    ({"reference_low": "<5"}, "reference_high", 5.0),
    ({"code": "e119", "code_system": "I10C"}, "code", "E11.9"),
    ({"kind": "encounter", "category": "AMB"}, "category", "outpatient"),
    ({"kind": "condition", "category": "E"}, "category", "E"),
    ({"status": "F"}, "status", "final"),
    ({"kind": "medication", "status": "DC"}, "status", "stopped"),
    ({"race": "Hispanic"}, "ethnicity", "Hispanic or Latino"),
    ({"race": "Hispanic", "ethnicity": "N"}, "ethnicity", "Not Hispanic or Latino"),
    ({"text": "{\\rtf1\\ansi One\\par Two}"}, "text", "One\nTwo"),
    ({"text": "One is. Two is."}, "sentences", [0, 8]),
    ({"text": "JosÃ© is well"}, "text", "José is well"),
    ({"text": "JosÃ© is well"}, "flags", ["mojibake_repaired"]),
    ({"text": "café au lait"}, "flags", None),
    ({"birth_date": "19000101"}, "birth_date", None),
    ({"birth_date": "19000101"}, "flags", ["sentinel_date"]),
    ({"birth_date": "19000102"}, "birth_date", "1900-01-02"),
    ({"start": "2026-01-18"}, "flags", ["future_start"]),
    ({"start": "2026-01-16"}, "flags", None),
    ({"death_date": "2031"}, "flags", ["future_death_date"]),
    ({"start": "2026-01-10T10:00", "end": "2026-01-10"}, "flags", None),
    ({"start": "2026-01-10", "end": "2026-01-09"}, "flags", ["end_before_start"]),
    ({"birth_date": "1950-03", "death_date": "1949"}, "flags", ["death_before_birth"]),
    ({"birth_date": "1950", "death_date": "1950-03-01"}, "flags", None),
    ({"deleted": "record", "key": "A", "patient_id": "", "start": "2026-02-30"}, "deleted", "record"),
    ({"reference_low": "neg"}, "extras", [("reference_low", "neg")]),
    ({"text": "<p>One</p><p>Two</p>", "text_format": "text/html"}, "text", "One\n\nTwo"),
]


@pytest.mark.parametrize(("values", "column", "expected"), CASES)
def test_values(values: dict[str, str], column: str, expected: Any) -> None:
    ((row,), rejected) = normalized(raw(**values))
    assert row[column] == expected
    assert rejected == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"start": "2026-02-30"}, "bad_date:start"),
        ({"birth_date": "19931399"}, "bad_date:birth_date"),
        ({"patient_id": " "}, "no_patient:patient_id"),
    ],
)
def test_rows_that_cannot_be_typed_are_rejected(values: dict[str, str], reason: str) -> None:
    rows, rejected = normalized(raw(), raw(**values))
    assert len(rows) == 1
    assert rejected == [Rejected(1, reason)]


def test_ids_are_stable_and_of_the_key_or_the_content() -> None:
    rows, _ = normalized(
        raw(key="A", text="one"), raw(key="A", text="two", position=9), raw(text="one"), raw(text="one", position=5),
        raw(text="two"),
    )  # fmt: skip
    ids = [row["record_id"] for row in rows]
    assert ids[0] == ids[1]
    assert ids[2] == ids[3]
    assert len(set(ids)) == 3


def test_rows_do_not_depend_on_where_the_table_is_cut() -> None:
    rows = [
        raw(position=number, **values)
        for number, (values, _, _) in enumerate(CASES)
        if not str(values.get("start", "")).startswith("01/")
    ]
    whole = RecordTable(normalize_table(RawTable.from_rows(rows), SOURCE, DAY, KEYS, {})[0].data)
    pieces = [normalize_table(RawTable.from_rows([row]), SOURCE, DAY, KEYS, {})[0].data for row in rows]
    assert pa.concat_tables(pieces).to_pylist() == whole.data.to_pylist()


def test_extras_and_flags_go_to_their_own_rows() -> None:
    rows, _ = normalized(
        raw(extras=[("a", "1")]),
        raw(unit="lbs", reference_low="none seen", extras=[("b", "2")]),
        raw(unit="zork", start="2031-01-01"),
        raw(unit="kg"),
    )
    assert [row["extras"] for row in rows] == [
        [("a", "1")], [("b", "2"), ("unit", "lbs"), ("reference_low", "none seen")], [], [],
    ]  # fmt: skip
    assert [row["flags"] for row in rows] == [None, None, ["future_start", "unknown_unit"], None]


def test_a_slice_of_a_table_keeps_its_extras() -> None:
    table = RawTable.from_rows([raw(extras=[("a", "1")]), raw(unit="lbs", extras=[("b", "2")])])
    piece, _ = normalize_table(RawTable(table.data.slice(1)), SOURCE, DAY, KEYS, {})
    assert piece.data["extras"].to_pylist() == [[("b", "2"), ("unit", "lbs")]]


def test_an_empty_table_stays_one() -> None:
    assert normalized() == ([], [])


def test_values_do_not_run_into_one_another_in_an_id() -> None:
    rows, _ = normalized(raw(display="ab", title="c"), raw(display="a", title="bc"), raw(key="display 2 ab"))
    assert len({row["record_id"] for row in rows}) == 3
