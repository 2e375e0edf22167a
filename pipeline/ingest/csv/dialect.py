"""The text of a table and its rows: packing, encoding, delimiter and quotes."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO

from pipeline.errors import SourceError
from pipeline.ingest.connector import SourceFile

DELIMITERS = (",", "\t", ";", "|")

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# How other formats start that end up in a folder of tables: HL7 v2, JSON, XML, PDF, ZIP (as in .xlsx).
_OTHER_FORMATS = re.compile(r'(?:MSH|FHS|BHS)[|^]|\{\s*"|\{\s*\}|\[\s*[\[{]|<\?xml|<!|%PDF-|PK\x03\x04')
_UNDECODED = re.compile("[\ud800-\udfff]")
_MAX_CELL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it starts, its cells and, line ends included, its text. PHI.

    `cut` tells that the file ends within its quotes.
    """

    line: int
    cells: list[str]
    text: str
    cut: bool


def load_text(file: SourceFile, encoding: str) -> str:
    """Return the text of a file. A byte that is not of the encoding is a lone surrogate, as in file names.

    Raises `SourceError`.
    """
    data = file.read()
    if data.startswith(_UTF16):
        encoding = "utf-16"
    try:
        text = data.decode(encoding, "surrogateescape").removeprefix("\ufeff")
    except UnicodeError:
        raise SourceError("undecodable") from None
    if not text or text.isspace():
        raise SourceError("empty")
    head = text[:4096].lstrip()
    if "\0" in head or _OTHER_FORMATS.match(head):
        raise SourceError("not_csv")
    return text


def encode(text: str, encoding: str) -> bytes:
    """Return the bytes that `load_text` decoded, or UTF-8 where the encoding cannot hold single ones."""
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeError:
        return text.encode("utf-8", "surrogateescape")


def is_decoded(text: str) -> bool:
    """Tell whether all of a text was in its encoding."""
    return text.isascii() or _UNDECODED.search(text) is None


def rows(text: str, delimiter: str) -> Iterator[Row]:
    """Yield every row, the header too, that is not an empty line."""
    # The limit is 128 KiB unless set, and the notes of a long stay are longer. It is the process's.
    csv.field_size_limit(_MAX_CELL)
    taken: list[str] = []
    end = 0

    def lines() -> Iterator[str]:
        nonlocal end
        for line in StringIO(text, newline=""):
            taken.append(line)
            end += len(line)
            yield line

    start = 1
    for cells in csv.reader(lines(), delimiter=delimiter):
        if cells:
            whole = "".join(taken)
            yield Row(start, cells, whole, end == len(text) and _is_cut(whole, delimiter))
        start += len(taken)
        taken.clear()


def count_rows(text: str, delimiter: str) -> int:
    """Count the rows that `rows` yields by their shape alone."""
    if '"' not in text:
        return sum(1 for _ in re.finditer(r"[^\r\n]+", text))
    return sum(1 for _ in _row_pattern(delimiter).finditer(text))


def find_delimiter(text: str, known: Collection[str]) -> str:
    """Return the delimiter with which the header has the most known names, else the most cells."""

    def score(delimiter: str) -> tuple[int, int]:
        header = next(rows(text, delimiter)).cells
        return sum(column_name(cell) in known for cell in header), len(header)

    return max(DELIMITERS, key=score)


def column_name(cell: str) -> str:
    """Return the name of a column as it is compared: without blanks around it, whatever its case."""
    return cell.strip().casefold()


def _is_cut(row: str, delimiter: str) -> bool:
    return '"' in row and _cut_pattern(delimiter).match(row) is not None


# A quote opens a cell only at its start, and a doubled one is a quote; after the closing one, the rest of the
# cell is text. The quantifiers are possessive: no input makes the search go back.
_OPEN = r'"[^"]*+(?:""[^"]*+)*+'


@cache
def _row_pattern(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    cell = rf"(?:{_OPEN}(?:\"[^{mark}\r\n]*+|\Z)|[^{mark}\r\n]*+)"
    return re.compile(rf"[\r\n]*+(?!\Z){cell}(?:{mark}{cell})*+(?:\r\n?|\n|\Z)")


@cache
def _cut_pattern(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    whole = rf'(?:{_OPEN}"[^{mark}\r\n]*+|(?!")[^{mark}\r\n]*+)'
    return re.compile(rf"(?:{whole}{mark})*+{_OPEN}\Z")
