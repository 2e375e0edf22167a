"""Rows as the standard library reads them, and counted without it."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.connector import SourceFile
from pipeline.ingest.csv.dialect import DELIMITERS, count_rows, find_delimiter, load_text, rows

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "csv"
SPECTRUM = sorted((FIXTURES / "csv-spectrum" / "csvs").glob("*.csv"))
needs_fixtures = pytest.mark.skipif(not SPECTRUM, reason=f"no shared fixtures at {FIXTURES}")


@needs_fixtures
@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_csv_spectrum(path: Path) -> None:
    data = path.read_bytes()
    if path.stem.endswith("_crlf") and b"\r" not in data:  # lost where git was told to convert line ends
        data = data.replace(b"\n", b"\r\n")
    text = load_text(SourceFile(path.name, lambda: io.BytesIO(data)), "utf-8")
    header, *body = rows(text, ",")
    expected = json.loads((path.parent.parent / "json" / f"{path.stem}.json").read_text("utf-8"))
    if path.stem == "location_coordinates":  # its JSON is not in a list, and has another telephone number
        expected = [expected | {"Contact Phone Number": body[0].cells[0]}]
    assert [dict(zip(header.cells, row.cells, strict=True)) for row in body] == expected
    assert count_rows(text, ",") == len(body) + 1


@needs_fixtures
def test_frictionless_and_cdc_files_are_counted_as_read() -> None:
    for path in sorted((*(FIXTURES / "frictionless").glob("*.csv"), *(FIXTURES / "cdc-inputs").glob("*.csv"))):
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        for delimiter in DELIMITERS:
            assert count_rows(text, delimiter) == len(list(rows(text, delimiter))), (path.name, delimiter)


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=4), min_size=1, max_size=6),
       st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r\n"]))  # fmt: skip
def test_what_the_standard_library_writes_is_read_and_counted(
    table: list[list[str]], delimiter: str, line_end: str
) -> None:
    stream = io.StringIO(newline="")
    # Without quotes around everything, the writer leaves a carriage return bare.
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(table)
    text = stream.getvalue()
    found = list(rows(text, delimiter))
    assert [row.cells for row in found] == table
    assert "".join(row.text for row in found) == text
    assert not any(row.cut for row in found)
    assert count_rows(text, delimiter) == len(table)


@given(st.text('"",;\r\nab\x0b\x1c\u2028', max_size=40), st.sampled_from(DELIMITERS))
def test_any_text_is_counted_as_it_is_read(text: str, delimiter: str) -> None:
    assert count_rows(text, delimiter) == len(list(rows(text, delimiter)))


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("a,b;c\n", ["a", "b;c"], ","),
        ("a,b;c\n", ["a,b", "c"], ";"),
        ("a;b;c,d\n", [], ";"),
        ("a\n", [], ","),
        ('"a,b"|c\n', [], "|"),
    ],
)
def test_the_delimiter_is_found(text: str, known: list[str], expected: str) -> None:
    assert find_delimiter(text, known) == expected
