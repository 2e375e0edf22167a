"""Encodings, headers and delimiters of whole files, and the public files that have odd ones."""

import io
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile
from pipeline.ingest.csv.connector import CsvConnector

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "csv"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no shared fixtures at {FIXTURES}")
TABLE: dict[str, Any] = {"files": ["*"], "kind": "note", "columns": {"patient_id": "id", "text": "name"}}


def outcomes(
    data: bytes, table: dict[str, Any] | None = None, name: str = "a.csv", **options: Any
) -> list[tuple[int, str]]:
    one = CsvConnector({"tables": {"a": TABLE | (table or {})}} | options)
    file = SourceFile(name, lambda: io.BytesIO(data))
    units = list(one.read(file))
    assert one.count(file) == len(units)
    return [(unit.position, unit.rejected or unit.excluded or unit.records[0].text) for unit in units]


HEAD, RUSSIAN = "id,name\n", "1,Пациент жалуется на боль в груди\n" * 3
ENCODED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "UTF-8": ((HEAD + "1,café\n").encode(), {}, "café"),
    "cp1252": ((HEAD + "1,5 µg – café\n").encode("cp1252"), {}, "5 µg – café"),
    "cp1252 far behind": ((HEAD + "1,café\n").encode("cp1252").replace(b"1,", b"\n" * 5_000_000 + b"1,"), {}, "café"),
    "cp1251": ((HEAD + RUSSIAN).encode("cp1251"), {}, "Пациент жалуется на боль в груди"),
    "UTF-16 with a mark": ((HEAD + "1,café\n").encode("utf-16"), {}, "café"),
    "UTF-16 without": ((HEAD + "1,café\n").encode("utf-16-le"), {}, "café"),
    "UTF-16 big-endian": ((HEAD + "1,café\n").encode("utf-16-be"), {}, "café"),
    "UTF-32": (b"\xff\xfe\0\0" + (HEAD + "1,café\n").encode("utf-32-le"), {}, "café"),
    "given": ((HEAD + "1,café\n").encode("cp437"), {"encoding": "cp437"}, "café"),
    "mark over what is given": ((HEAD + "1,café\n").encode("utf-8-sig"), {"encoding": "cp1252"}, "café"),
    "UTF-8 with damage": ((HEAD + "1,caf\udce9\n2,é\n").encode("utf-8", "surrogateescape"), {}, "undecodable"),
    "no letter of cp1252": ((HEAD + "1,a").encode() + b"\x81\n", {"encoding": "cp1252"}, "undecodable"),
    "half of UTF-16": ((HEAD + "1,a\n").encode("utf-16") + b"\x31", {}, "a"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "options", "expected"), ENCODED.values(), ids=ENCODED)
def test_encodings(data: bytes, options: dict[str, Any], expected: str) -> None:
    assert outcomes(data, **options)[0][1] == expected


HEADERS: dict[str, tuple[bytes, dict[str, Any], list[tuple[int, str]]]] = {
    "lines above": (b'Report of\n"today\n\nid,name\n1,a\n', {"skip_lines": 3}, [(5, "a")]),
    "blank rows above": (b",,\n\nid,name\n1,a\n", {}, [(4, "a")]),
    "no header": (b"1,a\n2,b\n", {"header": ["id", "name"]}, [(1, "a"), (2, "b")]),
    "no header, lines above": (b"x\n1,a\n", {"header": ["id", "name"], "skip_lines": 1}, [(2, "a")]),
    "names twice, and none": (b"id,name,,name,\n1,a,b,c,d\n", {}, [(2, "a")]),
    "of several lines": (b'id,name,"x\ny"\n1,a,b\n', {}, [(3, "a")]),
    "caret": (b"id^name\n1^a,b\n", {"delimiter": "^"}, [(2, "a,b")]),
    "unit separator": (b"id\x1fname\n1\x1fa,b\n", {"delimiter": "\x1f"}, [(2, "a,b")]),
    "escape": (b'id,name\n1,"a \\"b\\", c"\n', {"escape": "\\"}, [(2, 'a "b", c')]),
    "no quotes": (b'id|name\n1|"a\n2|b"\n', {"quote": "none"}, [(2, '"a'), (3, 'b"')]),
    "other quotes": (b"id,name\n1,'a,b'\n", {"quote": "'"}, [(2, "a,b")]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "options", "expected"), HEADERS.values(), ids=HEADERS)
def test_headers_and_dialects_of_a_source_or_a_table(
    data: bytes, options: dict[str, Any], expected: list[tuple[int, str]]
) -> None:
    assert outcomes(data, **options) == expected
    assert outcomes(data, options) == expected


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize("data", [PNG, b"PAR1\x15\x04", b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7\n"])
def test_other_formats_are_refused_under_any_name(data: bytes) -> None:
    with pytest.raises(SourceError, match="not_csv"):
        outcomes(data)


PUBLIC: dict[str, tuple[str, str, list[tuple[int, str]]]] = {
    "frictionless/blank-cells": ("id", "name", [(2, "Paul"), (3, "John"), (4, "George"), (5, "Ringo"), (6, "")]),
    "frictionless/blank-headers": ("id", "age", [(2, "30"), (3, "26")]),
    "frictionless/blank-rows": ("id", "name", [(2, "John"), (3, "Julie"), (4, "blank_row")]),
    "frictionless/blank-rows-multiple": (
        "id", "name", [(2, "John"), (3, "Julie"), *((line, "blank_row") for line in range(4, 15))],
    ),
    "frictionless/blank-rows-no-fields": ("id", "name", [(2, "John"), (4, "Julie")]),
    "frictionless/bom": ("id", "name", [(2, "english"), (3, "中国人")]),
    "frictionless/delimiter": ("id", "name", [(2, "english"), (3, "中国人")]),
    "frictionless/invalid": ("id", "name", [(2, "row_too_short"), (3, "row_too_short"), (5, "row_too_long")]),
    "frictionless/issue-1004-data1": (
        "id", "population", [(2, "67"), (3, "row_too_long"), (4, "83"), (5, "60"), (6, "row_too_short")],
    ),
    "frictionless/latin1": ("id", "name", [(2, "english"), (3, "©")]),
    "frictionless/issue-833": ("id", "value", [(2, '["a"]'), (3, ""), (4, '["b"]')]),
    "frictionless/without-rows": ("id", "name", []),
    "cdc-inputs/column-headers-only": ("specimen_id", "observation", []),
    "cdc-inputs/missing-data": ("specimen_id", "observation", [(2, "row_too_short")]),
    "cdc-inputs/too-much-data": ("specimen_id", "observation", [(2, "row_too_long")]),
    "cdc-inputs/wrong-type-data": ("specimen_id", "observation", [(2, "not-a-lab-result")]),
    "cdc-inputs/weird-dates": (
        "specimen_id", "test_time",
        [(2, "January 31, 2020"), (3, "1-31-2020"), (4, "01/31/2020"), (5, "31/01/2020"), (6, "Jan 31, 2020"),
         (7, "2020-01-31"), (8, "1/31/2020")],
    ),
    "cdc-inputs/quoted-strings-with-embedded-commas": (
        "specimen_id", "lab",
        [(2, "Bob's Country Bunker Lab"), (3, "Labs, Inc"), (4, "'Labs Inc'"),
         (5, "This Lab Name is Very Long with Lots of Spaces and Even\ta Tab Character In it.")],
    ),
}  # fmt: skip


@needs_fixtures
@pytest.mark.parametrize("name", PUBLIC)
def test_public_files(name: str) -> None:
    key, text, expected = PUBLIC[name]
    data = (FIXTURES / f"{name}.csv").read_bytes()
    assert outcomes(data, {"columns": {"patient_id": key, "text": text}}) == expected


@needs_fixtures
def test_public_files_with_lines_above_or_without_a_header() -> None:
    folder = FIXTURES / "frictionless"
    rows = [(3, "english"), (4, "中国人")]
    assert outcomes((folder / "skip-rows-before-headers.csv").read_bytes(), skip_lines=1) == rows
    commented = (folder / "skip-rows.csv").read_bytes()
    assert outcomes(commented, skip_lines=1) == [(3, "english"), (4, "row_too_short"), (5, "中国人")]
    bare = (folder / "without-headers-extra.csv").read_bytes()
    assert outcomes(bare, header=["id", "name"]) == [(1, "english"), (2, "中国人"), (3, "row_too_long")]


REFUSED = {
    "cdc-inputs/completely-empty-file": "empty",
    "cdc-inputs/not-a-csv-file": "unknown_header",
    "cdc-inputs/too-many-columns": "unknown_header",
}


@needs_fixtures
@pytest.mark.parametrize("name", REFUSED)
def test_public_files_that_are_refused(name: str) -> None:
    with pytest.raises(SourceError, match=REFUSED[name]):
        outcomes((FIXTURES / f"{name}.csv").read_bytes())


@needs_fixtures
def test_a_table_of_very_many_columns() -> None:
    data = (FIXTURES / "cdc-inputs" / "too-many-columns.csv").read_bytes()
    (unit,) = CsvConnector({"tables": {"a": TABLE | {"columns": {"patient_id": "col1"}}}}).read(
        SourceFile("a.csv", lambda: io.BytesIO(data))
    )
    assert list(unit.records[0].extras) == [f"col{number}" for number in range(2, 2011)]  # the last is blank
