"""Strings become typed values; what cannot be typed is kept as text, or the row is rejected with its reason."""

from datetime import datetime
from typing import Any

import pytest

from pipeline.config import SourceConfig
from pipeline.keys import Keys
from pipeline.normalize.records import Rejected, normalize_table
from pipeline.normalize.text import clean_text
from pipeline.records import RawRecord, RawTable

SOURCE = SourceConfig(name="s", connector="csv", path="p", authority="CRMC", timezone="America/New_York")
EMPTY = {name: "" for name in RawRecord._fields if name not in ("identity", "extras")}


def raw(**values: Any) -> dict[str, Any]:
    row = {**EMPTY, "source": "s", "file_id": "f", "position": 1, "kind": "observation", "patient_id": "7"}
    return {**row, "identity": [], "extras": [], **values}


def normalized(*rows: dict[str, Any]) -> tuple[list[dict[str, Any]], list[Rejected]]:
    table, rejected = normalize_table(RawTable.from_rows(list(rows)), SOURCE, "2026-01-15", Keys(b"k" * 32))
    return table.data.to_pylist(), rejected


CASES = [
    ({"start": "20260115103000"}, "start", datetime(2026, 1, 15, 10, 30)),
    ({"start": "20260115103000"}, "start_offset", "-05:00"),
    ({"start": "01/15/2026"}, "start_precision", "day"),
    ({"birth_date": "19500314"}, "birth_date", "1950-03-14"),
    ({"birth_date": "1950-03"}, "birth_date", "1950-03"),
    ({"version": "20260115100000-0500"}, "version", datetime(2026, 1, 15, 15)),
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
    ({"value_number": "<5"}, "value_text", "<5"),
    ({"value_number": "<5"}, "value_number", None),
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


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("Quor\u200bbing\u00adton", "Quorbington"),
        ("Jose\u0301", "José"),
        ("a  \n\n\n\n b", "a\n\n b"),
        ("\x00\x07x", "x"),
    ],
)
def test_text_hides_nothing(text: str, clean: str) -> None:
    assert clean_text(text) == clean
