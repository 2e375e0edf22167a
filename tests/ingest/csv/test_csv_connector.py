"""Which rows of a table become which records, and that every row is accounted for."""

import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import load_yaml
from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile, Unit
from pipeline.ingest.csv.connector import CsvConnector
from pipeline.ingest.csv.parts import MAPPINGS
from pipeline.records import Identifier

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"
needs_sample = pytest.mark.skipif(not (SAMPLE / "truth.json").is_file(), reason=f"no sample at {SAMPLE}")
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "csv" / "synthea"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no shared fixtures at {FIXTURES}")

LABS: dict[str, Any] = {
    "files": ["lab*.csv"],
    "kind": "observation",
    "key": ["id"],
    "columns": {"patient_id": "mrn", "value_text": "value", "code_system": {"const": "http://loinc.org"}},
}


def connector(table: dict[str, Any] | None = None, **options: Any) -> CsvConnector:
    return CsvConnector({"tables": {"labs": LABS | (table or {})}} | options)


def file_of(data: bytes, name: str = "labs.csv") -> SourceFile:
    return SourceFile(name, lambda: io.BytesIO(data))


def read(data: bytes, table: dict[str, Any] | None = None, name: str = "labs.csv", **options: Any) -> list[Unit]:
    """Read a file and check that it is counted alike."""
    one = connector(table, **options)
    units = list(one.read(file_of(data, name)))
    assert one.count(file_of(data, name)) == len(units)
    return units


def outcomes(units: list[Unit]) -> list[tuple[int, str]]:
    return [(unit.position, unit.rejected or unit.excluded or unit.records[0].value_text) for unit in units]


HEAD = b"id,mrn,value\n"
ROWS = {
    "rows": (HEAD + b"1,p,a\n2,p,b\n", [(2, "a"), (3, "b")]),
    "no last line end": (HEAD + b"1,p,a\n2,p,b", [(2, "a"), (3, "b")]),
    "CRLF": (HEAD.replace(b"\n", b"\r\n") + b"1,p,a\r\n2,p,b\r\n", [(2, "a"), (3, "b")]),
    "CR": (b"id,mrn,value\r1,p,a\r2,p,b\r", [(2, "a"), (3, "b")]),
    "blank lines": (b"\n" + HEAD + b"\n1,p,a\n\n\n2,p,b\n\n", [(4, "a"), (7, "b")]),
    "cells of several lines": (HEAD + b'1,p,"a\nb, ""c"""\n2,p,d\n', [(2, 'a\nb, "c"'), (4, "d")]),
    "text after a quote": (HEAD + b'1,p,"a"b"\n2,p,c\n', [(2, 'ab"'), (3, "c")]),
    "quote within": (HEAD + b'1,p,5\'6" "x"\n2,p,c\n', [(2, '5\'6" "x"'), (3, "c")]),
    "too short": (HEAD + b"1,p\n2,p,b\n", [(2, "row_too_short"), (3, "b")]),
    "too long": (HEAD + b"1,p,a,x\n2,p,b\n", [(2, "row_too_long"), (3, "b")]),
    "empty cells too many": (HEAD + b"1,p,a, ,\n2,p,b\n", [(2, "a"), (3, "b")]),
    "line of blanks": (HEAD + b"  \n2,p,b\n", [(2, "blank_row"), (3, "b")]),
    "NUL": (HEAD + b"1,p,a\x00\n2,p,b\n", [(2, "nul_byte"), (3, "b")]),
    "blank cells": (HEAD + b",, \n2,p,b\n", [(2, "blank_row"), (3, "b")]),
    "no patient": (HEAD + b"1, ,a\n2,p,b\n", [(2, "no_patient"), (3, "b")]),
    "cut within quotes": (HEAD + b'1,p,a\n2,p,"b\n3,p,c\n', [(2, "a"), (3, "truncated")]),
    "cut at a quote": (HEAD + b'1,p,"', [(2, "truncated")]),
    "header only": (HEAD, []),
    "byte order mark": (b"\xef\xbb\xbf" + HEAD + b"1,p,a\n", [(2, "a")]),
    "gzip": (gzip.compress(HEAD + b"1,p,a\n"), [(2, "a")]),
    "UTF-16": ((HEAD + b"1,p,a\n").decode().encode("utf-16"), [(2, "a")]),
    "undecodable row": (HEAD + b"1,p,\xff\n2,p,\xc3\xa9\n", [(2, "undecodable"), (3, "é")]),
    "names of any case": (b" ID ,MRN,Value\n1,p,a\n", [(2, "a")]),
    "semicolons": (b"id;mrn;value\n1;p;a,b\n", [(2, "a,b")]),
    "tabs": (b"id\tmrn\tvalue\n1\tp\ta,b\n\tp\t\n", [(2, "a,b"), (3, "")]),
    "pipes": (b"id|mrn|value\n1|p|a,b\n", [(2, "a,b")]),
    "long cell": (HEAD + b'1,p,"' + b"a" * 200_000 + b'"\n', [(2, "a" * 200_000)]),
}


@pytest.mark.parametrize(("data", "expected"), ROWS.values(), ids=ROWS)
def test_rows(data: bytes, expected: list[tuple[int, str]]) -> None:
    assert outcomes(read(data)) == expected


REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b"\n \r\n", "empty"),
    "HL7": (b"MSH|^~\\&|A|B\rPID|1\r", "not_csv"),
    "JSON": (b'{"id": 1, "mrn": 2}', "not_csv"),
    "list of JSON": (b'[\n {"id": 1}]', "not_csv"),
    "XML": (b"<?xml version='1.0'?><a/>", "not_csv"),
    "Excel": (b"PK\x03\x04\x14\x00", "not_csv"),
    "binary": (b"id,mrn\x00,value\n", "not_csv"),
    "prose": (b"This is not a csv file.\n\nNot at all!\n", "unknown_header"),
    "no header": (b"1,p,a\n2,p,b\n", "unknown_header"),
    "no patient column": (b"id,value\n1,a\n", "missing_column:mrn"),
    "no key column": (b"mrn,value\np,a\n", "missing_column:id"),
    "undecodable header": (b"id,mrn,valu\xc3\xa9,\xff\n", "undecodable"),
    "cut gzip": (gzip.compress(HEAD)[:-9], "truncated"),
    "cut UTF-16": ("id,mrn".encode("utf-16")[:-1], "undecodable"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_files_that_are_none_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as counted:
        connector().count(file_of(data))
    with pytest.raises(SourceError) as caught:
        next(connector().read(file_of(data)))
    assert (counted.value.code, caught.value.code) == (code, code)


def test_a_rejected_row_keeps_its_content() -> None:
    rows = [b'1,p,"a\nb",x\r\n', b"3,q\n", b"4,p,\xff\n", b'5,p,"']
    units = read(b"\xef\xbb\xbf" + HEAD + rows[0] + b"2,p,\xc3\xa9\n" + b"".join(rows[1:]))
    assert [unit.content for unit in units if unit.rejected] == rows
    assert [unit.rejected for unit in units] == ["row_too_long", "", "row_too_short", "undecodable", "truncated"]


def test_files_that_no_table_names_are_excluded() -> None:
    assert outcomes(read(b"a;b\n1;2\n3\n", name="Jane Doe.csv")) == [(2, "unmapped_table"), (3, "unmapped_table")]


def test_tables_may_be_excluded() -> None:
    tables = {"payers": {"files": ["payers*"], "exclude": "no_patient"}}
    one = CsvConnector({"tables": tables})
    assert outcomes(list(one.read(file_of(b"a\n1\n", "Payers_2026.CSV.gz")))) == [(2, "no_patient")]


COLUMNS: dict[str, tuple[dict[str, Any], bytes, dict[str, str]]] = {
    "columns": ({"display": {"columns": ["a", "b"]}}, b"x,y", {"display": "x y"}),
    "columns with one empty": ({"display": {"columns": ["a", "b"], "join": "/"}}, b",y", {"display": "y"}),
    "format": ({"display": {"format": "<{a}-{b}>"}}, b"x,y", {"display": "<x-y>"}),
    "format of nothing": ({"display": {"format": "<{a}-{b}>"}}, b",", {"display": ""}),
    "map": ({"sex": {"column": "a", "map": {"1": "male"}}}, b"1,y", {"sex": "male"}),
    "map without the value": ({"sex": {"column": "a", "map": {"1": "male"}}}, b"9,y", {"sex": "9"}),
    "when": (
        {"value_number": {"column": "a", "when": {"b": "N"}, "otherwise": "value_text"}},
        b"7,N",
        {"value_number": "7", "value_text": ""},
    ),
    "otherwise": (
        {"value_number": {"column": "a", "when": {"b": "N"}, "otherwise": "value_text"}},
        b"x,T",
        {"value_number": "", "value_text": "x"},
    ),
    "two values for a field": (
        {"value_text": "b", "value_number": {"column": "a", "when": {"b": "N"}, "otherwise": "value_text"}},
        b"x,T",
        {"value_text": "T x"},
    ),
    "column that is not there": ({"unit": "gone"}, b"x,y", {"unit": ""}),
    "version": ({"version": "a", "patient_authority": {"const": "OTHER"}}, b"x,y",
                {"version": "x", "patient_authority": "OTHER"}),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "cells", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_columns(columns: dict[str, Any], cells: bytes, expected: dict[str, str]) -> None:
    table = {"columns": {"patient_id": "mrn"} | columns, "key": []}
    (unit,) = read(b"mrn,a,b\np," + cells + b"\n", table)
    assert {name: getattr(unit.records[0], name) for name in expected} == expected


def test_null_words_mean_an_empty_cell() -> None:
    (unit,) = read(HEAD + b"NULL,p,NA\n", na_values=["NULL", "NA"])
    assert (unit.records[0].key, unit.records[0].value_text) == ("", "")
    assert outcomes(read(HEAD + b"NULL,p,NA\n")) == [(2, "NA")]


def test_a_key_of_several_columns() -> None:
    (unit,) = read(HEAD + b"1,p,a\n", {"key": ["mrn", "id"]})
    assert unit.records[0].key == "p|1"


def test_columns_that_nobody_maps_are_extras() -> None:
    one = connector({"columns": {"patient_id": "mrn", "unit": "units"}})
    (unit,) = one.read(file_of(b"id,mrn,note,note,,gone\n1,p,a,b,c,\n"))
    assert unit.records[0].extras == {"note": "a", "note[1]": "b", "column_5": "c"}
    assert one.findings == Counter({"missing_column:units": 1, "duplicate_column": 1, "unmapped_column": 4})


def test_identity() -> None:
    identity = [
        {"type": "name", "columns": ["last", "first", "middle"]},
        {"type": "relative", "column": "kin"},
        {"type": "address", "columns": ["street", "flat"]},
    ]
    head = b"id,mrn,last,first,middle,kin,street,flat\n"
    full, some = read(head + b"1,p,Doe,Jane,Ann,Bob Doe,1 Elm St,2\n2,p,,Jane,,,,\n", {"identity": identity})
    assert full.records[0].identity == (
        Identifier("name", "Doe, Jane Ann"),
        Identifier("relative", "Bob Doe"),
        Identifier("address", "1 Elm St 2"),
    )
    assert some.records[0].identity == (Identifier("name", "Jane"),)
    assert full.records[0].extras == {}


IDENTITY: dict[str, tuple[dict[str, Any], bytes, tuple[str, ...]]] = {
    "match": ({"type": "relative", "column": "kin", "match": "^[^(]+"}, b"Roe,Jane,Bob (Son)", ("Bob",)),
    "no match": ({"type": "relative", "column": "kin", "match": "^[A-Z]+$"}, b"Roe,Jane,Bob", ("Bob",)),
    "needs": ({"type": "name", "columns": ["maiden", "first"], "needs": "maiden"}, b"Roe,Jane,", ("Roe, Jane",)),
    "needs what is not there": ({"type": "name", "columns": ["maiden", "first"], "needs": "maiden"}, b",Jane,", ()),
    "of missing columns": ({"type": "name", "columns": ["a", "b"], "needs": "a"}, b"Roe,Jane,", ()),
}


@pytest.mark.parametrize(("one", "cells", "expected"), IDENTITY.values(), ids=IDENTITY)
def test_identity_of_parts_of_cells(one: dict[str, Any], cells: bytes, expected: tuple[str, ...]) -> None:
    (unit,) = read(b"id,mrn,maiden,first,kin\n1,p," + cells + b"\n", {"identity": [one]})
    assert tuple(found.value for found in unit.records[0].identity) == expected
    assert ("kin" in unit.records[0].extras) == cells.endswith((b")", b"Bob"))


def test_a_given_encoding_and_delimiter() -> None:
    (unit,) = read("id~mrn~value\n1~p~é\n".encode("cp1252"), encoding="cp1252", delimiter="~")
    assert unit.records[0].value_text == "é"


CELLS = st.text('a",;|\t\r\n é1', max_size=6)


@settings(max_examples=400, deadline=None)
@given(
    st.binary(max_size=120)
    | st.text('"",;\r\n ab\tid\x00é', max_size=60).map(str.encode)
    | st.lists(st.lists(CELLS, min_size=1, max_size=4).map(",".join), max_size=6)
    .map("\n".join)
    .map(lambda body: HEAD + body.encode()),
    st.sampled_from(["labs.csv", "other.csv"]),
    st.sampled_from(["utf-8", "cp1252", "latin-1", "utf-16", "ascii"]),
)
def test_any_bytes_are_accounted_for(data: bytes, name: str, encoding: str) -> None:
    one = connector(encoding=encoding)
    try:
        units = list(one.read(file_of(data, name)))
    except SourceError as error:
        with pytest.raises(SourceError, match=error.code):
            one.count(file_of(data, name))
    else:
        assert one.count(file_of(data, name)) == len(units)


SYNTHEA = {
    "allergies": 40, "careplans": 49, "conditions": 438, "devices": 3, "encounters": 604, "imaging_studies": 1,
    "immunizations": 29, "medications": 663, "observations": 990, "organizations": 63, "patients": 27, "payers": 10,
    "procedures": 249, "providers": 166, "supplies": 72,
}  # fmt: skip


SYNTHEA_EXCLUDED = {
    "organizations": "directory:organizations", "providers": "directory:providers", "payers": "no_patient_in_table",
}  # fmt: skip


@needs_fixtures
def test_every_row_of_synthea_is_read() -> None:
    one = CsvConnector({"mapping": "synthea"})
    keys: Counter[tuple[str, str]] = Counter()
    people: set[str] = set()
    named: set[str] = set()
    for path in sorted(FIXTURES.glob("*.csv")):
        file = file_of(path.read_bytes(), path.name)
        units = list(one.read(file))
        assert one.count(file) == len(units) == SYNTHEA[path.stem], path.name
        assert {unit.rejected or unit.excluded for unit in units} == {SYNTHEA_EXCLUDED.get(path.stem, "")}
        missing = {"missing_column:MIDDLE"} if path.stem == "patients" else set()  # newer exports have it
        assert {finding for finding in one.findings if finding.startswith("missing_column")} == missing, path.name
        one.findings.clear()
        people.update(person.reference for unit in units for person in unit.people)
        named.update(
            i.value for unit in units for record in unit.records for i in record.identity if i.type == "reference"
        )
        keys.update((record.kind, record.key) for unit in units for record in unit.records)
    assert max(keys.values()) == 1
    assert named
    assert named <= people


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_our_mappings_are_right(path: Path) -> None:
    assert CsvConnector({"mapping": path.stem})
    assert load_yaml(path)["tables"]


@needs_sample
def test_the_sample_is_read_and_what_is_wrong_in_it_rejected() -> None:
    truth = json.loads((SAMPLE / "truth.json").read_bytes())["feeds"]["csv"]
    one = CsvConnector({"mapping": "cedar_ridge"})
    for day, expected in truth.items():
        wrong: set[tuple[str, int]] = set()
        for name, count in expected["files"].items():
            file = file_of((SAMPLE / "csv" / day / name).read_bytes(), name)
            units = list(one.read(file))
            assert len(units) == one.count(file) == count, (day, name)
            assert not [finding for finding in one.findings if finding.startswith("missing_column")]
            wrong.update((name, number) for number, unit in enumerate(units, 1) if unit.rejected)
        # A date that is none is for normalize to find.
        assert wrong == {(w["file"], w["position"]) for w in expected["wrong"] if w["kind"] != "impossible_date"}, day
