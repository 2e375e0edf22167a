"""Rows by pyarrow, by the standard library, and counted: all three agree."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile
from pipeline.ingest.csv import rows as rows_module
from pipeline.ingest.csv.dialect import DELIMITERS, MAX_ROW, Dialect, open_table
from pipeline.ingest.csv.parts import Format
from pipeline.ingest.csv.rows import count_rows, read_rows

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "csv"
SPECTRUM = sorted((FIXTURES / "csv-spectrum" / "csvs").glob("*.csv"))
needs_fixtures = pytest.mark.skipif(not SPECTRUM, reason=f"no shared fixtures at {FIXTURES}")
COMMA = Dialect("utf-8", ",", '"', None)

Row = tuple[int, list[str] | str, bytes]


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def read(data: bytes, dialect: Dialect, width: int, size: int = 4096) -> list[Row]:
    """Return line, cells or reason, and content of every row."""
    found: list[Row] = []
    for chunk in read_rows(cut(data, size), dialect, width, 1):
        cells = list(zip(*(column.to_pylist() for column in chunk.columns), strict=True))
        found += [(int(line), list(cells[n]), chunk.content(n)) for n, line in enumerate(chunk.lines)]
        found += [(odd.line, odd.reason, odd.content) for odd in chunk.odd]
    return sorted(found, key=lambda row: row[0])


def as_standard_library(data: bytes, dialect: Dialect, width: int, size: int = 4096) -> list[Row]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "_read_clean", lambda *_: None)
        return read(data, dialect, width, size)


@needs_fixtures
@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_csv_spectrum(path: Path) -> None:
    data = path.read_bytes()
    if path.stem.endswith("_crlf") and b"\r" not in data:  # lost where git was told to convert line ends
        data = data.replace(b"\n", b"\r\n")
    file = SourceFile(path.name, lambda: io.BytesIO(data))
    opened = open_table(file, Format(delimiter=","), ())
    body = [cells for _, cells, _ in read(b"".join(opened.rows(file)), opened.dialect, len(opened.header))]
    expected = json.loads((path.parent.parent / "json" / f"{path.stem}.json").read_text("utf-8"))
    if path.stem == "location_coordinates":  # its JSON is not in a list, and has another telephone number
        expected = [expected | {"Contact Phone Number": body[0][0]}]
    assert [dict(zip(opened.header, cells, strict=True)) for cells in body] == expected
    assert count_rows(opened.rows(file), opened.dialect) == len(body)


@needs_fixtures
def test_public_files_are_counted_and_read_alike() -> None:
    for path in sorted((*(FIXTURES / "frictionless").glob("*.csv"), *(FIXTURES / "cdc-inputs").glob("*.csv"))):
        file = SourceFile(path.name, lambda path=path: path.open("rb"))
        if not path.stat().st_size:
            continue
        for delimiter in DELIMITERS:
            opened = open_table(file, Format(delimiter=delimiter), ())
            data, width = b"".join(opened.rows(file)), len(opened.header)
            found = read(data, opened.dialect, width, 1 << 16)
            assert found == as_standard_library(data, opened.dialect, width, 1 << 16), (path.name, delimiter)
            assert count_rows(opened.rows(file), opened.dialect) == len(found), (path.name, delimiter)


DIALECTS = st.builds(
    Dialect,
    encoding=st.just("utf-8"),
    delimiter=st.sampled_from([*DELIMITERS, "^", "\x1f", "¦"]),
    quote=st.sampled_from(['"', "'", ""]),
    escape=st.none(),
)
ESCAPED = st.builds(Dialect, st.just("utf-8"), st.just(","), st.sampled_from(['"', ""]), st.just("\\"))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=6),
    DIALECTS.filter(lambda dialect: dialect.quote != ""),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_standard_library_writes_is_read(table: list[list[str]], dialect: Dialect, line_end: str) -> None:
    table = [[cell.replace("\0", "") for cell in row] for row in table]
    stream = io.StringIO(newline="")
    # Without quotes around everything, the writer leaves a carriage return bare.
    csv.writer(
        stream, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator=line_end, quoting=csv.QUOTE_ALL
    ).writerows(table)
    data = stream.getvalue().encode()
    found = read(data, dialect, 2)
    assert [cells for _, cells, _ in found] == table
    assert b"".join(content for _, _, content in found) == data


TEXTS = st.text('"",,;|\t\r\n\n ab\'\\\x0b\x1c\u2028é¦^\x1f\0', max_size=40).map(str.encode) | st.binary(max_size=30)


@settings(max_examples=1000, deadline=None)
@given(TEXTS, DIALECTS | ESCAPED, st.integers(1, 3), st.integers(1, 50))
def test_any_bytes_are_read_alike_in_blocks_of_any_size_and_counted(
    data: bytes, dialect: Dialect, width: int, size: int
) -> None:
    found = read(data, dialect, width)
    assert found == as_standard_library(data, dialect, width)
    assert found == read(data, dialect, width, size)
    assert count_rows(iter([data]), dialect) == count_rows(cut(data, size), dialect) == len(found)


LINES: dict[str, tuple[bytes, list[tuple[int, list[str] | str]]]] = {
    "lines": (b"a,b\nc,d\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
    "blank lines": (b"\n\na,b\n\nc,d", [(3, ["a", "b"]), (5, ["c", "d"])]),
    "of several lines": (b'a,"b\r\n\r\n"\r\nc,d\r\n', [(1, ["a", "b\r\n\r\n"]), (4, ["c", "d"])]),
    "stray quote": (b'a"x"y,"b"z"\nc,d\n', [(1, ['a"x"y', 'bz"']), (2, ["c", "d"])]),
    "cut": (b'a,b\nc,"d\ne,f\n', [(1, ["a", "b"]), (2, "truncated")]),
}


@pytest.mark.parametrize(("data", "expected"), LINES.values(), ids=LINES)
def test_lines(data: bytes, expected: list[tuple[int, list[str] | str]]) -> None:
    assert [row[:2] for row in read(data, COMMA, 2)] == expected


def test_an_escape_stands_for_what_follows() -> None:
    data = b'a\\,b,"say \\"x\\""\nc,d\n'
    assert [cells for _, cells, _ in read(data, Dialect("utf-8", ",", '"', "\\"), 2)] == [
        ["a,b", 'say "x"'],
        ["c", "d"],
    ]


def test_without_quoting_a_quote_is_a_letter() -> None:
    data = b'"a\tb"\n"\t"\n'
    assert [cells for _, cells, _ in read(data, Dialect("utf-8", "\t", "", None), 2)] == [['"a', 'b"'], ['"', '"']]


def test_a_quote_that_is_never_closed_does_not_fill_the_memory() -> None:
    blocks = [b'a,"b\n', *[b"c,d\n" * 250_000] * (MAX_ROW // 1_000_000 + 1)]
    with pytest.raises(SourceError, match="unclosed_quote"):
        count_rows(iter(blocks), COMMA)
    with pytest.raises(SourceError, match="unclosed_quote"):
        list(read_rows(iter(blocks), COMMA, 2, 1))
